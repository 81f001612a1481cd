import Audit
import Basics
import Posix
import Synchronization

/// The questions that wait for the connection.
final class ShownQueue: Sendable {
    private struct State {
        var waiting: [ShownQuestion] = []
        var isConnected = false
        var isClosing = false
    }

    private let state = Mutex(State())
    private let bell: Doorbell

    init(bell: Doorbell) {
        self.bell = bell
    }

    var isConnected: Bool { state.withLock { $0.isConnected && !$0.isClosing } }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Queues a question, or says why not: without a connection nobody waits for one.
    func submit(_ question: ShownQuestion) -> AuditError? {
        let problem = state.withLock { state -> AuditError? in
            guard state.isConnected, !state.isClosing else { return AuditError(code: .unavailable) }
            guard state.waiting.count < Limits.shownQuestionsMax else {
                return AuditError(code: .overloaded)
            }
            state.waiting.append(question)
            return nil
        }
        if problem == nil { bell.ring() }
        return problem
    }

    /// Takes what waits.
    func take() -> [ShownQuestion] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    func wait(milliseconds: Int) { bell.wait(timeoutMilliseconds: milliseconds) }

    func connected() { state.withLock { $0.isConnected = true } }

    /// There is no connection: whoever waits is told.
    func disconnected() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isConnected = false
            return state.waiting
        }
        for question in waiting { question.resume(.failure(AuditError(code: .unavailable))) }
    }

    func close() {
        state.withLock { $0.isClosing = true }
        bell.ring()
    }
}

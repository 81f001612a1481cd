import HTTPMessages
import Posix

/// The way to the driver of a loop from anywhere.
///
/// `@unchecked Sendable`: the driver is touched on its loop's thread alone, either by a call that
/// the loop runs there or by `finish`, which asserts it.
struct LoopHandle: @unchecked Sendable {
    let loop: EventLoop
    private let driver: ConnectionDriver

    init(loop: EventLoop, driver: ConnectionDriver) {
        self.loop = loop
        self.driver = driver
    }

    /// Starts the loop's thread.
    func start(name: String) throws(SystemError) {
        try loop.start(name: name) { driver }
    }

    /// Runs a call with the driver on the loop's thread.
    func run(_ call: @escaping @Sendable (ConnectionDriver) -> Void) {
        loop.perform { call(driver) }
    }

    /// Runs a call with the driver on the loop's thread and waits for its end.
    func runAndWait(_ call: @escaping @Sendable (ConnectionDriver) -> Void) async {
        await withCheckedContinuation { continuation in
            run { driver in
                call(driver)
                continuation.resume()
            }
        }
    }

    /// Asks the driver something on the loop's thread.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (ConnectionDriver) -> Answer
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            run { continuation.resume(returning: question($0)) }
        }
    }

    /// Brings a handler's answer back; on the loop's thread.
    func finish(_ token: Poller.Token, _ response: HTTPResponse) {
        driver.finish(token, response)
    }
}

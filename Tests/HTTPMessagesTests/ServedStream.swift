import HTTPMessages

/// What a connection does with a stream of bytes, whatever pieces it arrives in: a server without
/// its socket, whose handler answers everything with 200 but TRACE, which no route takes.
struct ServedStream: Equatable {
    /// The paths that the handler has answered with 200.
    private(set) var paths: [String] = []
    /// The statuses in the order of their responses.
    private(set) var statuses: [Int] = []
    /// Whether the server has ended the connection, or its half of it.
    private(set) var isEnded = false

    /// Serves pieces, and then the end of the peer's bytes when it comes.
    init(_ pieces: [ArraySlice<UInt8>], endsInput: Bool = false) {
        var state = ConnectionState(
            parsing: HTTPParsingLimits(),
            limits: HTTPConnectionLimits(),
            at: 0
        )
        var buffer: [UInt8] = []
        for piece in pieces {
            buffer.append(contentsOf: piece)
            while !isEnded, state.wantsInput, !buffer.isEmpty {
                let (consumed, action) = state.received(buffer, 0..<buffer.count, at: 0)
                buffer.removeFirst(consumed)
                let isOver = perform(action, &state)
                if isOver { break }
            }
        }
        if endsInput, !isEnded { _ = perform(state.endOfInput(at: 0), &state) }
    }

    /// The bytes cut once.
    init(_ bytes: [UInt8], cutAt cut: Int) {
        self.init([bytes[..<cut], bytes[cut...]])
    }

    /// The bytes one by one.
    init(byteByByte bytes: [UInt8]) {
        self.init(bytes.indices.map { bytes[$0...$0] })
    }

    /// Carries an action out; `true` when more bytes must come first.
    private mutating func perform(
        _ action: ConnectionState.Action,
        _ state: inout ConnectionState
    ) -> Bool {
        switch action {
        case .wait, .sendContinue: return true
        case .dispatch(let request):
            let isTrace = request.method == "TRACE"
            if !isTrace { paths.append(request.path) }
            answer(isTrace ? 405 : 200, &state)
            return false
        case .refuse(let rejection):
            answer(rejection.status, &state)
            return false
        case .shutDownSending, .close:
            isEnded = true
            return true
        }
    }

    private mutating func answer(_ status: Int, _ state: inout ConnectionState) {
        statuses.append(status)
        _ = state.responded(closes: false, bytes: 0, at: 0)
        _ = perform(state.flushed(at: 0), &state)
    }
}

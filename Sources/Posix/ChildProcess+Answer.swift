import Glibc

extension ChildProcess {
    /// How a program that was asked for an answer ended.
    package enum Answer: Equatable, Sendable {
        /// It ended well; this is its standard output.
        case given([UInt8])
        /// It ended with a failure.
        case failed
        /// It took too long and was killed.
        case late
        /// It said more than was allowed and was killed.
        case tooLong
    }

    /// Asks a program for a short answer on its standard output, within bounds.
    ///
    /// Its standard error is dropped and its environment is only what is given: neither can carry
    /// anything across that nobody has looked at.
    package static func ask(
        _ executable: String,
        _ arguments: [String],
        environment: [String],
        bytesMax: Int,
        milliseconds: Int
    ) throws(SystemError) -> Answer {
        var child = try spawn(
            executable,
            arguments,
            environment: environment,
            output: .answer,
            inOwnSession: true
        )
        let end = Clock.monotonicMilliseconds() + Int64(milliseconds)
        guard let bytes = try child.readAnswer(bytesMax: bytesMax, until: end) else {
            let isLate = Clock.monotonicMilliseconds() >= end
            try child.send(.kill)
            _ = try child.wait()
            return isLate ? .late : .tooLong
        }
        // Standard output is closed; the program itself gets what is left of its time.
        while Clock.monotonicMilliseconds() < end {
            if let ending = try child.endingIfOver() {
                return ending.isSuccess ? .given(bytes) : .failed
            }
            _ = poll(nil, 0, 2)
        }
        try child.send(.kill)
        _ = try child.wait()
        return .late
    }

    /// Reads the captured output to its end; `nil` when it is too long or late.
    private func readAnswer(bytesMax: Int, until end: Int64) throws(SystemError) -> [UInt8]? {
        guard let raw = rawOutput else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(bytesMax)
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let rest = end - Clock.monotonicMilliseconds()
            guard rest > 0 else { return nil }
            guard
                Readiness.wait(for: .reading, of: raw, timeoutMilliseconds: Int(rest))
            else { continue }
            let moved = try SystemCall.run {
                unsafe piece.withUnsafeMutableBytes {
                    unsafe Glibc.read(raw, $0.baseAddress, $0.count)
                }
            }
            if moved == 0 { return bytes }
            guard bytes.count + moved <= bytesMax else { return nil }
            bytes.append(contentsOf: piece[..<moved])
        }
    }
}

import Posix

/// A line on standard error that says how far a command has come.
///
///     12.4 of 19.3 MB, 64 %, 31.0 MB/s, 1 s to go
final class ProgressLine {
    private let isShown: Bool
    private let totalBytes: Int
    private let startMilliseconds = Clock.monotonicMilliseconds()
    private var shownMilliseconds: Int64 = 0
    private var doneBytes = 0
    private var hasLine = false

    /// Makes a line; it is shown on a terminal, or when it is asked for.
    init(totalBytes: Int, isAskedFor: Bool) {
        self.totalBytes = totalBytes
        isShown = isAskedFor || Terminal.isErrorTerminal
    }

    /// Counts bytes, and tells of it five times a second at most.
    func add(_ byteCount: Int) {
        doneBytes += byteCount
        guard isShown else { return }
        let now = Clock.monotonicMilliseconds()
        guard now - shownMilliseconds >= 200 else { return }
        shownMilliseconds = now
        hasLine = true
        let text = Self.text(
            doneBytes: doneBytes,
            totalBytes: totalBytes,
            milliseconds: now - startMilliseconds
        )
        Terminal.writeError(Terminal.isErrorTerminal ? "\r\u{1B}[K" + text : text + "\n")
    }

    /// Takes the line away.
    func end() {
        guard hasLine else { return }
        hasLine = false
        if Terminal.isErrorTerminal { Terminal.writeError("\r\u{1B}[K") }
    }

    /// The line for a state.
    static func text(doneBytes: Int, totalBytes: Int, milliseconds: Int64) -> String {
        let percent = totalBytes == 0 ? 100 : min(100, doneBytes * 100 / totalBytes)
        let rate = Double(doneBytes) / 1_000 / Double(max(1, milliseconds))
        var text = megabytes(doneBytes) + " of " + megabytes(totalBytes) + " MB, \(percent) %, "
        text += tenths(rate) + " MB/s"
        guard rate > 0, doneBytes < totalBytes else { return text }
        let seconds = Int((Double(totalBytes - doneBytes) / 1_000_000 / rate).rounded(.up))
        return text + ", " + Age.text(seconds: seconds) + " to go"
    }

    /// Megabytes with one decimal.
    static func megabytes(_ byteCount: Int) -> String { tenths(Double(byteCount) / 1_000_000) }

    /// A number with one decimal.
    static func tenths(_ number: Double) -> String {
        let value = Int((number * 10).rounded())
        return "\(value / 10).\(value % 10)"
    }
}

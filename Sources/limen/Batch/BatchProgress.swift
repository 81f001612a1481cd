import Posix

/// A bar on standard error that says how far a batch has come; on a terminal only.
///
///     [############--------]  61 %, 61000 patients, 5120 a second, 8s to go
final class BatchProgress {
    private static let width = 20

    private let total: Int
    private let startMilliseconds = Clock.monotonicMilliseconds()
    private var shownMilliseconds: Int64 = 0
    private var done = 0
    private var patients = 0
    private var hasLine = false

    /// Makes a bar for so many resources.
    init(total: Int) {
        self.total = total
    }

    /// Counts what is done, and tells of it five times a second at most.
    func add(resources: Int, patients: Int) {
        done += resources
        self.patients += patients
        guard Terminal.isErrorTerminal else { return }
        let now = Clock.monotonicMilliseconds()
        guard now - shownMilliseconds >= 200 else { return }
        shownMilliseconds = now
        hasLine = true
        let text = Self.text(
            done: done,
            total: total,
            patients: patients,
            milliseconds: now - startMilliseconds
        )
        Terminal.writeError("\r\u{1B}[K" + text)
    }

    /// Takes the bar away.
    func end() {
        guard hasLine else { return }
        hasLine = false
        Terminal.writeError("\r\u{1B}[K")
    }

    /// The bar for a state.
    static func text(done: Int, total: Int, patients: Int, milliseconds: Int64) -> String {
        let share = total == 0 ? 1 : min(1, Double(done) / Double(total))
        let filled = Int(share * Double(width))
        let bar =
            String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        let seconds = Double(max(1, milliseconds)) / 1_000
        var text = "[\(bar)]  \(Int(share * 100)) %, \(patients) patients, "
        text += "\(Int(Double(patients) / seconds)) a second"
        guard share > 0, share < 1 else { return text }
        return text + ", " + Age.text(seconds: Int((seconds / share - seconds).rounded(.up)))
            + " to go"
    }
}

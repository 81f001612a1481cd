import JSON
import Posix
import SQLOnFHIR

/// What was wrong with data: told at once with its place, and counted.
///
/// Of one kind the first few are told and the others counted, so that a column that fits nothing
/// does not bury the rest.
struct TableFindings {
    private static let toldMax = 10
    /// How many there were.
    private(set) var count = 0
    private var countByKind: [String: Int] = [:]

    /// A line of a file.
    struct Place {
        let path: String
        let line: Int

        /// The line at which a value of the document at this place begins.
        func below(_ json: JSONValue) -> Place {
            Place(path: path, line: line + json.linePosition.line - 1)
        }
    }

    /// Tells of a document.
    mutating func add(_ sentence: String, at place: Place) {
        tell(sentence, at: place, kind: "documents")
    }

    /// Tells of a resource that gives no rows.
    mutating func add(_ error: ViewRowError, at place: Place, _ resource: JSONValue) {
        let kind = "\(error.code.rawValue) in \(error.column ?? error.pointer)"
        // Finding the line costs a walk through the document.
        let line = (countByKind[kind] ?? 0) < Self.toldMax ? place.below(resource) : place
        tell("\(error.sentence) (\(error.code.rawValue))", at: line, kind: kind)
    }

    private mutating func tell(_ sentence: String, at place: Place, kind: String) {
        count += 1
        countByKind[kind, default: 0] += 1
        guard let told = countByKind[kind], told <= Self.toldMax else { return }
        let name = place.path == "-" ? "standard input" : place.path
        Terminal.writeError("\(name):\(place.line): \(sentence)\n")
    }

    /// One line for each kind of which not all were told.
    var remainder: String {
        countByKind.filter { $0.value > Self.toldMax }.sorted { $0.key < $1.key }
            .map { "and \($0.value - Self.toldMax) more: \($0.key)\n" }.joined()
    }
}

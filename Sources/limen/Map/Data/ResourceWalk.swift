import Basics
import JSON
import Posix

/// Goes through every resource of the data: alone, in Bundles, in lists, line by line.
///
/// What cannot be read is reported and counted, and the rest goes on.
struct ResourceWalk {
    let files: DataFiles
    /// The first faults.
    private(set) var problems: [DataProblem] = []
    /// How many faults there are in all.
    private(set) var problemCount = 0
    /// Is told every fault, also those that are not kept.
    private let report: ((DataProblem) -> Void)?

    init(_ files: DataFiles, report: ((DataProblem) -> Void)? = nil) {
        self.files = files
        self.report = report
    }

    /// The resources of one JSON text, each with its place and its range in the file.
    struct Document {
        /// One of them.
        struct Element {
            let resource: DataResource
            let place: DataPlace
            /// The range of the container in the file.
            let bytes: Range<Int>
        }

        let elements: [Element]
        /// Whether the text is a Bundle or a list, so that its resources belong together.
        let isCollection: Bool
    }

    /// Calls the body with each JSON text of the data in turn.
    ///
    /// - Parameters:
    ///   - progress: is told the bytes that were read.
    ///   - body: takes the resources of a text.
    /// - Throws: what the body throws.
    mutating func forEachDocument(
        progress: ProgressLine,
        _ body: (Document) throws(CommandError) -> Void
    ) throws(CommandError) {
        for index in files.files.indices {
            var readCount = 0
            let failure: CommandError?
            do throws(SystemError) {
                failure = try forEachDocument(in: index, &readCount, progress, body)
            } catch {
                note(
                    DataPlace(file: index, line: 1),
                    .unreadableFile,
                    "the file cannot be read: \(error.text)"
                )
                failure = nil
            }
            if let failure { throw failure }
            progress.add(files.files[index].byteCount - readCount)
        }
    }

    private mutating func forEachDocument(
        in index: Int,
        _ readCount: inout Int,
        _ progress: ProgressLine,
        _ body: (Document) throws(CommandError) -> Void
    ) throws(SystemError) -> CommandError? {
        var scanner = try DocumentScanner(files.open(index), name: files.files[index].path)
        while true {
            switch try scanner.next() {
            case .end: return nil
            case .tooLong(let line, let offset):
                note(
                    DataPlace(file: index, line: line),
                    .tooLong,
                    at: offset,
                    "the text is longer than \(Limits.dataDocumentBytesMax >> 20) MB"
                )
            case .text(let text):
                do throws(CommandError) {
                    if let document = read(text, file: index) { try body(document) }
                } catch {
                    return error
                }
                progress.add(text.offset + text.bytes.count - readCount)
                readCount = text.offset + text.bytes.count
            }
        }
    }

    /// Records a fault.
    mutating func note(
        _ place: DataPlace,
        _ fault: DataFault,
        at offset: Int? = nil,
        _ sentence: String
    ) {
        problemCount += 1
        let problem = DataProblem(place: place, fault: fault, offset: offset, sentence: sentence)
        report?(problem)
        guard problems.count < Limits.dataProblemsKept else { return }
        problems.append(problem)
    }

    private mutating func read(_ text: DocumentScanner.Text, file: Int) -> Document? {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: text.bytes)
        } catch {
            let line = text.line + text.bytes.prefix(error.offset).count { $0 == 10 }
            note(
                DataPlace(file: file, line: line),
                .notJSON,
                at: text.offset + error.offset,
                "no JSON: " + error.sentence
            )
            return nil
        }
        var elements: [Document.Element] = []
        var lines = LineCounter(text)
        var pending = [(value: document.root, depth: 0)]
        while let (value, depth) = pending.popLast() {
            let inner = Self.parts(of: value)
            if let inner, depth < Limits.dataBundleDepthMax {
                pending += inner.reversed().map { ($0, depth + 1) }
                continue
            }
            let place = DataPlace(file: file, line: lines.line(at: value.byteOffset))
            guard inner == nil, let resource = DataResource(container: value) else {
                // An entry without a resource is an answer or a deletion, and no fault.
                if depth == 0 || value.kind != .object {
                    note(
                        place,
                        .notResource,
                        at: text.offset + value.byteOffset,
                        "no FHIR resource: resourceType is missing"
                    )
                }
                continue
            }
            let start = text.offset + value.byteOffset
            elements.append(
                Document.Element(
                    resource: resource,
                    place: place,
                    bytes: start..<start + value.rawBytes.count
                )
            )
        }
        return Document(elements: elements, isCollection: Self.parts(of: document.root) != nil)
    }

    /// The entries of a Bundle, or of an entry that holds one, or the elements of a list.
    private static func parts(of value: JSONValue) -> [JSONValue]? {
        if value.kind == .array { return Array(value.elements) }
        let resource = value["resourceType"] == nil ? value["resource"] : value
        guard let resource, resource["resourceType"]?.isString("Bundle") ?? false else {
            return nil
        }
        return resource["entry"].map { Array($0.elements) } ?? []
    }
}

/// Counts lines up to places that only go forward.
private struct LineCounter {
    private let text: DocumentScanner.Text
    private var offset = 0
    private var current: Int

    init(_ text: DocumentScanner.Text) {
        self.text = text
        current = text.line
    }

    mutating func line(at place: Int) -> Int {
        while offset < place, offset < text.bytes.count {
            if text.bytes[offset] == UInt8(ascii: "\n") { current += 1 }
            offset += 1
        }
        return current
    }
}

import Basics
import FHIR
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
    /// What the Bundles so far delete, for resources that stand elsewhere.
    private(set) var retractions = Retractions()
    /// The pages of searches so far.
    var pages = SearchPages()
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

        /// What holds no resource that is taken, or a Bundle that is not all there is.
        struct UnreadEntry {
            let place: DataPlace
            /// Its range in the file.
            let bytes: Range<Int>
            let fault: DataFault
            /// The patients that it names itself.
            let patients: [String]
        }

        let elements: [Element]
        /// What stands among them and cannot be read.
        let unread: [UnreadEntry]
        /// Whether the text is a Bundle or a list, so that its resources belong together.
        let isCollection: Bool
    }

    /// Calls the body with each JSON text of the data in turn, and at last with the pages of
    /// searches of which others are lacking.
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
        try forEachLackingPage(body)
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
                    if let document = try read(text, file: index) { try body(document) }
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
        _ sentence: String,
        pointer: String = ""
    ) {
        problemCount += 1
        let problem = DataProblem(
            place: place,
            fault: fault,
            offset: offset,
            sentence: sentence,
            pointer: pointer
        )
        report?(problem)
        guard problems.count < Limits.dataProblemsKept else { return }
        problems.append(problem)
    }

    private mutating func read(
        _ text: DocumentScanner.Text,
        file: Int
    ) throws(CommandError) -> Document? {
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
        var unread: [UnreadPart] = []
        var lines = LineCounter(text)
        var pending = [Part(value: document.root, depth: 0, pointer: "")]
        while let part = pending.popLast() {
            let value = part.value
            let fault = part.fault ?? Self.history(value)
            let inner = fault != nil ? nil : Self.parts(of: part)
            if let inner, part.depth < Limits.dataBundleDepthMax {
                pending += inner.reversed()
                if let bundle = Self.bundle(value) {
                    let place = DataPlace(file: file, line: lines.line(at: bundle.byteOffset))
                    try keep(Retractions(of: bundle))
                    let lacking = try judge(bundle, part, place, text)
                    if let lacking { unread.append(lacking) }
                }
                continue
            }
            if fault == .history, let bundle = Self.bundle(value) {
                try keep(Retractions(of: bundle))
            }
            let place = DataPlace(file: file, line: lines.line(at: value.byteOffset))
            let start = text.offset + value.byteOffset
            let bytes = start..<start + value.rawBytes.count
            guard inner == nil, fault == nil, let resource = DataResource(container: value)
            else {
                guard part.depth == 0 || fault != nil || !BundleEntry.needsNoResource(value) else {
                    continue
                }
                note(
                    place,
                    fault ?? .notResource,
                    at: start,
                    Self.sentence(fault ?? .notResource, part),
                    pointer: part.pointer
                )
                unread.append(UnreadPart(value, place, bytes, fault ?? .notResource))
                continue
            }
            elements.append(Document.Element(resource: resource, place: place, bytes: bytes))
        }
        let root = Part(value: document.root, depth: 0, pointer: "")
        return Document(
            elements: elements,
            unread: Self.entries(unread, among: elements, in: document.root),
            isCollection: Self.parts(of: root) != nil
        )
    }

    /// A part of a text of which nothing is taken, or not as of all there is.
    struct UnreadPart {
        let value: JSONValue
        let place: DataPlace
        let bytes: Range<Int>
        let fault: DataFault

        init(_ value: JSONValue, _ place: DataPlace, _ bytes: Range<Int>, _ fault: DataFault) {
            self.value = value
            self.place = place
            self.bytes = bytes
            self.fault = fault
        }
    }

    /// Whom the parts are about, as far as they or the data around them say so.
    private static func entries(
        _ unread: [UnreadPart],
        among elements: [Document.Element],
        in root: JSONValue
    ) -> [Document.UnreadEntry] {
        guard !unread.isEmpty else { return [] }
        var literals: [String: String] = [:]
        for element in elements {
            guard let id = element.resource.patientID, let url = element.resource.fullURL else {
                continue
            }
            literals[url] = id
        }
        return unread.map { part in
            var patients = PatientNames.all(in: part.value, literals: literals)
            // What a Bundle of nobody lacks may be about anybody in the data around it.
            if patients.isEmpty, part.fault == .notWhole {
                patients = PatientNames.all(in: root, literals: literals)
            }
            return Document.UnreadEntry(
                place: part.place,
                bytes: part.bytes,
                fault: part.fault,
                patients: patients
            )
        }
    }

    /// Keeps what a Bundle deletes.
    private mutating func keep(_ more: Retractions) throws(CommandError) {
        guard more.count > 0 else { return }
        retractions.formUnion(more)
        guard retractions.count <= Self.retractionsMax else {
            throw CommandError(
                .badInput,
                "the input deletes more than \(Self.retractionsMax) resources: take what it deletes "
                    + "out of it first"
            )
        }
    }

    /// How many deleted resources are kept by name: some 20 MB.
    private static let retractionsMax = 200_000

    /// A value of a text that is, or holds, resources.
    struct Part {
        let value: JSONValue
        let depth: Int
        /// Where it stands in the text.
        let pointer: String
        /// Why nothing of it is taken: it stands where a Bundle has an entry, or its list of them,
        /// and is none, so that no reader of FHIR would find a resource there; or it is deleted.
        var fault: DataFault?
    }

    /// The Bundle that a value is, or that it holds as an entry.
    static func bundle(_ value: JSONValue) -> JSONValue? {
        guard value.kind == .object else { return nil }
        let resource = value["resourceType"] != nil ? value : value["resource"]
        guard let resource, resource["resourceType"]?.isString("Bundle") ?? false else {
            return nil
        }
        return resource
    }

    /// The fault of a Bundle whose entries are not what is.
    private static func history(_ value: JSONValue) -> DataFault? {
        bundle(value).map(Retractions.isHistory) ?? false ? .history : nil
    }

    /// What is said of a part, without a word of it.
    private static func sentence(_ fault: DataFault, _ part: Part) -> String {
        if part.depth == 0 { return fault.sentence }
        guard fault != .notResource || part.value["resourceType"] != nil else {
            return BundleEntry.sentence(of: part.value, part.pointer)
        }
        return fault == .notResource
            ? BundleEntry.sentence(part.pointer) : part.pointer + ": " + fault.sentence
    }

    /// The entries of a Bundle, or of an entry that holds one, or the elements of a list.
    private static func parts(of part: Part) -> [Part]? {
        let value = part.value
        if value.kind == .array { return parts(of: value, below: part, "", nil) }
        guard let resource = bundle(value) else { return nil }
        let isAlone = value["resourceType"] != nil
        guard let entries = resource["entry"], !entries.isNull else { return [] }
        let path = (isAlone ? "" : "/resource") + "/entry"
        guard entries.kind == .array else {
            let pointer = part.pointer + path
            let depth = part.depth + 1
            return [Part(value: entries, depth: depth, pointer: pointer, fault: .notResource)]
        }
        return parts(of: entries, below: part, path, Retractions(of: resource))
    }

    private static func parts(
        of list: JSONValue,
        below part: Part,
        _ path: String,
        _ retractions: Retractions?
    ) -> [Part] {
        list.elements.enumerated().map { position, value in
            var next = Part(
                value: value,
                depth: part.depth + 1,
                pointer: "\(part.pointer)\(path)/\(position)"
            )
            guard let retractions else { return next }
            if value["resourceType"] != nil {
                next.fault = .notResource
            } else if retractions.cover(value) {
                next.fault = .deleted
            } else if BundleCompleteness.isFailed(value) {
                next.fault = .notResource
            }
            return next
        }
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

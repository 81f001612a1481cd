import CDSHooks
import JSON
import Posix

/// What Bundles say of themselves that makes them known not to be all there is.
extension ResourceWalk {
    /// Judges a Bundle: a fault is told at once, but a page waits for the others of its search.
    ///
    /// - Parameters:
    ///   - bundle: the Bundle.
    ///   - part: what it is, or stands in.
    ///   - place: where it stands.
    ///   - text: the text around it.
    /// - Returns: the Bundle, when it is known not to be whole.
    /// - Throws: `CommandError` when the pages cannot be kept.
    mutating func judge(
        _ bundle: JSONValue,
        _ part: Part,
        _ place: DataPlace,
        _ text: DocumentScanner.Text
    ) throws(CommandError) -> UnreadPart? {
        let completeness = BundleCompleteness(bundle)
        let start = text.offset + bundle.byteOffset
        let bytes = start..<start + bundle.rawBytes.count
        let links = BundleLinks(bundle)
        let isPage = completeness.nextLink != nil || links.hasPrevious
        if completeness.isWhole, !isPage {
            if let own = links.own { try keepSingle(own, place, bytes) }
            return nil
        }
        var page = SearchPages.Page(
            place: place,
            bytes: bytes,
            textBytes: text.offset..<text.offset + text.bytes.count
        )
        let isAlone = part.value["resourceType"] != nil
        page.pointer = part.pointer + (isAlone || part.depth == 0 ? "" : "/resource")
        page.own = links.own
        page.next = completeness.nextLink.map { _ in links.next ?? PatientHash(stable: "") }
        page.hasPrevious = links.hasPrevious
        page.lackingCount = completeness.lackingCount
        if page.next != nil { page.matchCount = Self.matchCount(bundle) }
        // Whatever else it says, no other page makes up for.
        let pageSentences =
            (completeness.nextLink == nil ? 0 : 1) + (completeness.lackingCount > 0 ? 1 : 0)
        let sentences = completeness.sentences
        page.isBroken = sentences.count > pageSentences || pages.isFull
        if !pages.isFull { pages.add(page) }
        guard page.isBroken else { return nil }
        note(
            place,
            .notWhole,
            at: bytes.lowerBound,
            sentences.isEmpty ? Self.lackingPages : sentences.joined(separator: "; "),
            pointer: page.pointer
        )
        return UnreadPart(bundle, place, bytes, .notWhole)
    }

    private mutating func keepSingle(
        _ own: PatientHash,
        _ place: DataPlace,
        _ bytes: Range<Int>
    ) throws(CommandError) {
        do throws(SystemError) {
            try pages.add(single: own, place, bytes)
        } catch {
            throw CommandError(
                .unavailable,
                "the index cannot be kept in a temporary file: \(error.text)"
            )
        }
    }

    /// How many matches there are on a page.
    private static func matchCount(_ bundle: JSONValue) -> Int {
        (bundle["entry"]?.elements ?? bundle.elements).count { entry in
            let isOutcome = entry["resource"]?["resourceType"]?.isString("OperationOutcome")
            return isOutcome != true && Prefetch.isMatch(entry)
        }
    }

    /// What is said of a page of a search that is not there as a whole.
    private static let lackingPages =
        "/link: the Bundle is a page of a search of which the input does not hold every page"

    /// Calls the body with each page of searches that are not there as a whole, as a text that
    /// names the patients of the page and holds nothing to take.
    ///
    /// - Throws: what the body throws, and `CommandError` when the pages were not kept.
    mutating func forEachLackingPage(
        _ body: (Document) throws(CommandError) -> Void
    ) throws(CommandError) {
        let lacking: [SearchPages.Page]
        do throws(SystemError) {
            lacking = try pages.lacking()
        } catch {
            throw CommandError(.unavailable, "the index cannot be read: \(error.text)")
        }
        var cache = OpenFiles(files)
        // Those that were known not to be whole have been told of.
        for page in lacking where !page.isBroken {
            let sentence =
                page.next == nil && page.lackingCount > 0 && !page.hasPrevious
                ? "/total: it counts \(page.lackingCount) more than the input holds"
                : Self.lackingPages
            let start = page.bytes.lowerBound
            note(page.place, .notWhole, at: start, sentence, pointer: page.pointer)
            guard let patients = patients(of: page, &cache) else {
                note(page.place, .changed, at: start, DataFault.changed.sentence)
                continue
            }
            let entry = Document.UnreadEntry(
                place: page.place,
                bytes: page.bytes,
                fault: .notWhole,
                patients: patients
            )
            try body(Document(elements: [], unread: [entry], isCollection: true))
        }
    }

    /// Whom a page names, or else the text that it stands in; `nil` when it is there no more.
    private func patients(of page: SearchPages.Page, _ cache: inout OpenFiles) -> [String]? {
        for range in [page.bytes, page.textBytes] {
            guard let bytes = try? cache.read(page.place.file, range),
                let document = try? JSONDocument(parsing: bytes)
            else { return nil }
            let patients = PatientNames.all(in: document.root)
            if !patients.isEmpty { return patients }
        }
        return []
    }
}

/// The links of a Bundle to itself and to other pages, as hashes.
private struct BundleLinks {
    private(set) var own: PatientHash?
    private(set) var next: PatientHash?
    private(set) var hasPrevious = false

    init(_ bundle: JSONValue) {
        guard let links = bundle["link"], links.kind == .array else { return }
        for link in links.elements {
            guard let relation = link["relation"]?.stringValue?.lowercased() else { continue }
            let url = link["url"]?.stringValue.map { PatientHash(stable: $0) }
            switch relation {
            case "self": own = own ?? url
            case "next": next = next ?? url
            case "previous", "prev": hasPrevious = true
            default: break
            }
        }
    }
}

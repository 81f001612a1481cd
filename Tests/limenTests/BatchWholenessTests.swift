import Basics
import FHIR
import JSON
import Testing

@testable import limen

/// What `limen batch` makes of data that say themselves that they are not all there is, or that
/// something is in force no more.
@Suite("Data that are not whole, in a batch and in commands over data")
struct BatchWholenessTests {
    /// What came of some files: the findings, and each patient with the reason of a refusal.
    private struct Reading {
        var findings: [BatchFinding] = []
        var patients: [String: String] = [:]

        init(_ files: [String: String]) throws {
            let folder = try DataFolder(files)
            var findings: [BatchFinding] = []
            let source = try BatchSource([folder.path], shard: .whole) { findings.append($0) }
            self.findings = findings
            var cache = OpenFiles(source.files)
            var parts = source.parts(after: nil)
            while let part = try parts.next() {
                for records in part.patients where records.contains(where: { !$0.isUnread }) {
                    let read = BatchPatient(records, &cache, retractions: source.retractions)
                    let patient = try #require(read)
                    let fault =
                        patient.unreadFault ?? (patient.deletedPlaces.isEmpty ? nil : .deleted)
                    patients[patient.record.id] = fault?.rawValue ?? "whole"
                }
            }
            withExtendedLifetime(folder) {}
        }

        var codes: [String] { findings.map(\.code) }
    }

    private static func patient(_ id: String) -> String {
        #"{"resourceType":"Patient","id":"\#(id)"}"#
    }

    private static func condition(_ id: String, _ patient: String) -> String {
        #"{"resourceType":"Condition","id":"\#(id)","subject":{"reference":"Patient/\#(patient)"}}"#
    }

    private static func search(_ resources: [String], _ members: String) -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"searchset",\#(members)"entry":[\#(entries)]}"#
    }

    private static func links(_ links: [String: String]) -> String {
        let list = links.sorted { $0.key < $1.key }.map {
            #"{"relation":"\#($0.key)","url":"https://ehr.example/\#($0.value)"}"#
        }
        return #""link":[\#(list.joined(separator: ","))],"#
    }

    private static let failure =
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout"}]}"#

    @Test(
        "A patient of a Bundle that says that it is not whole is refused, and others are not",
        arguments: [
            (search([patient("p"), condition("c", "p")], #""total":40,"#), "/total"),
            (
                search(
                    [patient("p"), condition("c", "p")],
                    #""total":40,"# + links(["self": "a", "next": "b"])
                ), "/link"
            ),
            (search([patient("p"), condition("c", "p"), failure], ""), "/entry/2"),
            (search([patient("p")], links(["previous": "a", "self": "b"])), "/link"),
            (
                #"{"resourceType":"Bundle","type":"batch-response","entry":["#
                    + #"{"resource":\#(patient("p")),"response":{"status":"200"}},{"resource":"#
                    + search([], #""total":3,"#) + #","response":{"status":"200"}}]}"#, "/total"
            ),
        ]
    )
    func notWhole(bundle: String, part: String) throws {
        let reading = try Reading(["a.json": bundle, "b.ndjson": Self.patient("q") + "\n"])
        #expect(reading.codes == ["LIMEN-DATA-016"])
        #expect(reading.findings.first?.sentence.contains(part) == true)
        #expect(reading.patients == ["p": "LIMEN-DATA-016", "q": "whole"])
        let folder = try DataFolder(["a.json": bundle])
        let source = try PatientSource([folder.path], showsProgress: false)
        #expect(source.problems.map(\.fault) == [.notWhole])
    }

    @Test("A Bundle of nothing that is not whole is about those whom its links name")
    func named() throws {
        for url in [
            "Condition?patient=p", "Condition?subject=Patient%2Fp&_count=9",
            "Patient/p/$everything", "Patient?_id=p,x",
        ] {
            let bundle = Self.search([Self.failure], Self.links(["self": url]))
            let lines = [Self.patient("p"), Self.patient("q"), bundle].joined(separator: "\n")
            let reading = try Reading(["a.ndjson": lines])
            #expect(reading.codes == ["LIMEN-DATA-016"])
            #expect(reading.findings.first?.line == 3)
            #expect(reading.patients == ["p": "LIMEN-DATA-016", "q": "whole"], "\(url)")
        }
    }

    /// The three pages of a search, of which some are among the data.
    private static func pages(
        _ total: [Int?],
        in order: [Int] = [0, 1, 2],
        hasPrevious: Bool = true
    ) -> [String] {
        order.map { number in
            var links = ["self": "page\(number)"]
            if number < 2 { links["next"] = "page\(number + 1)" }
            if number > 0, hasPrevious { links["previous"] = "page\(number - 1)" }
            let total = total[number].map { #""total":\#($0),"# } ?? ""
            let patients = (0..<2).map { patient("p\(2 * number + $0)") }
            return search(patients, total + Self.links(links))
        }
    }

    @Test("Pages that are all among the data, in any order and file, are whole")
    func allPages() throws {
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            for total in [[6, 6, 6], [6, nil, 6], [nil, nil, nil]] {
                for hasPrevious in [true, false] {
                    let pages = Self.pages(total, in: order, hasPrevious: hasPrevious)
                    let lines = try Reading(["a.ndjson": pages.joined(separator: "\n")])
                    #expect(lines.codes.isEmpty)
                    #expect(Set(lines.patients.values) == ["whole"])
                    let files = try Reading([
                        "a.json": pages[0], "b.json": pages[1], "c/d.json": pages[2],
                    ])
                    #expect(files.codes.isEmpty)
                    #expect(files.patients.count == 6)
                }
            }
        }
    }

    @Test(
        "Where a page is lacking, the patients of all pages of that search are refused",
        arguments: [[0], [0, 1], [0, 2], [1, 2], [1], [2]]
    )
    func lackingPage(order: [Int]) throws {
        let pages = Self.pages([nil, nil, nil], in: order)
        let text = (pages + [Self.patient("q")]).joined(separator: "\n")
        let reading = try Reading(["a.ndjson": text])
        #expect(reading.codes == order.map { _ in "LIMEN-DATA-016" })
        #expect(reading.patients["q"] == "whole")
        #expect(reading.patients.values.count { $0 == "LIMEN-DATA-016" } == 2 * order.count)
    }

    @Test("Pages that together hold less than the total, or lead in a circle, are not whole")
    func falsePages() throws {
        let short = try Reading(["a.ndjson": Self.pages([7, 7, 7]).joined(separator: "\n")])
        #expect(Set(short.patients.values) == ["LIMEN-DATA-016"])
        #expect(short.codes.count == 3)
        let circle = ["a", "b"].map { own in
            Self.search(
                [Self.patient(own)],
                Self.links(["self": own, "next": own == "a" ? "b" : "a"])
            )
        }
        let reading = try Reading(["a.ndjson": circle.joined(separator: "\n")])
        #expect(reading.patients == ["a": "LIMEN-DATA-016", "b": "LIMEN-DATA-016"])
        // An error on one page is an error of the search.
        var pages = Self.pages([nil, nil, nil])
        pages[1] = pages[1].replacing(
            #""entry":["#,
            with: #""entry":[{"resource":\#(Self.failure)},"#
        )
        let failed = try Reading(["a.ndjson": pages.joined(separator: "\n")])
        #expect(failed.codes.count == 3)
        #expect(Set(failed.patients.values) == ["LIMEN-DATA-016"])
    }

    @Test("A history refuses the patients whom its entries name, alone or in another Bundle")
    func history() throws {
        let history =
            #"{"resourceType":"Bundle","type":"history","entry":["#
            + #"{"resource":\#(Self.condition("h", "p"))}]}"#
        let alone = [Self.patient("p"), Self.condition("c", "p"), Self.patient("q"), history]
        let lines = try Reading(["a.ndjson": alone.joined(separator: "\n")])
        #expect(lines.codes == ["LIMEN-DATA-014"])
        #expect(lines.patients == ["p": "LIMEN-DATA-014", "q": "whole"])
        let inner = try Reading([
            "a.json": Self.search([Self.patient("p"), Self.patient("q"), history], "")
        ])
        #expect(inner.patients == ["p": "LIMEN-DATA-014", "q": "whole"])
        let unknown = try Reading(["a.ndjson": Self.patient("q") + "\n" + history])
        #expect(unknown.codes == ["LIMEN-DATA-014"])
        #expect(unknown.patients == ["q": "whole"])
    }

    private static func transaction(_ entries: String...) -> String {
        let list = entries.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"transaction","entry":[\#(list)]}"#
    }

    private static func deletion(_ url: String) -> String {
        #"{"request":{"method":"DELETE","url":"\#(url)"}}"#
    }

    @Test("A deletion holds for the whole of the data, whichever comes first")
    func deletedElsewhere() throws {
        let deletion = Self.transaction(Self.deletion("Condition/c"), Self.deletion("Condition/x"))
        for held in [
            Self.condition("c", "p"),
            Self.transaction(
                #"{"resource":\#(Self.condition("c", "p")),"#
                    + #""request":{"method":"PUT","url":"Condition/c"}}"#
            ),
        ] {
            for lines in [[held, deletion], [deletion, held]] {
                let text = [Self.patient("p"), Self.patient("q"), Self.condition("d", "q")] + lines
                let files = ["a.ndjson": text.joined(separator: "\n")]
                let reading = try Reading(files)
                #expect(reading.codes.isEmpty)
                #expect(reading.patients == ["p": "LIMEN-DATA-015", "q": "whole"])
                let folder = try DataFolder(files)
                var source = try PatientSource([folder.path], showsProgress: false)
                let patients = try DataFolder.patients(&source)
                #expect(patients == ["p with Patient: ", "q with Patient: d"])
                #expect(source.problems.map(\.fault) == [.deleted])
            }
        }
    }

    @Test("A deletion that names no one resource is told of, and refuses whom it may be about")
    func conditionalDeletion() throws {
        let resource = #"{"resource":\#(Self.patient("p"))}"#
        let bundle = Self.transaction(resource, Self.deletion("Condition?identifier=x"))
        let inside = try Reading(["a.json": bundle, "b.json": Self.patient("q")])
        #expect(inside.codes == ["LIMEN-DATA-005"])
        #expect(inside.findings.first?.path == "/entry/1")
        #expect(inside.findings.first?.sentence.contains("without naming") == true)
        #expect(inside.patients == ["p": "LIMEN-DATA-005", "q": "whole"])
        let lines = [
            Self.patient("p"), Self.patient("q"),
            Self.transaction(Self.deletion("Condition?subject=Patient/p&code=x")),
        ]
        let alone = try Reading(["a.ndjson": lines.joined(separator: "\n")])
        #expect(alone.codes == ["LIMEN-DATA-005"])
        #expect(alone.patients == ["p": "LIMEN-DATA-005", "q": "whole"])
    }

    @Test("What a failed request left behind is taken by none")
    func failedEntry() throws {
        let entry =
            #"{"resource":\#(Self.condition("c", "p")),"response":{"status":"500"}}"#
        let bundle = Self.transaction(#"{"resource":\#(Self.patient("p"))}"#, entry)
        let reading = try Reading(["a.json": bundle, "b.json": Self.patient("q")])
        #expect(reading.codes == ["LIMEN-DATA-005"])
        #expect(reading.patients == ["p": "LIMEN-DATA-005", "q": "whole"])
    }

    @Test("A record of the index keeps why nothing is taken, beside the largest range")
    func records() {
        for fault in [nil, DataFault.notResource, .notWhole, .history, .deleted] {
            let record = IndexRecord(
                patient: PatientHash(stable: "p"),
                place: DataPlace(file: 3, line: 7),
                bytes: 5..<5 + Limits.dataDocumentBytesMax,
                fault: fault
            )
            var bytes: [UInt8] = []
            record.write(to: &bytes)
            #expect(bytes.count == IndexRecord.byteCount)
            let read = IndexRecord(bytes, at: 0)
            #expect(read.fault == fault)
            #expect(read.bytes == record.bytes)
        }
    }
}

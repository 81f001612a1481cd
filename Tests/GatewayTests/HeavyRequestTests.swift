import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// Requests that hold as much as they may, and more.
@Suite("A heavy request")
struct HeavyRequestTests {
    private static let path = InteractionTests.path
    @Test("leaves room for the card that says there are too many medicines")
    func limits() {
        #expect(Limits.contextEntriesMax > Limits.interactionDrugsMax)
        #expect(Limits.contextEntriesMax < Limits.prefetchEntriesMax)
        #expect(Limits.patientURLsMax >= Limits.prefetchKeysMax)
    }

    private static let other = #"{"resourceType":"ServiceRequest","status":"draft"}"#

    @Test("has as many drafts as are read, or is refused", arguments: [-1, 0, 1])
    func drafts(beyond: Int) async throws {
        let fixture = try GatewayFixture()
        let count = Limits.contextEntriesMax + beyond
        let body = OrderBody(drafts: Array(repeating: Self.other, count: count))
        let response = await fixture.post(Self.path, body.text)
        let record = try #require(fixture.sink.records.last)
        guard beyond > 0 else {
            #expect(response.status == 200, "\(response.text)")
            #expect(record.kind == .decision)
            return
        }
        #expect(response.status == 400)
        #expect(response.text.contains("at most \(Limits.contextEntriesMax) entries"))
        #expect(record.kind == .rejectedRequest)
        #expect(record.reasonCode == "LIMEN-CDS-010")
    }

    @Test("has as many selections as are read, or is refused", arguments: [0, 1])
    func selections(beyond: Int) async throws {
        let fixture = try GatewayFixture()
        let count = Limits.contextEntriesMax + beyond
        let names = (0..<count).map { "ServiceRequest/s\($0)" }
        let body = OrderBody(hook: "order-select", drafts: [Self.other], selections: names)
        let response = await fixture.post(Self.path, body.text)
        #expect(response.status == (beyond > 0 ? 400 : 200), "\(response.text)")
        #expect((fixture.sink.records.last?.reasonCode == "LIMEN-CDS-010") == (beyond > 0))
    }

    @Test("brings the Patient under as many URLs as are read, or is refused", arguments: [0, 1])
    func urls(beyond: Int) throws {
        let patient = #"{"resourceType":"Patient","id":"p1"}"#
        let urls = (0..<Limits.patientURLsMax + beyond).map { "urn:uuid:\($0)" }
        // Each twice: only those that differ count.
        let entries = (urls + urls).map { #"{"fullUrl":"\#($0)","resource":\#(patient)}"# }
        let root = try JSONDocument(parsing: "[" + entries.joined(separator: ",") + "]").root
        let items = root.elements.compactMap { entry in
            entry["resource"].map { Prefetch.Item(resource: $0, fullURL: entry["fullUrl"]) }
        }
        guard beyond > 0 else {
            #expect(try PatientMatch.match(items, patientID: "p1").patientURLs == urls)
            return
        }
        let error = #expect(throws: GatewayError.self) {
            try PatientMatch.match(items, patientID: "p1")
        }
        #expect(error?.code == .malformedBody)
        #expect(error?.issues.first?.detailCode == "LIMEN-CDS-010")
        #expect(error?.issues.first?.pointer == "/\(Limits.patientURLsMax)/fullUrl")
    }

    @Test("says of each of its medicines where it stands, and counts copies once")
    func places() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [InteractionTests.draft("d0", InteractionTests.simvastatin)])
        let medicines = (0..<40).map {
            OrderBody.resource("m\($0)", InteractionTests.ibuprofen)
        }
        // One id with another content is another record, and a copy of either is none.
        let changed = OrderBody.resource("m7", InteractionTests.warfarin)
        body.requests = medicines + [changed, medicines[3], changed]
        let response = await fixture.post(Self.path, body.text)
        let inputs = try InteractionTests.grounds(response)["inputs"]
        let places = inputs?.elements.compactMap { $0["source"]?["path"]?.stringValue } ?? []
        #expect(places.first == "/context/draftOrders/entry/0/resource")
        #expect(
            Array(places.dropFirst())
                == (0...40).map { "/prefetch/medicationRequests/entry/\($0)/resource" }
        )
    }

    @Test("keeps every one of many records of one id that say different things")
    func oneID() throws {
        let medicines = (0..<400).map { number in
            OrderBody.resource(
                "m",
                OrderBody.coded("urn:oid:9.9", "\(number)"),
                status: number < 200 ? "draft" : "active"
            )
        }
        let text = "[" + medicines.joined(separator: ",") + "]"
        let items = try JSONDocument(parsing: text).root.elements.map {
            Prefetch.Item(resource: $0, fullURL: nil)
        }
        let list = MedicineList(
            DraftOrders(items: Array(items.prefix(200)), isReview: false),
            current: Array(items.dropFirst(200)),
            knowledge: try InteractionCheckTests.knowledge(),
            patientID: "p1",
            patientURLs: []
        )
        #expect(list.medicines.count == 400)
    }
}

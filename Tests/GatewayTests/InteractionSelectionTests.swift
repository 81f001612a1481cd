import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// Which drafts a selected group, plan, list or task asks about.
///
/// Two pairs are there to be found: the first draft with a current medicine, which the selection
/// means, and the second draft with another, which it means only where all drafts are asked about.
@Suite("Selected groups")
struct InteractionSelectionTests {
    private static let statin = "Contraindicated: clarithromycin with simvastatin"
    private static let gout = "Contraindicated: febuxostat with mercaptopurine"
    private static let febuxostat = OrderBody.coded(OrderBody.atc, "M04AA03")
    private static let other = draft("d2")
    private static let first = #"{"reference":"MedicationRequest/d1"}"#
    private static let logical = #"{"identifier":{"value":"order-1"}}"#

    private static func draft(_ id: String, _ more: String = "") -> String {
        let medicine = id == "d1" ? InteractionTests.clarithromycin : febuxostat
        return InteractionTests.draft(id, medicine, more: more)
    }

    private static func resource(_ reference: String, _ more: String = "") -> String {
        let parts = reference.split(separator: "/")
        return #"{"resourceType":"\#(parts[0])","id":"\#(parts[1])","status":"draft","#
            + #""intent":"order","subject":{"reference":"Patient/p1"}\#(more)}"#
    }

    private static func group(_ actions: String, _ more: String = "") -> String {
        resource("RequestGroup/g", #","action":\#(actions)\#(more)"#)
    }

    private static func carrying(_ resource: String) -> String {
        group(#"[{"resource":\#(resource)}]"#)
    }

    private func summaries(
        _ selection: String,
        _ drafts: [String],
        fullURLs: [String: String] = [:]
    ) async throws -> [String] {
        var body = OrderBody(hook: "order-select", selections: [selection])
        let entries = drafts.map { draft in
            let url = fullURLs.first { draft.contains(#""id":"\#($0.key)""#) }
            return "{" + (url.map { #""fullUrl":"\#($0.value)","# } ?? "")
                + #""resource":\#(draft)}"#
        }
        body.draftOrders =
            #"{"resourceType":"Bundle","type":"collection","entry":["#
            + entries.joined(separator: ",") + "]}"
        body.requests = [
            OrderBody.resource("m1", InteractionTests.simvastatin),
            OrderBody.resource("m2", OrderBody.coded(OrderBody.atc, "L01BB02")),
        ]
        let response = await (try GatewayFixture()).post(InteractionTests.path, body.text)
        return try InteractionTests.cards(response).compactMap { $0["summary"]?.stringValue }
    }

    @Test(
        "A group that leads to no medicine that is ordered may mean any of the drafts",
        arguments: [
            ("RequestGroup/g", resource("RequestGroup/g")),
            ("RequestGroup/g", group("[]")),
            ("RequestGroup/g", group("null")),
            ("RequestGroup/g", group(#"[{"title":"Antibiotics"}]"#)),
            ("RequestGroup/g", carrying(logical)),
            (
                "RequestGroup/g",
                carrying(#"{"type":"MedicationRequest","identifier":{"value":"order-1"}}"#)
            ),
            ("RequestGroup/g", carrying(#"{"reference":"ServiceRequest/s1"}"#)),
            ("RequestGroup/g", carrying(#"{"reference":"MedicationRequest/m1"}"#)),
            ("RequestOrchestration/g", resource("RequestOrchestration/g", #","action":[]"#)),
            ("CarePlan/cp", resource("CarePlan/cp")),
            ("CarePlan/cp", resource("CarePlan/cp", #","activity":[{"reference":\#(logical)}]"#)),
            ("List/l", resource("List/l", #","entry":[{"item":\#(logical)}]"#)),
            ("Composition/c", resource("Composition/c", #","section":[{"entry":[\#(logical)]}]"#)),
            ("Task/t", resource("Task/t")),
            ("Task/t", resource("Task/t", #","focus":\#(logical)"#)),
            ("Task/t", resource("Task/t", #","basedOn":[\#(first)]"#)),
        ]
    )
    func leadsNowhere(selection: String, group: String) async throws {
        let found = try await summaries(selection, [group, Self.draft("d1"), Self.other])
        #expect(found == [Self.gout, Self.statin])
    }

    @Test(
        "A group that cannot be followed wholly may mean any of the drafts",
        arguments: [
            group("[{\"resource\":\(first)},{\"resource\":\(logical)}]"),
            group("[{\"resource\":\(first)},{\"action\":[{\"resource\":\(logical)}]}]"),
            group(#"[{"resource":\#(first)},{"resource":{"display":"Febuxostat"}}]"#),
            group(#"[{"resource":\#(first)},{"resource":{"reference":7}}]"#),
            group(##"[{"resource":\##(first)},{"resource":{"reference":"#none"}}]"##),
            group(#"[{"resource":\#(first)},{"resource":{"reference":"Medication/x"}}]"#),
            group(#"[{"resource":\#(first)},{"resource":"MedicationRequest/d2"}]"#),
            group(#"[{"resource":\#(first)},{"resource":null}]"#),
            group(#"[{"resource":\#(first)},"MedicationRequest/d2"]"#),
            group(#"[{"resource":\#(first)},{"action":{"title":"Gout"}}]"#),
            group(#"{"resource":\#(first)}"#),
            group(#"[{"resource":[\#(first)]}]"#),
        ]
    )
    func followedInPart(group: String) async throws {
        let drafts = [group, Self.draft("d1"), Self.other]
        #expect(try await summaries("RequestGroup/g", drafts) == [Self.gout, Self.statin])
        // Nor does a group lead to what it names by another that cannot be followed.
        let outer = Self.resource(
            "List/outer",
            #","entry":[{"item":{"reference":"RequestGroup/g"}},{"item":\#(Self.first)}]"#
        )
        #expect(try await summaries("List/outer", drafts + [outer]) == [Self.gout, Self.statin])
        // Whoever selects an order beside it means that order.
        #expect(try await summaries("MedicationRequest/d1", drafts) == [Self.statin])
    }

    @Test(
        "A draft that may belong to any group is asked about with all",
        arguments: [
            draft("d2", #","basedOn":[\#(logical)]"#),
            draft("d2", #","basedOn":["RequestGroup/g"]"#),
            draft("d2").replacing(#""id":"d2","#, with: ""),
        ]
    )
    func loose(draft: String) async throws {
        let drafts = [Self.carrying(Self.first), Self.draft("d1"), draft]
        #expect(try await summaries("RequestGroup/g", drafts) == [Self.gout, Self.statin])
        #expect(try await summaries("MedicationRequest/d1", drafts) == [Self.statin])
    }

    private static let shared = #","groupIdentifier":{"system":"urn:oid:1.2","value":"G-17"}"#

    @Test(
        "A draft that says that it belongs to the selected group is meant, and no other",
        arguments: [
            ("RequestGroup/g", [resource("RequestGroup/g", shared), draft("d1", shared)]),
            ("RequestGroup/g", [group("[]", shared), draft("d1", shared)]),
            (
                "RequestGroup/g",
                [
                    resource("RequestGroup/g", #","identifier":[{"value":"G-17"}]"#),
                    draft("d1", shared),
                ]
            ),
            (
                "CarePlan/cp",
                [resource("CarePlan/cp"), draft("d1", based("CarePlan/cp"))]
            ),
            (
                "CarePlan/cp",
                [resource("CarePlan/cp"), draft("d1", based("CarePlan/cp/_history/2"))]
            ),
            (
                "CarePlan/cp",
                [resource("CarePlan/cp"), draft("d1", based("https://ehr.example/r4/CarePlan/cp"))]
            ),
            (
                "CarePlan/cp",
                [
                    resource("CarePlan/cp"),
                    resource("CarePlan/part", #","partOf":[{"reference":"CarePlan/cp"}]"#),
                    draft("d1", based("CarePlan/part")),
                ]
            ),
            (
                "RequestGroup/g",
                [
                    carrying(#"{"reference":"ServiceRequest/s1"}"#), resource("ServiceRequest/s1"),
                    draft("d1", based("ServiceRequest/s1")),
                ]
            ),
            (
                "ServiceRequest/s1",
                [resource("ServiceRequest/s1"), draft("d1", based("ServiceRequest/s1"))]
            ),
            (
                "RequestGroup/g",
                [
                    group(
                        #"[{"resource":\#(first)},{"resource":{"type":"ServiceRequest","#
                            + #""identifier":{"value":"s1"}}}]"#
                    ), draft("d1"),
                ]
            ),
            ("Task/t", [resource("Task/t", #","focus":\#(first)"#), draft("d1")]),
        ]
    )
    func belongs(selection: String, drafts: [String]) async throws {
        #expect(try await summaries(selection, drafts + [Self.other]) == [Self.statin])
    }

    private static func based(_ reference: String) -> String {
        #","basedOn":[{"reference":"\#(reference)"}]"#
    }

    @Test("A group is the same by its id and by its fullUrl, and so is a draft")
    func fullURLs() async throws {
        let urls = ["cp": "urn:uuid:1", "d1": "urn:uuid:2"]
        let plan = Self.resource("CarePlan/cp")
        let up = [plan, Self.draft("d1", Self.based("urn:uuid:1")), Self.other]
        #expect(try await summaries("CarePlan/cp", up, fullURLs: urls) == [Self.statin])
        let activity = #","activity":[{"reference":{"reference":"urn:uuid:2"}}]"#
        let down = [Self.resource("CarePlan/cp", activity), Self.draft("d1"), Self.other]
        #expect(try await summaries("CarePlan/cp", down, fullURLs: urls) == [Self.statin])
    }

    @Test("What is selected and is no medicine stays quiet, and an order alone means itself")
    func others() async throws {
        let drafts = [
            Self.resource("ServiceRequest/s1"), Self.draft("d1", Self.shared),
            Self.draft("d2", Self.shared),
        ]
        #expect(try await summaries("ServiceRequest/s1", drafts) == [])
        #expect(try await summaries("MedicationRequest/d1", drafts) == [Self.statin])
    }
}

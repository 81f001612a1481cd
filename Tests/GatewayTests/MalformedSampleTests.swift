import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// The published requests with one member at a time spoiled.
@Suite(
    "A spoiled request",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct MalformedSampleTests {
    static let canary = "CANARY-7f3a"

    /// A document with the member at a pointer replaced; `nil` takes it out.
    static func spoiled(_ value: JSONValue, _ pointer: String, _ new: String?) -> String {
        func text(_ value: JSONValue) -> String {
            if value.pointer == pointer { return new ?? "null" }
            switch value.kind {
            case .object:
                let members = value.members.compactMap { name, member -> String? in
                    if member.pointer == pointer, new == nil { return nil }
                    var writer = JSONWriter()
                    writer.value(name.stringValue ?? "")
                    return writer.text + ":" + text(member)
                }
                return "{" + members.joined(separator: ",") + "}"
            case .array:
                return "[" + value.elements.map(text).joined(separator: ",") + "]"
            case .string, .number, .true, .false, .null:
                var writer = JSONWriter()
                writer.value(value)
                return writer.text
            }
        }
        return text(value)
    }

    /// The members of the request and of its context, which are ours to check.
    static func places(_ root: JSONValue) -> [JSONValue] {
        var places: [JSONValue] = []
        for (_, member) in root.members {
            places.append(member)
            if member.pointer == "/context" { places += member.members.map(\.value) }
        }
        return places
    }

    @Test("is answered with 4xx that names the element and quotes nothing, or tolerated")
    func spoiled() async throws {
        let fixture = try GatewayFixture(extraFiles: ConformanceTests.services())
        var refusedCount = 0
        for line in try Shared.lines(ConformanceTests.folder + "expected.tsv").dropFirst() {
            let columns = line.split(separator: "\t").map(String.init)
            guard columns[2] == "CDSHooksRequest" else { continue }
            let bytes = try Shared.bytes(ConformanceTests.folder + "cases/" + columns[1])
            let root = try JSONDocument(parsing: bytes).root
            let hook = root["hook"]?.stringValue ?? ""
            let service = hook == "patient-view" ? "view-test" : hook + "-test"
            for place in Self.places(root) {
                for new in [
                    nil, "null", "17", "[]", "{}", #""""#, #""\#(Self.canary)""#,
                    #"["\#(Self.canary)"]"#, #"{"\#(Self.canary)":"\#(Self.canary)"}"#,
                ] {
                    let body = Self.spoiled(root, place.pointer, new)
                    let response = await fixture.post("/cds-services/" + service, body)
                    let what = "\(columns[1]) \(place.pointer) \(new ?? "absent")"
                    #expect(response.status < 500, "\(what): \(response.status)")
                    guard response.status != 200 else { continue }
                    refusedCount += 1
                    #expect(!response.text.contains(Self.canary), "\(what)")
                    let issue = try response.json["issue"]?.elements.first { _ in true }
                    #expect(
                        try response.json["resourceType"]?.isString("OperationOutcome") == true
                    )
                    #expect(issue?["diagnostics"]?.stringValue?.isEmpty == false, "\(what)")
                    // What is wrong stands at the spoiled element, or at one that hangs on it.
                    let expression = issue?["expression"]?.elements.first { _ in true }
                    #expect(expression?.stringValue?.isEmpty == false, "\(what) \(response.text)")
                }
            }
        }
        #expect(refusedCount > 100)
        #expect(!fixture.lines.text.contains(Self.canary))
    }

    @Test(
        "is refused at the spoiled element",
        arguments: [
            (#""hook":"patient-view""#, #""hook":7"#, "hook"),
            (#""hookInstance":"\#(HookBody().instance)""#, #""hookInstance":"x""#, "hookInstance"),
            (#""patientId":"p1""#, #""patientId":"a b""#, "context.patientId"),
            (#""patientId":"p1""#, #""patientId":"other""#, "prefetch.patient.id"),
            (#""userId":"Practitioner/pr1""#, #""userId":[]"#, "context.userId"),
            (#""hook":"patient-view""#, #""hook":"order-sign""#, "hook"),
            (#""patient":{"#, #""patient":7,"x":{"#, "prefetch.patient"),
        ]
    )
    func element(_ old: String, _ new: String, _ expression: String) async throws {
        let fixture = try GatewayFixture()
        let body = HookBody().text
        #expect(body.contains(old))
        let response = await fixture.post(
            "/cds-services/news2",
            body.replacing(old, with: new)
        )
        #expect(response.status == 400 || response.status == 422, "\(response.text)")
        let issue = try response.json["issue"]?.elements.first { _ in true }
        let found = issue?["expression"]?.elements.compactMap(\.stringValue) ?? []
        #expect(found == [expression], "\(response.text)")
    }
}

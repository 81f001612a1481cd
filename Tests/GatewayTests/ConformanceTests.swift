import Audit
import Basics
import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

/// The published CDS Hooks messages, each sent to a service for its hook.
@Suite(
    "The published requests",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct ConformanceTests {
    static let folder = "conformance/cds-hooks-validator/"

    static func services() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in ["order-sign-test", "order-select-test", "view-test", "greeter-test"] {
            let url = Shared.checkout.appendingPathComponent("Tests/Cases/hooks/\(name).json")
            files["Hooks/\(name).json"] = Array(try Data(contentsOf: url))
        }
        return files
    }

    @Test("are served when valid, and answered with a reason when not")
    func requests() async throws {
        let fixture = try GatewayFixture(extraFiles: Self.services())
        var count = 0
        for line in try Shared.lines(Self.folder + "expected.tsv").dropFirst() {
            let columns = line.split(separator: "\t").map(String.init)
            guard columns[2] == "CDSHooksRequest" else { continue }
            count += 1
            let bytes = try Shared.bytes(Self.folder + "cases/" + columns[1])
            let json = try JSONDocument(parsing: bytes).root
            let hook = json["hook"]?.stringValue ?? ""
            var service = hook == "patient-view" ? "view-test" : hook + "-test"
            if json["prefetch"]?["patientToGreet"] != nil { service = "greeter-test" }
            let response = await fixture.send("POST", "/cds-services/" + service, bytes)
            #expect(response.status < 500)
            let cards = try response.json["cards"]?.elements.contains { _ in true } ?? false
            let isNamed =
                try response.json["issue"]?.elements.contains {
                    $0["diagnostics"]?.stringValue?.isEmpty == false
                } ?? false
            let flags = fixture.sink.records.last?.flags ?? []
            if columns[3] == "valid" {
                #expect(response.status == 200 && cards, "\(columns[1])")
                #expect(flags.isEmpty || flags == ["undeclared-prefetch-keys"])
            } else {
                // A fault that every client in the field makes is tolerated and flagged.
                #expect(isNamed || flags.contains("patient-id-prefix"), "\(columns[1])")
            }
        }
        #expect(count == 9)
        #expect(fixture.sink.records.count == 9)
    }

    @Test("go to the right place when the fault is one of the hook")
    func faults() async throws {
        let fixture = try GatewayFixture(extraFiles: Self.services())
        for (file, place) in [
            ("cdshooks-request-order-select-bad.json", "/context/selections/0"),
            ("cdshooks-request-order-select-extensions.json", "/context/draftOrders"),
        ] {
            let bytes = try Shared.bytes(Self.folder + "cases/" + file)
            let response = await fixture.send("POST", "/cds-services/order-select-test", bytes)
            #expect(response.status == 400)
            #expect(response.text.contains(place), "\(response.text)")
        }
    }
}

import Audit
import CDSHooks
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// The services of this repository that do not show the same result again.
@Suite("A shipped service with a rule for repeats")
struct ShippedRepeatTests {
    /// A call of the segmentation.
    static func body(
        _ instance: Int,
        user: String = "Practitioner/pr1",
        systolic: String = "128",
        index: String? = "27"
    ) -> String {
        var body = HookBody()
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2\(instance + 10)"
        body.observations = [
            HookBody.quantity("s", loinc: "8480-6", systolic, "mm[Hg]"),
            HookBody.quantity("d", loinc: "8462-4", "82", "mm[Hg]"),
        ]
        if let index {
            body.observations.append(HookBody.quantity("b", loinc: "39156-5", index, "kg/m2"))
        }
        return body.text.replacing("Practitioner/pr1", with: user)
    }

    @Test("tells who was shown a segment within the shift that it is the same, and nothing less")
    func segments() async throws {
        let sink = InMemoryAuditSink()
        let fixture = try GatewayFixture(sink: sink) {
            $0.shownMemory = RecordedShownMemory(sink)
        }
        func summary(_ body: String) async throws -> String {
            let response = await fixture.post("/cds-services/segments", body)
            #expect(response.status == 200, "\(response.text)")
            return try response.card?["summary"]?.stringValue ?? ""
        }
        let segment = try await summary(Self.body(1))
        #expect(segment.hasPrefix("Segment"), "\(segment)")
        fixture.clock.advance(seconds: 3_600)
        #expect(try await summary(Self.body(2)) == "Shown 1 h ago: " + segment)
        #expect(try await summary(Self.body(3, user: "Practitioner/pr2")) == segment)
        // Another segment, and what cannot be determined, are told in full each time.
        let other = try await summary(Self.body(4, systolic: "180", index: "38"))
        #expect(other.hasPrefix("Segment") && other != segment, "\(other)")
        #expect(try await summary(Self.body(5)) == segment)
        for instance in 6...7 {
            let missing = try await summary(Self.body(instance, index: nil))
            #expect(missing.hasPrefix("Segment not determined"), "\(missing)")
        }
        #expect(try await summary(Self.body(8)) == segment)
        #expect(try await summary(Self.body(9)).hasPrefix("Shown"))
        fixture.clock.advance(seconds: 43_200)
        #expect(try await summary(Self.body(10)) == segment, "another shift")
    }

    @Test("is harmless in short: no shipped rule holds a warning or critical card back")
    func harmless() throws {
        let catalogue = try GatewayFixture().gateway.catalogue
        let services = catalogue.services.filter { $0.hook.suppression != nil }
        #expect(services.map(\.hook.id) == ["segments"])
        for service in services {
            #expect(service.hook.cards.allSatisfy { $0.indicator == .info })
            #expect(service.hook.suppression?.audience == .patientAndUser)
        }
    }
}

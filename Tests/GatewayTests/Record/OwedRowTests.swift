import Audit
import Basics
import Support
import Testing

@testable import Gateway

/// A row of something that no request waits for.
@Suite("A row that is owed")
struct OwedRowTests {
    @Test("goes in once the trail takes rows again, and only once")
    func settled() async throws {
        let fixture = try GatewayFixture()
        let row = AuditRecord(
            eventID: UUIDBytes(high: 7, low: 7),
            tenant: HookGateway.systemTenant,
            kind: .configurationChange,
            outcome: .done,
            startedAt: GatewayFixture.now,
            status: 200
        )
        fixture.sink.fail(with: AuditError(code: .unavailable))
        #expect(fixture.gateway.owe(row))
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.isEmpty)
        fixture.sink.fail(with: nil)
        await fixture.gateway.finishBackground()
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.map(\.eventID) == [row.eventID])
    }
}

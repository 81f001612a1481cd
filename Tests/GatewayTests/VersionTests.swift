import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Lifecycle
import Monitoring
import Support
import Telemetry
import Testing

@testable import Gateway

/// Versions of NEWS2 side by side: `news2` live, `news2-b` on trial, `news2-c` in the shadow.
@Suite("Versions side by side")
struct VersionTests {
    private static let service = "/cds-services/news2"

    private static func body(_ patient: String = "p1") -> String {
        HookBody(observations: HookBody.vitals()).text
            .replacing("Patient/p1", with: "Patient/" + patient)
            .replacing("\"patientId\":\"p1\"", with: "\"patientId\":\"\(patient)\"")
            .replacing("\"id\":\"p1\"", with: "\"id\":\"\(patient)\"")
    }

    private static func profile(of record: AuditRecord) throws -> String? {
        try JSONDocument(parsing: try #require(record.artifacts))
            .root["profile"]?["name"]?.stringValue
    }

    @Test("A service without versions answers as live and names its version")
    func plain() async throws {
        let fixture = try GatewayFixture()
        _ = await fixture.post(Self.service, Self.body())
        #expect(fixture.sink.records.first?.arm == .live)
    }

    @Test("A patient stays in an arm, the share is kept, and each row names what decided")
    func share() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.3"))
        )
        for _ in 0..<2 {
            for number in 0..<100 {
                _ = await fixture.post(Self.service, Self.body("q\(number)"))
            }
        }
        let records = fixture.sink.records
        #expect(records.count == 200)
        #expect(records.prefix(100).map(\.arm) == records.suffix(100).map(\.arm))
        let count = records.count { $0.arm == .canary }
        #expect((30...90).contains(count))
        for record in records {
            let name = record.arm == .canary ? "news2-b" : "news2"
            #expect(try Self.profile(of: record) == name)
        }
    }

    @Test(
        "A share of none, and of as good as all",
        arguments: [("0", "live"), ("0.999999", "canary")]
    )
    func ends(share: String, arm: String) async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: share))
        )
        for number in 0..<10 { _ = await fixture.post(Self.service, Self.body("q\(number)")) }
        #expect(fixture.sink.records.count == 10)
        #expect(fixture.sink.records.allSatisfy { $0.arm?.rawValue == arm })
    }

    @Test(
        "A canary for all patients is refused at load: nothing is left to judge it against",
        arguments: ["1", "1.0", "1.000", "10e-1"]
    )
    func shareOfAll(share: String) throws {
        let files = try GatewayFixture.files(
            try VersionFiles.read(VersionFiles.canary(share: share))
        )
        let error = #expect(throws: CatalogueError.self) {
            _ = try Catalogue(files: files, now: GatewayFixture.now)
        }
        let finding = try #require(error?.findings.first { $0.path.contains("share") })
        #expect(finding.file == "Hooks/news2.json")
        #expect(finding.sentence.contains("below 1"))
        #expect(finding.sentence.contains("promoted"))
    }

    @Test(
        "A shadow computes beside the answer, has its row, and shows nothing",
        arguments: [true, false]
    )
    func shadow(isRefusing: Bool) async throws {
        let files = try VersionFiles.read(#" "shadow": ["news2-c"],"#, refusingShadow: isRefusing)
        let fixture = try GatewayFixture(extraFiles: files)
        let plain = try GatewayFixture()
        let answer = await fixture.post(Self.service, Self.body())
        await fixture.gateway.finishBackground()
        // The hook document differs, so the bytes do; the cards are the same.
        let expected = await plain.post(Self.service, Self.body())
        #expect(try answer.card?["summary"]?.stringValue == expected.card?["summary"]?.stringValue)
        let records = fixture.sink.records
        #expect(records.map(\.arm) == [.live, .shadow])
        let shadow = try #require(records.last)
        #expect(shadow.cards == nil)
        #expect(shadow.cardIDs.isEmpty)
        #expect(shadow.indicator == nil)
        #expect(shadow.hookInstance == records.first?.hookInstance)
        #expect(shadow.patientPseudonym == records.first?.patientPseudonym)
        #expect(shadow.eventID != records.first?.eventID)
        #expect(try Self.profile(of: shadow) == "news2-c")
        #expect(shadow.outcome == (isRefusing ? .incomplete : .noCards))
        let result = try JSONDocument(parsing: try #require(shadow.result)).root
        #expect(result["shadowCards"] != nil)
    }

    @Test("A shadow whose row cannot be written takes nothing from the answer")
    func shadowFails() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(#" "shadow": ["news2-c"],"#)
        )
        let answer = await fixture.post(Self.service, Self.body())
        #expect(answer.status == 200)
        fixture.sink.fail(with: AuditError(code: .unavailable))
        let refused = await fixture.post(Self.service, Self.body())
        #expect(refused.status == 503)
        await fixture.gateway.finishBackground()
    }

    @Test("A shadow computes beside an answer only, never beside one that was held back")
    func shadowOfNothing() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(#" "shadow": ["news2-c"],"#)
        )
        // The row of the decision cannot be written; that of a shadow could.
        fixture.sink.fail(with: AuditError(code: .timeout)) { $0.arm == .live }
        #expect(await fixture.post(Self.service, Self.body()).status == 503)
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.isEmpty)
        #expect(fixture.gateway.drainCounters().allSatisfy { $0.arm != "shadow" })
        fixture.sink.fail(with: nil)
        // Refused, and so without a decision that a shadow could stand beside.
        #expect(await fixture.post(Self.service, "{").status == 400)
        fixture.clock.setStep(100_000)
        #expect(await fixture.post(Self.service, Self.body()).status == 503)
        fixture.clock.setStep(0)
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.allSatisfy { $0.arm != .shadow })
        #expect(fixture.sink.records.count == 2)
        #expect(await fixture.post(Self.service, Self.body()).status == 200)
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.suffix(2).map(\.arm) == [.live, .shadow])
    }

    @Test("What is in force goes before the document; one request sees one state")
    func deployed() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.999999"))
        )
        let family = try #require(fixture.gateway.catalogue.family(id: "news2")?.family)
        let second = try #require(family.version("news2-b"))
        func answer() async throws -> (AuditRecord.Arm?, String?) {
            _ = await fixture.post(Self.service, Self.body())
            let record = try #require(fixture.sink.records.last)
            return (record.arm, try Self.profile(of: record))
        }
        // Nothing is in force yet: the canary waits to be started by the store.
        let duties = fixture.gateway.adopt(DeploymentBook())
        #expect(duties.starts.map(\.version) == [second])
        #expect(try await answer() == (.live, "news2"))

        var deployment = Deployment(
            service: "news2",
            number: 1,
            kind: .canaryStart,
            reason: "t",
            live: nil,
            canary: second,
            isCanaryActive: true
        )
        let watched = fixture.gateway.adopt(DeploymentBook(deployments: ["news2": deployment]))
        #expect(watched.watches.count == 1)
        #expect(try await answer() == (.canary, "news2-b"))
        #expect(fixture.gateway.armTotals.values.map(\.cases) == [1])

        deployment.number = 2
        deployment.isCanaryActive = false
        #expect(
            fixture.gateway.adopt(DeploymentBook(deployments: ["news2": deployment]))
                == DeploymentDuties()
        )
        #expect(try await answer() == (.live, "news2"))

        deployment.number = 3
        deployment.live = second
        _ = fixture.gateway.adopt(DeploymentBook(deployments: ["news2": deployment]))
        #expect(try await answer() == (.live, "news2-b"))
    }

    @Test("A canary whose folder was replaced does not answer, and a row says so")
    func replaced() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.999999"))
        )
        let other = ModelVersion(profile: "news2-b", digest: String(repeating: "0", count: 64))
        let deployment = Deployment(
            service: "news2",
            number: 1,
            kind: .canaryStart,
            reason: "t",
            live: nil,
            canary: other,
            isCanaryActive: true
        )
        let duties = fixture.gateway.adopt(DeploymentBook(deployments: ["news2": deployment]))
        #expect(duties == DeploymentDuties())
        await fixture.gateway.finishBackground()
        let row = try #require(fixture.sink.records.first)
        #expect(row.kind == .modelChange)
        #expect(row.reasonCode == "canary-replaced")
        #expect(row.service == "news2")
        #expect(fixture.lines.text.contains("canary-replaced"))
        _ = await fixture.post(Self.service, Self.body())
        let decision = try #require(fixture.sink.records.last)
        #expect(decision.arm == .live)
        #expect(decision.flags.contains("version-differs"))
    }

    /// The hooks of the service, for each of which a row is written.
    private static func hooks(of fixture: GatewayFixture) -> [String] {
        fixture.gateway.catalogue.plans.keys.filter { $0.id == "news2" }.map(\.hook).sorted()
    }

    @Test("The row about a replaced canary is written when as many shadows wait as may")
    func replacedWhileFull() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.5"))
        )
        let gates = (0..<Limits.shadowTasksMax).map { _ in AsyncStream<Void>.makeStream() }
        for gate in gates {
            #expect(fixture.gateway.inBackground { for await _ in gate.stream {} })
        }
        #expect(!fixture.gateway.inBackground {})
        _ = fixture.gateway.adopt(VersionFiles.replacedCanary())
        await fixture.gateway.owed.finish()
        #expect(fixture.sink.records.compactMap(\.hook).sorted() == Self.hooks(of: fixture))
        #expect(fixture.sink.records.allSatisfy { $0.reasonCode == "canary-replaced" })
        for gate in gates { gate.continuation.finish() }
        await fixture.gateway.finishBackground()
        #expect(fixture.sink.records.count == Self.hooks(of: fixture).count)
    }

    @Test("The row about a replaced canary is owed until it is durable, and written once")
    func replacedWhileAway() async throws {
        let sink = InMemoryAuditSink(failing: AuditError(code: .unavailable))
        let fixture = try GatewayFixture(
            sink: sink,
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.5"))
        )
        for _ in 0..<3 {
            _ = fixture.gateway.adopt(VersionFiles.replacedCanary())
            await fixture.gateway.owed.finish()
        }
        let hooks = Self.hooks(of: fixture)
        #expect(sink.records.isEmpty)
        #expect(fixture.gateway.owed.count == hooks.count)
        #expect(fixture.registry.text.contains("limen_audit_rows_owed \(hooks.count)\n"))
        sink.fail(with: nil)
        for _ in 0..<3 {
            _ = fixture.gateway.adopt(VersionFiles.replacedCanary())
            await fixture.gateway.finishBackground()
        }
        #expect(sink.records.compactMap(\.hook).sorted() == hooks)
        #expect(fixture.gateway.owed.count == 0)
    }

    @Test("As many rows are owed as the bound says, and all of them are written")
    func owedBound() async throws {
        let owed = OwedRows()
        let sink = InMemoryAuditSink(failing: AuditError(code: .unavailable))
        let row = { (number: UInt64) in
            AuditRecord(
                eventID: UUIDBytes(high: number, low: number),
                tenant: "system",
                kind: .modelChange,
                outcome: .refused,
                startedAt: GatewayFixture.now,
                status: 409
            )
        }
        for number in 1...Limits.owedRowsMax { #expect(owed.add(row(UInt64(number)))) }
        #expect(!owed.add(row(0)))
        sink.fail(with: nil)
        owed.settle(through: sink) { _ in }
        await owed.finish()
        #expect(sink.records.map(\.eventID.text).count == Limits.owedRowsMax)
        #expect(Set(sink.records.map(\.eventID)).count == Limits.owedRowsMax)
        #expect(owed.count == 0)
        #expect(owed.add(row(0)))
    }

    @Test("A version in force that is not loaded is never replaced by another in silence")
    func missing() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try VersionFiles.read(VersionFiles.canary(share: "0.999999"))
        )
        let deployment = Deployment(
            service: "news2",
            number: 1,
            kind: .promote,
            reason: "t",
            live: ModelVersion(profile: "news2-z", digest: String(repeating: "0", count: 64)),
            canary: nil,
            isCanaryActive: false
        )
        _ = fixture.gateway.adopt(DeploymentBook(deployments: ["news2": deployment]))
        let answer = await fixture.post(Self.service, Self.body())
        #expect(answer.status == 503)
        #expect(fixture.sink.records.last?.reasonCode == "LIMEN-GATE-030")
        let ready = await fixture.send("GET", "/readyz", query: "verbose")
        #expect(ready.status == 503)
        #expect(ready.text.contains("[-]versions"))
        // A catalogue that lacks it is not taken either; the one that is there stays.
        let catalogue = try Catalogue(files: try GatewayFixture.files(), now: GatewayFixture.now)
        #expect(throws: CatalogueError.self) { try fixture.gateway.reload(catalogue) }
        #expect(fixture.gateway.catalogue.family(id: "news2")?.family.versions.count == 2)
    }

    @Test(
        "A document that names versions wrongly is refused at load",
        arguments: [
            #" "canary": { "profile": "nobody", "share": 0.1, "salt": "t" },"#,
            #" "canary": { "profile": "news2-b", "share": 1.1, "salt": "t" },"#,
            #" "canary": { "profile": "news2-b", "share": -0.1, "salt": "t" },"#,
            #" "canary": { "profile": "news2-b", "share": "0.1", "salt": "t" },"#,
            #" "canary": { "profile": "news2-b", "share": 0.1 },"#,
            #" "canary": { "profile": "news2-b", "salt": "t" },"#,
            #" "canary": { "profile": "news2", "share": 0.1, "salt": "t" },"#,
            #" "canary": { "profile": "news2-b", "share": 0.1, "salt": "t", "x": 1 },"#,
            #" "canary": { "profile": "news2-b", "share": 0.1, "salt": "t", "bounds": { "alpha": 0 } },"#,
            #" "canary": { "profile": "news2-b", "share": 0.1, "salt": "t", "bounds": { "minimum": 9 } },"#,
            #" "canary": { "profile": "news2-b", "share": 0.1, "salt": "t", "bounds": { "slowAfter": "1s" } },"#,
            #" "shadow": ["news2-b", "news2-b"],"#,
            #" "shadow": ["nobody"],"#,
            #" "shadow": [1],"#,
            #" "shadow": "news2-b","#,
        ]
    )
    func refused(members: String) throws {
        let files = try GatewayFixture.files(try VersionFiles.read(members))
        #expect(throws: CatalogueError.self) {
            _ = try Catalogue(files: files, now: GatewayFixture.now)
        }
    }

    @Test("What a canary asks for beside the live version changes no key of discovery")
    func discovery() throws {
        let plain = try GatewayFixture().gateway.catalogue
        let files = try VersionFiles.read(VersionFiles.canary(share: "0.1"), refusingCanary: true)
        let both = try Catalogue(files: try GatewayFixture.files(files), now: GatewayFixture.now)
        let keys = plain.services(id: "news2").map { $0.hook.offeredPrefetch.map(\.key) }
        #expect(both.services(id: "news2").map { $0.hook.offeredPrefetch.map(\.key) } == keys)
        #expect(
            both.services(id: "news2").first?.hook.prefetch.map(\.feeds)
                == plain.services(id: "news2").first?.hook.prefetch.map(\.feeds)
        )
    }
}

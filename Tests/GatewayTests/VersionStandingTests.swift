import Audit
import HTTPMessages
import JSON
import Lifecycle
import Monitoring
import Support
import Testing

@testable import Gateway

/// What callers get who name a version themselves, while hooks choose among several.
@Suite("The standing of a version that is named")
struct VersionStandingTests {
    private static let row =
        #"{"respiratoryRate":22,"spo2":95,"onOxygen":true,"systolic":101,"pulse":112,"#
        + #""consciousness":"A","temperature":38.5,"pregnant":false}"#
    private static let versions =
        VersionFiles.canary(share: "0.5") + #" "shadow": ["news2-c"],"#

    private func fixture() throws -> GatewayFixture {
        try GatewayFixture(extraFiles: try VersionFiles.read(Self.versions))
    }

    private static func evaluate(
        _ model: String,
        _ fixture: GatewayFixture,
        key: String = GatewayFixture.key
    ) async throws -> (status: Int, standing: String?, arm: AuditRecord.Arm?) {
        fixture.sink.removeAll()
        let response = await fixture.post("/models/\(model)/evaluate", Self.row, key: key)
        let record = try #require(fixture.sink.records.first)
        let standing = response.status == 200 ? try response.json["standing"]?.stringValue : nil
        return (response.status, standing, record.arm)
    }

    @Test("The row names an arm for the version in force alone, and the answer says which it is")
    func arms() async throws {
        let fixture = try fixture()
        for (model, standing, arm) in [
            ("news2", "in-force", AuditRecord.Arm.live), ("news2-b", "aside", nil),
            ("news2-c", "aside", nil), ("segments", "in-force", .live),
        ] as [(String, String, AuditRecord.Arm?)] where model != "segments" {
            let found = try await Self.evaluate(model, fixture)
            #expect(found.status == 200)
            #expect(found.standing == standing, "\(model)")
            #expect(found.arm == arm, "\(model)")
        }
        // After a promotion the version of the document is the one aside.
        _ = fixture.gateway.adopt(try VersionFiles.promoted("news2-b", in: fixture))
        let promoted = try await Self.evaluate("news2-b", fixture)
        #expect(promoted.standing == "in-force")
        #expect(promoted.arm == .live)
        let before = try await Self.evaluate("news2", fixture)
        #expect(before.standing == "aside")
        #expect(before.arm == nil)
    }

    @Test("A version that no service names, or whose service shows nothing, has no arm")
    func withoutService() async throws {
        var files = try VersionFiles.copy(as: "lonely")
        let hook = try #require(try GatewayFixture.files()["Hooks/news2.json"])
        files["Hooks/news2.json"] = Array(
            String(decoding: hook, as: UTF8.self)
                .replacing("\"mode\": \"live\"", with: "\"mode\": \"shadow\"").utf8
        )
        let fixture = try GatewayFixture(extraFiles: files)
        let lonely = try await Self.evaluate("lonely", fixture)
        #expect(lonely.standing == "without-service")
        #expect(lonely.arm == nil)
        let silent = try await Self.evaluate("news2", fixture)
        #expect(silent.standing == "aside")
        #expect(silent.arm == nil)
        let counted = fixture.gateway.drainCounters()
        #expect(Set(counted.map(\.profile)) == ["lonely"])
    }

    @Test("Rows count for the drift of the version in force, and not into a trial")
    func counters() async throws {
        let fixture = try fixture()
        for model in ["news2", "news2", "news2-b", "news2-c"] {
            #expect(try await Self.evaluate(model, fixture).status == 200)
        }
        let counted = fixture.gateway.drainCounters()
        #expect(Set(counted.map { $0.profile + "/" + $0.arm }) == ["news2/live"])
        let outcome = counted.first { $0.series.name.kind == .outcome }
        #expect(outcome?.histogram.count == 2)
        #expect(counted.allSatisfy { $0.tenant == "hospital-a" })
        // Each input stands in its bin, once for each row.
        let pulse = counted.first { $0.series.name == SeriesName(.input, "pulse") }
        #expect(pulse?.histogram.validCount == 2)
    }

    @Test("Rows that have no durable audit row, or cannot be used, are not counted")
    func notCounted() async throws {
        let fixture = try fixture()
        fixture.sink.fail(with: AuditError(code: .unavailable))
        #expect(await fixture.post("/models/news2/evaluate", Self.row).status == 503)
        fixture.sink.fail(with: nil)
        #expect(await fixture.post("/models/news2/evaluate", "[7,8]").status == 200)
        #expect(fixture.gateway.drainCounters().isEmpty)
    }

    @Test("A client that is limited to a service gets the version in force, and that one only")
    func limitedClient() async throws {
        let fixture = try fixture()
        let plain = GatewayFixture.plainKey
        func models() async throws -> [String] {
            let list = try await fixture.send("GET", "/models", key: plain).json
            return list["models"].map { $0.elements.compactMap { $0["id"]?.stringValue } } ?? []
        }
        #expect(try await models() == ["news2"])
        #expect(try await Self.evaluate("news2", fixture, key: plain).status == 200)
        #expect(try await Self.evaluate("news2-b", fixture, key: plain).status == 403)
        _ = fixture.gateway.adopt(try VersionFiles.promoted("news2-b", in: fixture))
        #expect(try await models() == ["news2-b"])
        #expect(try await Self.evaluate("news2-b", fixture, key: plain).status == 200)
        #expect(try await Self.evaluate("news2", fixture, key: plain).status == 403)
        #expect(try await Self.evaluate("news2-c", fixture, key: plain).status == 403)
        #expect(await fixture.send("GET", "/models/news2", key: plain).status == 403)
        // Back again: the version of the document.
        _ = fixture.gateway.adopt(try VersionFiles.promoted("news2", in: fixture, number: 2))
        #expect(try await models() == ["news2"])
    }

    @Test("The list of models names the service at the version in force")
    func listed() async throws {
        let fixture = try fixture()
        _ = fixture.gateway.adopt(try VersionFiles.promoted("news2-b", in: fixture))
        func services(_ id: String) async throws -> Set<String> {
            let model = try await fixture.send("GET", "/models/" + id).json
            return Set(
                model["services"].map { $0.elements.compactMap { $0["id"]?.stringValue } } ?? []
            )
        }
        #expect(try await services("news2-b") == ["news2"])
        #expect(try await services("news2") == [])
        #expect(try await services("news2-c") == [])
    }

    // MARK: Facts

    /// NEWS2 with no rule but the fact, so that nothing else stays unchecked.
    private func factFixture() throws -> GatewayFixture {
        var files = try VersionFiles.copy(as: "factual")
        let name = "Profiles/factual/profile.json"
        let text = String(decoding: try #require(files[name]), as: UTF8.self)
        let document = try JSONDocument(parsing: text)
        var kept = text
        for (member, keep) in [("applies", "unless"), ("quorum", "nothing")] {
            let all = try #require(document.root[member])
            let rules = all.elements.filter { $0[keep] != nil }
                .map { String(decoding: $0.rawBytes, as: UTF8.self) }
            kept = kept.replacing(
                String(decoding: all.rawBytes, as: UTF8.self),
                with: "[" + rules.joined(separator: ",") + "]"
            )
        }
        kept = kept.replacing(try Regex(#""quorum":\s*\[\],?"#), with: "")
        files[name] = Array(kept.utf8)
        return try GatewayFixture(extraFiles: files)
    }

    @Test(
        "A fact that nobody answered is not checked, and never said to apply",
        arguments: [
            ("", "not-checked", true), (#","pregnant":false"#, "applies", false),
            (#","pregnant":null"#, "not-checked", true),
        ]
    )
    func facts(member: String, applicability: String, isFlagged: Bool) async throws {
        let fixture = try factFixture()
        let row = Self.row.replacing(#","pregnant":false"#, with: member)
        let response = await fixture.post("/models/factual/evaluate", row)
        #expect(response.status == 200, "\(response.text)")
        let found = try response.json["rows"]?.elements.first { _ in true }
        #expect(found?["status"]?.stringValue == "complete")
        #expect(found?["applicability"]?.stringValue == applicability)
        let record = try #require(fixture.sink.records.first)
        #expect(record.flags.contains("applicability-unchecked") == isFlagged)
        let result = try JSONDocument(parsing: try #require(record.result)).root
        #expect(result["applicability"]?.stringValue == applicability)
    }
}

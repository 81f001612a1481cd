import Basics
import ClinicalEngine
import Foundation
import HTTPMessages
import JSON
import Mapping
import Monitoring
import PMML
import Support
import Testing

@testable import Gateway

/// What a gateway counts of the cases it evaluates.
@Suite("Counting for the monitoring of models")
struct CountingTests {
    /// A gateway with a configuration, and so counters, of its own.
    private func fixture(_ extra: [String: [UInt8]] = [:]) throws -> GatewayFixture {
        var files = extra
        if files.isEmpty { files["Profiles/news2/about.txt"] = [0x61] }
        return try GatewayFixture(extraFiles: files)
    }

    private func news2(_ counted: [CountedSeries], _ kind: SeriesKind, _ name: String = "")
        -> InputHistogram?
    {
        counted.first {
            $0.profile == "news2" && $0.series.name == SeriesName(kind, name)
        }?.histogram
    }

    @Test("counts each input once, the score and the outcome, under the tenant and the UTC day")
    func complete() async throws {
        let fixture = try fixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        for _ in 0..<3 {
            #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        }
        let counted = fixture.gateway.drainCounters()
        #expect(!counted.isEmpty)
        for series in counted {
            #expect(series.tenant == "hospital-a")
            #expect(series.day == GatewayFixture.now.date.daysSinceEpoch)
            #expect(series.arm == "live")
            #expect(series.profile == "news2")
            #expect(series.sha256.count == 64)
            #expect(series.histogram.count == 3)
        }
        let profile = try #require(fixture.gateway.catalogue.profiles["news2"])
        let inputs = counted.filter { $0.series.name.kind == .input }
        #expect(inputs.map(\.series.name.name) == profile.model.fields.map(\.name))
        // 70 a minute lies in one bin of the plausible range.
        #expect(news2(counted, .input, "pulse")?.bins.count { $0 == 3 } == 1)
        // SpO2 scale 1 was assumed and not observed.
        let scale = try #require(news2(counted, .input, "spo2Scale"))
        #expect(scale[.missing] == 3)
        #expect(scale[.imputed] == 3)
        #expect(scale.validCount == 0)
        #expect(news2(counted, .outcome)?.bins.first == 3)
        #expect(news2(counted, .value)?.validCount == 3)
        #expect(fixture.gateway.drainCounters().isEmpty)
    }

    @Test("counts why an input has no value, and takes no value for the middle of the range")
    func reasons() async throws {
        let fixture = try fixture()
        var body = HookBody()
        body.observations = HookBody.vitals(
            rr: nil,
            spo2Unit: "kg",
            systolic: "9000",
            pulse: "70",
            temperatureUnit: "furlong"
        )
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let counted = fixture.gateway.drainCounters()
        #expect(news2(counted, .input, "respiratoryRate")?[.missing] == 1)
        #expect(news2(counted, .input, "spo2")?[.invalidUnit] == 1)
        #expect(news2(counted, .input, "temperature")?[.invalidUnit] == 1)
        #expect(news2(counted, .input, "systolic")?[.invalidImplausible] == 1)
        for name in ["respiratoryRate", "spo2", "temperature", "systolic"] {
            #expect(news2(counted, .input, name)?.validCount == 0)
            #expect(news2(counted, .input, name)?.count == 1)
        }
        // Incomplete: bounds and no score.
        #expect(news2(counted, .outcome)?.bins[1] == 1)
        #expect(news2(counted, .value) == nil)
    }

    @Test("counts a patient whom the model is not for as an outcome alone")
    func notApplicable() async throws {
        let fixture = try fixture()
        var body = HookBody()
        body.birthDate = "2020-01-01"
        body.observations = HookBody.vitals()
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let counted = fixture.gateway.drainCounters()
        #expect(counted.count == 1)
        let place = try #require(CounterLayout.outcomes.firstIndex(of: "not-applicable"))
        #expect(news2(counted, .outcome)?.bins[place] == 1)
    }

    @Test("keeps tenants apart, and replays out of what is live")
    func tenantsAndReplays() async throws {
        let fixture = try fixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let plain = await fixture.post(
            "/cds-services/news2",
            body.text,
            key: GatewayFixture.plainKey
        )
        #expect(plain.status == 200)
        body.extensions = #""org.limen.replayAt":"\#(GatewayFixture.now.text)""#
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let outcomes = fixture.gateway.drainCounters().filter { $0.series.name.kind == .outcome }
        let keys = outcomes.map { $0.tenant + "/" + $0.arm }.sorted()
        #expect(keys == ["hospital-a/live", "hospital-a/replay", "hospital-b/live"])
        #expect(outcomes.allSatisfy { $0.histogram.count == 1 })
    }

    @Test("loses no case to a reload, nor one on its way during it")
    func reload() async throws {
        let fixture = try fixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let old = try #require(fixture.gateway.catalogue.profiles["news2"])
        try fixture.gateway.reload(
            Catalogue(files: try GatewayFixture.files(), now: GatewayFixture.now)
        )
        #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        let outcomes = fixture.gateway.drainCounters().filter { $0.series.name.kind == .outcome }
        #expect(outcomes.reduce(0) { $0 + $1.histogram.count } == 2)
        // A request that still holds the old configuration.
        old.counters.add([0], tenant: "hospital-a", arm: "live", day: 1)
        #expect(fixture.gateway.drainCounters().count == 1)
        for _ in 0..<Limits.counterRetiredDrainsMax {
            #expect(fixture.gateway.drainCounters().isEmpty)
        }
        // After that many empty looks nobody holds it any more.
        old.counters.add([0], tenant: "hospital-a", arm: "live", day: 1)
        #expect(fixture.gateway.drainCounters().isEmpty)
    }

    @Test("adds up over many threads")
    func concurrency() async throws {
        let fixture = try fixture()
        let profile = try #require(fixture.gateway.catalogue.profiles["news2"])
        let counters = profile.counters
        let cell = counters.layout.cell(counters.layout.outcome, bin: 0)
        await withTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    for step in 0..<2_000 {
                        counters.add(
                            [cell],
                            tenant: worker % 2 == 0 ? "a" : "b",
                            arm: "live",
                            day: Int32(step % 2)
                        )
                    }
                }
            }
        }
        let counted = counters.drain()
        #expect(counted.count == 4)
        #expect(counted.allSatisfy { $0.histogram.count == 4_000 })
    }

    // MARK: References

    private static let reference = #"""
        {"format":"limen-reference/1","profile":"news2","model":{"sha256":"00"},"series":[
         {"kind":"input","name":"pulse","edges":[60,80],"counts":[100,200,100],"range":[50,120],
          "notes":{"missing":20,"below":4,"above":4}}]}
        """#

    @Test("counts in the bins of the reference beside the profile, and beyond its range")
    func referenceBins() async throws {
        let fixture = try fixture(["Profiles/news2/reference.json": Array(Self.reference.utf8)])
        for pulse in ["60", "130", "79", "45"] {
            var body = HookBody()
            body.observations = HookBody.vitals(pulse: pulse)
            #expect(await fixture.post("/cds-services/news2", body.text).status == 200)
        }
        let counted = fixture.gateway.drainCounters()
        let pulse = try #require(news2(counted, .input, "pulse"))
        #expect(pulse.bins == [1, 2, 1])
        #expect(pulse[.below] == 1)
        #expect(pulse[.above] == 1)
        #expect(pulse.count == 4)
        #expect(news2(counted, .input, "systolic")?.bins.count == 10)
    }

    @Test(
        "refuses a reference that is none, or none of this model",
        arguments: [
            ("{", "LIMEN-REF-001"),
            (#"{"format":"limen-reference/2"}"#, "LIMEN-REF-002"),
            (reference.replacing("pulse", with: "weight"), "none of that name"),
            (
                reference.replacing(#""edges":[60,80]"#, with: #""categories":["a","b"]"#)
                    .replacing(#""range":[50,120],"#, with: ""),
                "none of that name"
            ),
            (reference.replacing("[60,80]", with: "[80,60]"), "LIMEN-REF-004"),
            (reference.replacing("[100,200,100]", with: "[100,200]"), "LIMEN-REF-004"),
            (reference.replacing("[100,200,100]", with: "[100,-1,100]"), "LIMEN-REF-003"),
            (reference.replacing("[50,120]", with: "[120,50]"), "LIMEN-REF-004"),
            (reference.replacing(#""missing":20"#, with: #""lost":20"#), "LIMEN-REF-003"),
            (reference.replacing(#""kind":"input""#, with: #""kind":"in""#), "LIMEN-REF-003"),
        ]
    )
    func badReferences(text: String, expected: String) throws {
        let files = try GatewayFixture.files(["Profiles/news2/reference.json": Array(text.utf8)])
        let error = #expect(throws: CatalogueError.self) {
            _ = try Catalogue(files: files, now: GatewayFixture.now)
        }
        let finding = try #require(error?.findings.first { $0.code == .reference })
        #expect(finding.sentence.contains(expected), "\(finding.sentence)")
        #expect(finding.file == "Profiles/news2/reference.json")
    }
}

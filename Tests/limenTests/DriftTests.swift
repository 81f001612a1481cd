import Basics
import Foundation
import JSON
import Monitoring
import Support
import Testing

@testable import limen

/// `limen model drift` and `limen model reference`, from counters and from files.
@Suite("limen model drift")
struct DriftTests {
    private static let pulse = CounterSeries(
        name: SeriesName(.input, "pulse"),
        bins: .numbers(bins([60, 80, 100])),
        range: 50...130
    )
    private static let other = CounterSeries(name: pulse.name, bins: .numbers(bins([150])))
    private static let segment = CounterSeries(
        name: SeriesName(.segment),
        bins: .categories(["calm", "frail"])
    )
    private static let outcome = CounterSeries(
        name: SeriesName(.outcome),
        bins: .categories(["complete"])
    )

    private static func bins(_ edges: [Double]) -> ReferenceBins {
        guard let bins = ReferenceBins(edges: edges) else { preconditionFailure("they ascend") }
        return bins
    }

    private func counted(
        _ series: CounterSeries,
        _ bins: [Int],
        day: Int = 20_577,
        arm: String = "live",
        sha256: String = "aa",
        notes: [CounterNote: Int] = [:]
    ) throws -> CountedSeries {
        CountedSeries(
            tenant: "demo",
            day: day,
            profile: "ward",
            version: "1",
            sha256: sha256,
            arm: arm,
            series: series,
            histogram: try #require(InputHistogram(bins: bins, notes: notes))
        )
    }

    private func reference() throws -> ModelReference {
        ModelReference(
            profile: "ward",
            version: "1",
            sha256: "aa",
            source: "ward A in 2025",
            series: [
                ReferenceSeries(
                    name: Self.pulse.name,
                    bins: Self.pulse.bins,
                    histogram: try #require(
                        InputHistogram(
                            bins: [100, 100, 100, 100],
                            notes: [.missing: 20, .below: 4, .above: 4]
                        )
                    ),
                    range: 50...130
                ),
                ReferenceSeries(
                    name: Self.segment.name,
                    bins: Self.segment.bins,
                    histogram: try #require(InputHistogram(bins: [300, 100, 0]))
                ),
            ]
        )
    }

    private func page(
        _ counted: [CountedSeries],
        _ reference: ModelReference?,
        sha256: String? = nil
    ) -> DriftPage {
        let data = DriftData(
            counted,
            arm: "live",
            sha256: sha256,
            current: "aa",
            reference: reference
        )
        return DriftPage(
            profile: "ward",
            inForce: "aa",
            tenant: "demo",
            arm: "live",
            from: CivilDate(daysSinceEpoch: 20_570),
            to: CivilDate(daysSinceEpoch: 20_600),
            data: data,
            reference: reference,
            drift: ModelDrift(data.series, against: reference)
        )
    }

    @Test("says what fired and why, with the table, the band and the rate of false alarms")
    func fired() throws {
        let page = page(
            [
                try counted(
                    Self.pulse,
                    [10, 40, 100, 150],
                    notes: [.missing: 100, .above: 40]
                ),
                try counted(Self.segment, [225, 75, 0]),
                try counted(Self.outcome, [300, 0]),
            ],
            try reference()
        )
        #expect(page.drift.hasFired)
        let text = page.text
        for part in [
            "TRIGGERS", "pulse: distribution, PSI ", "pulse: missing 4.8 % -> 25.0 %",
            "pulse: out-of-range 1.9 % -> 10.0 %", "at most 1 report in 100 fires without drift",
            "60 to < 80", "95 of 100 samples without drift", "ward A in 2025", "300 cases",
            "segment over time", "not judged as a whole: outcome",
        ] {
            #expect(text.contains(part), "\(part) is missing in\n\(text)")
        }
        #expect(!text.contains("segment: distribution"))
        let json = try JSONDocument(parsing: page.json).root
        #expect(json["hasFired"]?.boolValue == true)
        #expect(json["cases"]?.integerValue == 300)
        let first = try #require(json["series"]?.elements.first { _ in true })
        #expect(first["name"]?.stringValue == "pulse")
        #expect(
            first["triggers"]?.elements.compactMap(\.stringValue)
                == ["distribution", "missing", "out-of-range"]
        )
        #expect(first["missing"]?.integerValue == 100)
    }

    @Test("says that too few cases are not the same as no drift")
    func tooFew() throws {
        let page = page([try counted(Self.pulse, [0, 0, 0, 90])], try reference())
        #expect(!page.drift.hasFired)
        #expect(!page.drift.isJudged)
        #expect(page.text.contains("NOT JUDGED: too few cases"))
        #expect(page.text.contains("90 values, of which 200 are needed"))
        #expect(try JSONDocument(parsing: page.json).root["isJudged"]?.boolValue == false)
    }

    @Test("says how to make a reference when there is none, and shows the counts all the same")
    func noReference() throws {
        let page = page([try counted(Self.pulse, [100, 100, 100, 100])], nil)
        #expect(page.text.contains("NOT JUDGED: there is no reference"))
        #expect(page.text.contains("limen model reference ward"))
        #expect(page.text.contains("25.0 %"))
        #expect(self.page([], nil).text.contains("nothing was counted in these days"))
    }

    @Test("takes the bins of the reference, and names what was counted in others")
    func bins() throws {
        let data = [
            try counted(Self.other, [500, 500]),
            try counted(Self.pulse, [100, 100, 100, 100], notes: [.missing: 20]),
        ]
        for order in [data, data.reversed()] {
            let page = page(order, try reference())
            #expect(page.drift.items.count == 1)
            #expect(page.drift.items[0].series == Self.pulse)
            #expect(page.text.contains("1000 cases counted in other bins are left out"))
            #expect(page.text.contains("no trigger fired"))
        }
        let alone = page([data[0]], try reference())
        #expect(alone.text.contains("the reference has other bins"))
        #expect(!alone.drift.isJudged)
    }

    @Test("keeps versions and arms apart and names the others")
    func versions() throws {
        let data = [
            try counted(Self.outcome, [7, 0]),
            try counted(Self.outcome, [9, 0], sha256: "bb"),
            try counted(Self.outcome, [11, 0], arm: "canary"),
        ]
        let current = page(data, nil)
        #expect(current.text.contains("7 cases"))
        #expect(current.text.contains("also counted: 9 cases of 1, --sha256 bb"))
        #expect(current.text.contains("also counted: 11 cases of --arm canary"))
        let before = page(data, nil, sha256: "b")
        #expect(before.text.contains("this is not the document in force"))
        #expect(before.data.chosen?.caseCount == 9)
    }

    @Test("shows segments by day, and by week when there are many days")
    func periods() throws {
        let days = [20_577, 20_578].map { day in
            Result { try counted(Self.segment, [1, 2, 0], day: day) }
        }
        let few = page(try days.map { try $0.get() }, nil)
        #expect(few.data.periods.map(\.name) == ["2026-05-04", "2026-05-05"])
        let many = page(
            try (20_577..<20_598).map { try counted(Self.segment, [1, 2, 0], day: $0) },
            nil
        )
        // 2026-05-04 is a Monday.
        #expect(
            many.data.periods.map(\.name)
                == ["week of 2026-05-04", "week of 2026-05-11", "week of 2026-05-18"]
        )
        #expect(many.data.periods.map(\.histogram.validCount) == [21, 21, 21])
    }

    // MARK: The commands

    @Test(
        "takes a wrong word for a fault of the command line, before it looks for any state",
        arguments: [
            [], ["news2", "qsofa"], ["news2", "--from", "2026-02-30"], ["news2", "--to", "today"],
            ["news2", "--from", "2026-05-05", "--to", "2026-05-04"], ["news2", "--arm", "left"],
            ["news2", "--tenant", "Demo"], ["news2", "--windows", "3"],
        ]
    )
    func wrongWords(arguments: [String]) {
        let error = #expect(throws: CommandError.self) {
            _ = try DriftCommand.run(arguments + ["--state", "/nowhere/at/all"])
        }
        #expect(error?.exitCode == .usage)
    }

    @Test(
        "makes a reference from a table that loads beside its profile",
        .enabled(if: BuiltProgram.isPresent, "the program was not built")
    )
    func table() throws {
        try BuiltProgram.withHome { home in
            var rows = "respiratoryRate,spo2,onOxygen,systolic,pulse,consciousness,temperature\n"
            for row in 0..<400 {
                let pulse = row % 20 == 0 ? "" : String(60 + row % 50)
                rows +=
                    "\(12 + row % 9),\(92 + row % 8),false,\(100 + row % 60),\(pulse),alert,37\n"
            }
            let file = home.appendingPathComponent("rows.csv")
            try rows.write(to: file, atomically: true, encoding: .utf8)
            let made = try BuiltProgram.run(
                ["model", "reference", "news2", file.path, "--source", "a table"],
                home: home
            )
            #expect(made.exitCode == 0, "\(made.error)")
            #expect(made.error.contains("400 cases"))
            #expect(made.error.contains("no column spo2Scale"))
            let reference = try ReferenceReader.read(Array(made.output.utf8))
            let pulse = try #require(reference[SeriesName(.input, "pulse")])
            #expect(pulse.histogram.validCount == 380)
            #expect(pulse.histogram.missing == 20)
            #expect(pulse.standard?.validCount == 380)
            #expect(reference.source == "a table")
            // What was written is read back to the last digit.
            #expect(
                try ReferenceReader.read(ReferenceWriter.json(reference)) == reference
            )
            let place = home.appendingPathComponent("Profiles/news2/reference.json")
            try made.output.write(to: place, atomically: true, encoding: .utf8)
            let lint = try BuiltProgram.run(["map", "test", "news2"], home: home)
            #expect(lint.exitCode == 0, "\(lint.error)")
        }
    }

    @Test(
        "makes a reference from FHIR",
        .enabled(if: BuiltProgram.isPresent, "the program was not built")
    )
    func resources() throws {
        try BuiltProgram.withHome { home in
            var lines = ""
            for patient in 0..<30 {
                lines += #"{"resourceType":"Patient","id":"p\#(patient)","birthDate":"1950-01-01"}"#
                lines += "\n"
                lines +=
                    #"{"resourceType":"Observation","id":"o\#(patient)","status":"final","code":{"#
                    + #""coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"#
                    + #""reference":"Patient/p\#(patient)"},"effectiveDateTime":"#
                    + #""2026-05-04T10:00:00Z","valueQuantity":{"value":\#(60 + patient),"#
                    + #""unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}"# + "\n"
            }
            let file = home.appendingPathComponent("ward.ndjson")
            try lines.write(to: file, atomically: true, encoding: .utf8)
            let made = try BuiltProgram.run(
                ["model", "reference", "news2", file.path],
                home: home
            )
            #expect(made.exitCode == 0, "\(made.error)")
            #expect(made.error.contains("30 cases"))
            #expect(made.error.contains("below 200 values nothing is judged"))
            let reference = try ReferenceReader.read(Array(made.output.utf8))
            #expect(reference[SeriesName(.input, "pulse")]?.histogram.validCount == 30)
            #expect(reference[SeriesName(.input, "temperature")] == nil)
        }
    }
}

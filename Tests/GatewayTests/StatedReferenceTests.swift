import Basics
import ClinicalEngine
import JSON
import Mapping
import Monitoring
import PMML
import Testing

@testable import Gateway

/// The reference that a document states of its own fields (PMML 4.4, ModelStats).
@Suite("ModelStats of a document")
struct StatedReferenceTests {
    static func document(_ statistics: String) -> [UInt8] {
        Array(
            #"""
            <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
            <DataField name="pulse" optype="continuous" dataType="double"/>
            <DataField name="sex" optype="categorical" dataType="string">
            <Value value="f"/><Value value="m"/></DataField>
            <DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
            <RegressionModel modelName="m" functionName="regression"><MiningSchema>
            <MiningField name="pulse"/><MiningField name="sex"/>
            <MiningField name="y" usageType="target"/></MiningSchema>
            <ModelStats>\#(statistics)</ModelStats>
            <RegressionTable intercept="1"><NumericPredictor name="pulse" coefficient="1"/>
            <CategoricalPredictor name="sex" value="f" coefficient="2"/>
            </RegressionTable></RegressionModel></PMML>
            """#.utf8
        )
    }

    static func loaded(_ statistics: String) throws -> LoadedProfile {
        let bytes = document(statistics)
        let text = #"""
            {"format":"limen-profile/1","url":"u","version":"1","status":"active",
             "model":"model.pmml","defaults":{"within":"PT12H"},
             "inputs":[{"name":"pulse","type":"quantity","unit":"/min","plausible":[0,300],
              "from":[{"code":["http://loinc.org|8867-4"],"path":"value.ofType(Quantity)"}]},
              {"name":"sex","type":"code","values":["f","m"],
              "from":[{"resource":"Patient","path":"iif(gender = 'female', 'f', 'm')"}]}]}
            """#
        let profile = try Profile(parsing: JSONDocument(parsing: text), conceptMaps: [:])
        let model = try PMMLDocument.compile(bytes)
        return try #require(
            LoadedProfile(
                name: "p",
                profile: profile,
                model: model,
                profileDigest: "",
                modelDigest: "ab",
                conceptMapDigests: [],
                reference: ModelReference.stated("p", profile, model, bytes)
            )
        )
    }

    static let deciles = (1...9).map {
        #"<Quantile quantileLimit="\#($0 * 10)" quantileValue="\#(60 + $0 * 4)"/>"#
    }.joined()

    @Test("gives deciles as bins of equal shares of the sample, and the range of the values")
    func quantiles() throws {
        let loaded = try Self.loaded(
            #"""
            <UnivariateStats field="pulse"><Counts totalFreq="420" missingFreq="15" invalidFreq="0"/>
            <NumericInfo minimum="42" maximum="118">\#(Self.deciles)</NumericInfo></UnivariateStats>
            """#
        )
        let series = try #require(loaded.reference?[SeriesName(.input, "pulse")])
        #expect(series.bins.edges == (1...9).map { 60 + Double($0) * 4 })
        #expect(series.histogram.validCount == 405)
        #expect(series.histogram.bins.allSatisfy { $0 == 40 || $0 == 41 })
        #expect(series.histogram.missing == 15)
        #expect(series.size == 405)
        #expect(series.caseCount == 420)
        #expect(series.range == 42...118)
        #expect(loaded.counters.layout.series[0].series == series.counted)
    }

    @Test("gives shares of a population where the size is not stated")
    func unknownSize() throws {
        let loaded = try Self.loaded(
            #"""
            <UnivariateStats field="pulse"><NumericInfo>\#(Self.deciles)</NumericInfo>
            </UnivariateStats>
            """#
        )
        let series = try #require(loaded.reference?[SeriesName(.input, "pulse")])
        #expect(series.size == nil)
        #expect(series.caseCount == nil)
        #expect(series.range == nil)
        #expect(Set(series.histogram.bins).count == 1)
    }

    @Test("gives the counts of categories and of intervals as they are")
    func counts() throws {
        let loaded = try Self.loaded(
            #"""
            <UnivariateStats field="sex"><DiscrStats><Array type="string" n="2">f m</Array>
            <Array type="int" n="2">230 190</Array></DiscrStats></UnivariateStats>
            <UnivariateStats field="pulse"><ContStats>
            <Interval closure="closedOpen" leftMargin="0" rightMargin="60"/>
            <Interval closure="closedOpen" leftMargin="60" rightMargin="90"/>
            <Interval closure="closedClosed" leftMargin="90" rightMargin="200"/>
            <Array type="int" n="3">50 300 70</Array></ContStats></UnivariateStats>
            """#
        )
        let sex = try #require(loaded.reference?[SeriesName(.input, "sex")])
        #expect(sex.bins == .categories(["f", "m"]))
        #expect(sex.histogram.bins == [230, 190, 0])
        let pulse = try #require(loaded.reference?[SeriesName(.input, "pulse")])
        #expect(pulse.bins.edges == [60, 90])
        #expect(pulse.histogram.bins == [50, 300, 70])
        #expect(pulse.size == 420)
    }

    @Test(
        "leaves out what contradicts itself or says nothing, and loads the model all the same",
        arguments: [
            "",
            // Equal deciles say nothing about the share between them.
            #"<UnivariateStats field="pulse"><NumericInfo><Quantile quantileLimit="10" "#
                + #"quantileValue="90"/><Quantile quantileLimit="20" quantileValue="90"/>"#
                + "</NumericInfo></UnivariateStats>",
            // Descending.
            #"<UnivariateStats field="pulse"><NumericInfo><Quantile quantileLimit="10" "#
                + #"quantileValue="90"/><Quantile quantileLimit="20" quantileValue="80"/>"#
                + "</NumericInfo></UnivariateStats>",
            // A gap between intervals.
            #"<UnivariateStats field="pulse"><ContStats>"#
                + #"<Interval closure="closedOpen" leftMargin="0" rightMargin="50"/>"#
                + #"<Interval closure="closedOpen" leftMargin="60" rightMargin="90"/>"#
                + #"<Array type="int" n="2">5 5</Array></ContStats></UnivariateStats>"#,
            // Numbers of a field that is a category, and a field that is no input.
            #"<UnivariateStats field="sex"><NumericInfo>\#(deciles)</NumericInfo></UnivariateStats>"#,
            #"<UnivariateStats field="y"><NumericInfo>\#(deciles)</NumericInfo></UnivariateStats>"#,
            #"<UnivariateStats><NumericInfo>\#(deciles)</NumericInfo></UnivariateStats>"#,
            #"<UnivariateStats field="sex"><DiscrStats><Array type="string" n="2">f m</Array>"#
                + #"<Array type="int" n="1">230</Array></DiscrStats></UnivariateStats>"#,
        ]
    )
    func contradictions(statistics: String) throws {
        let loaded = try Self.loaded(statistics)
        #expect(loaded.reference == nil)
        // Thirty of the plausible 300 in each of ten bins.
        #expect(loaded.counters.layout.series[0].series.bins.count == 10)
        #expect(loaded.counters.layout.series[1].series.bins == .categories(["f", "m"]))
    }

    @Test("counts named inputs by the same bins, and what the model does not take as invalid")
    func namedInputs() throws {
        let loaded = try Self.loaded("")
        let moment = Instant(microseconds: 86_400_000_000 * 20_000 + 5)
        for inputs: [InputValue] in [
            [.number(75), .category("f")], [.missing, .category("x")], [.number(400), .missing],
        ] {
            let evaluation = loaded.model.evaluate(inputs)
            loaded.count(inputs: inputs, evaluation, tenant: "t", at: moment)
        }
        let counted = loaded.counters.drain()
        let pulse = try #require(counted.first { $0.series.name.name == "pulse" })
        #expect(pulse.day == 20_000)
        #expect(pulse.histogram.bins[2] == 1)
        // Beyond the plausible range is the last bin: named inputs are not held against it.
        #expect(pulse.histogram.bins[9] == 1)
        #expect(pulse.histogram[.missing] == 1)
        let sex = try #require(counted.first { $0.series.name.name == "sex" })
        #expect(sex.histogram.bins == [1, 0, 0])
        #expect(sex.histogram[.invalidModel] == 1)
        #expect(sex.histogram[.missing] == 1)
        let outcome = try #require(counted.first { $0.series.name.kind == .outcome })
        #expect(outcome.histogram.count == 3)
    }
}

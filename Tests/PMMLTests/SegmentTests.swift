import ClinicalEngine
import Foundation
import PMML
import Support
import Testing

@Suite("Segments with confidence")
struct SegmentTests {
    private static func demonstration() throws -> ClinicalModel {
        let url = Shared.checkout.appendingPathComponent("Profiles/segments/model.pmml")
        return try PMMLDocument.compile(Array(try Data(contentsOf: url)))
    }

    @Test("177 rows get the cluster, distances, margin, percentile and verdict of numpy")
    func independent() throws {
        let model = try Self.demonstration()
        let url = Shared.checkout.appendingPathComponent("Tests/Cases/segments/expected.csv")
        let rows = Sample.table(String(decoding: try Data(contentsOf: url), as: UTF8.self))
        #expect(rows.count == 177)
        var most = 0.0
        for row in rows {
            func number(_ name: String) throws -> Double {
                let text = try #require(row[name])
                return try #require(Double(text))
            }
            let result = model.evaluate(try model.fields.map { .number(try number($0.name)) })
            let segment = try #require(result.segment)
            #expect(segment.id == row["cluster"])
            #expect(segment.isUncertain.map(String.init) == row["isUncertain"])
            for (position, squared) in segment.distances.enumerated() {
                let expected = try number("distance\(position + 1)")
                most = max(most, abs(squared.squareRoot() - expected))
            }
            let margin = try #require(segment.margin)
            most = max(most, abs(margin - (try number("margin"))))
            let percentile = try #require(segment.atypicality)
            #expect(abs(percentile - (try number("atypicality"))) < 1e-9)
        }
        #expect(most <= 1e-12, "the largest difference is \(most)")
        let uncertain = rows.count { $0["isUncertain"] == "true" }
        #expect(uncertain > 10)
        #expect(uncertain < 60)
    }

    @Test("The demonstration says what it is, in both languages, with sizes and centres")
    func profiles() throws {
        let model = try Self.demonstration()
        #expect(model.about.description?.contains("made-up") == true)
        #expect(model.segmentConfidence?.marginMin == 0.1)
        #expect(model.segmentConfidence?.atypicalityMax == 99)
        #expect(model.segmentProfiles.count == 5)
        #expect(model.segmentProfiles.compactMap(\.size).reduce(0, +) == 4_000)
        for profile in model.segmentProfiles {
            #expect(Set(profile.texts.map(\.language)) == ["en", "de"])
            #expect(profile.texts.first { $0.language == "en" }?.name == profile.name)
            #expect(profile.center.map(\.field) == model.fields.map(\.name))
            #expect(profile.center.allSatisfy { $0.isOriginal && $0.unit != nil })
            // A centre is where the model finds no distance.
            let result = model.evaluate(profile.center.map { .number($0.value) })
            #expect(result.segment?.id == profile.id)
            let margin = try #require(result.segment?.margin)
            #expect(abs(margin - 1) < 1e-12)
            #expect(result.segment?.isUncertain == false)
        }
    }

    /// Two clusters on a line, 10 apart, with percentiles from 0 to 10.
    private static func document(
        limits: String = limit("marginMin", "0.1") + limit("atypicalityMax", "50"),
        first: String = percentiles(),
        second: String = percentiles()
    ) -> String {
        Document.text(
            "<ClusteringModel functionName=\"clustering\" modelClass=\"centerBased\" "
                + "numberOfClusters=\"2\">" + limits + Document.schema(target: false)
                + "<ComparisonMeasure kind=\"distance\"><squaredEuclidean/></ComparisonMeasure>"
                + #"<ClusteringField field="x"/><ClusteringField field="y"/>"#
                + #"<Cluster id="a" name="left" size="3">"# + first
                + #"<Array n="2" type="real">0 0</Array></Cluster>"#
                + #"<Cluster id="b" name="right">"# + second
                + #"<Array n="2" type="real">10 0</Array></Cluster></ClusteringModel>"#,
            target: Document.number
        )
    }

    private static func limit(_ name: String, _ value: String) -> String {
        #"<Extension extender="Limen" name="\#(name)" value="\#(value)"/>"#
    }

    private static func percentiles(
        _ values: [Double] = (0...100).map { Double($0) / 10 }
    ) -> String {
        let texts = values.map(\.description).joined(separator: " ")
        return #"<Extension extender="Limen" name="distancePercentiles">"#
            + "<Array n=\"\(values.count)\" type=\"real\">\(texts)</Array></Extension>"
    }

    @Test("A tie goes to the first cluster, and is uncertain")
    func tie() throws {
        let result = try Document.evaluate(Self.document(), x: 5, y: 0)
        #expect(result.segment?.id == "a")
        #expect(result.segment?.margin == 0)
        #expect(result.segment?.isUncertain == true)
    }

    /// Where a patient lies, with the expected margin, percentile and verdict.
    private static let places: [(x: Double, margin: Double, atypicality: Double, Bool)] = [
        (0, 1, 0, false), (4, 1 - 4.0 / 6, 40, false), (4.75, 1 - 4.75 / 5.25, 47.5, true),
        (6, 1 - 4.0 / 6, 40, false), (-5, 1 - 5.0 / 15, 50, false),
        (-5.5, 1 - 5.5 / 15.5, 55, true), (-40, 1 - 40.0 / 50, 100, true),
    ]

    @Test("Beyond a limit is uncertain, at it is not", arguments: places)
    func limits(x: Double, margin: Double, atypicality: Double, isUncertain: Bool) throws {
        let segment = try #require(try Document.evaluate(Self.document(), x: x, y: 0).segment)
        let actualMargin = try #require(segment.margin)
        #expect(abs(actualMargin - margin) < 1e-12)
        let percentile = try #require(segment.atypicality)
        #expect(abs(percentile - atypicality) < 1e-9)
        #expect(segment.isUncertain == isUncertain)
    }

    @Test("With a missing value a segment is uncertain, however near it is")
    func missing() throws {
        let result = try Document.evaluate(Self.document(), x: 0, y: nil)
        #expect(result.segment?.margin == 1)
        #expect(result.segment?.isUncertain == true)
        #expect(result.imputed == ["y"])
    }

    @Test("Without limits nothing is said about certainty")
    func withoutLimits() throws {
        let bare = Self.document(limits: "", first: "", second: "")
        let segment = try #require(try Document.evaluate(bare, x: 5, y: 0).segment)
        #expect(segment.isUncertain == nil)
        #expect(segment.atypicality == nil)
        let other = #"<Extension extender="Somebody" name="marginMin" value="many"/>"#
        let passed = Self.document(limits: other, first: "", second: "")
        #expect(try Document.evaluate(passed, x: 5, y: 0).segment?.isUncertain == nil)
    }

    private static let unsoundDocuments: [Titled<String>] = [
        Titled("one limit of two", document(limits: limit("marginMin", "0.1"))),
        Titled(
            "a negative margin",
            document(limits: limit("marginMin", "-0.1") + limit("atypicalityMax", "50"))
        ),
        Titled(
            "a percentile of 101",
            document(limits: limit("marginMin", "0.1") + limit("atypicalityMax", "101"))
        ),
        Titled(
            "a limit twice",
            document(limits: limit("marginMin", "0.1") + limit("marginMin", "0.1"))
        ),
        Titled(
            "an unknown limit",
            document(limits: limit("margin", "0.1") + limit("atypicalityMax", "50"))
        ),
        Titled(
            "a limit that is no number",
            document(limits: limit("marginMin", "x") + limit("atypicalityMax", "50"))
        ),
        Titled("limits, and a cluster without percentiles", document(first: "")),
        Titled("percentiles of one cluster alone", document(limits: "", first: "")),
        Titled("100 percentiles", document(first: percentiles((0...99).map(Double.init)))),
        Titled("102 percentiles", document(first: percentiles((0...101).map(Double.init)))),
        Titled(
            "percentiles that fall",
            document(first: percentiles((0...100).map { Double(100 - $0) }))
        ),
        Titled(
            "a negative percentile",
            document(first: percentiles((0...100).map { Double($0) - 1 }))
        ),
        Titled(
            "a name in one language",
            document(first: percentiles() + limit("name.de", "links"))
        ),
        Titled(
            "an empty description",
            document(first: percentiles() + limit("description.en", ""))
        ),
        Titled(
            "a name without a description",
            document(first: percentiles() + limit("name.en", "left"))
        ),
        Titled(
            "a language that is none",
            document(first: percentiles() + limit("name.german", "links"))
        ),
        Titled("an unknown text", document(first: percentiles() + limit("colour", "red"))),
        Titled(
            "a description of 601 letters",
            document(
                first: percentiles()
                    + limit("description.en", String(repeating: "x", count: 601))
            )
        ),
        Titled(
            "a negative size",
            document().replacingOccurrences(of: "size=\"3\"", with: "size=\"-3\"")
        ),
        Titled(
            "half a member",
            document().replacingOccurrences(of: "size=\"3\"", with: "size=\"2.5\"")
        ),
    ]

    @Test(
        "Limits, percentiles and texts that are not sound are refused",
        arguments: unsoundDocuments
    )
    func unsound(document: Titled<String>) {
        let text = document.value
        #expect(throws: (any Error).self) { try Sample.compile(text) }
    }
}

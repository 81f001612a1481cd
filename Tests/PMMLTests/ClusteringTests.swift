import ClinicalEngine
import PMML
import Testing

@Suite("Clusters")
struct ClusteringTests {
    private static func document(
        _ measure: String,
        kind: String = "distance",
        fields: String = #"<ClusteringField field="x"/><ClusteringField field="y"/>"#,
        more: String = "",
        compare: String = "",
        centers: [(Double, Double)] = [(0, 0), (3, 4)]
    ) -> String {
        let clusters = centers.enumerated().map { position, center in
            "<Cluster id=\"k\(position)\" name=\"group \(position)\">"
                + "<Array n=\"2\" type=\"real\">\(center.0) \(center.1)</Array></Cluster>"
        }
        return Document.text(
            "<ClusteringModel functionName=\"clustering\" modelClass=\"centerBased\" "
                + "numberOfClusters=\"\(centers.count)\">" + Document.schema(target: false)
                + "<Output><OutputField name=\"id\" feature=\"predictedValue\"/>"
                + "<OutputField name=\"near\" feature=\"affinity\"/>"
                + "<OutputField name=\"k1\" feature=\"affinity\" value=\"k1\"/></Output>"
                + "<ComparisonMeasure kind=\"\(kind)\"\(compare)>\(measure)</ComparisonMeasure>"
                + fields + more + clusters.joined() + "</ClusteringModel>",
            target: Document.number
        )
    }

    @Test(
        "Distances are what their names say",
        arguments: [
            ("<euclidean/>", 5.0, 10.0), ("<squaredEuclidean/>", 25, 100),
            ("<cityBlock/>", 7, 14), ("<chebychev/>", 4, 8),
            (#"<minkowski p-parameter="1"/>"#, 7, 14),
        ]
    )
    func distances(measure: String, near: Double, far: Double) throws {
        let text = Self.document(measure, centers: [(-3, -4), (3, 4)])
        let result = try Document.evaluate(text, x: 6, y: 8)
        let segment = try #require(result.segment)
        #expect(segment.id == "k1")
        #expect(segment.name == "group 1")
        #expect(abs(segment.distances[1] - near) < 1e-14)
        #expect(result.outputs[0].value == .text("k1"))
        let other = try Document.evaluate(text, x: 3, y: 4)
        #expect(abs(try #require(other.segment).distances[0] - far) < 1e-13)
        #expect(other.segment?.margin == 1)
    }

    @Test("Of equally near clusters the first is taken, with a margin of nothing")
    func tie() throws {
        let text = Self.document("<euclidean/>", centers: [(0, 0), (6, 0)])
        let result = try Document.evaluate(text, x: 3, y: 2)
        #expect(result.segment?.id == "k0")
        #expect(result.segment?.margin == 0)
        let near = try Document.evaluate(text, x: 2, y: 0)
        #expect(near.segment?.margin == 0.5)
        let squared = Self.document("<squaredEuclidean/>", centers: [(0, 0), (6, 0)])
        #expect(try Document.evaluate(squared, x: 2, y: 0).segment?.margin == 0.5)
    }

    @Test("Fields count by their weight, and missing ones are made up for")
    func weights() throws {
        let fields =
            #"<ClusteringField field="x" fieldWeight="4"/><ClusteringField field="y"/>"#
        let text = Self.document("<squaredEuclidean/>", fields: fields)
        #expect(try Document.evaluate(text, x: 1, y: 1).segment?.distances == [5, 25])
        let missing = try Document.evaluate(text, x: 1, y: nil)
        // Two fields of equal missing weight, one of them there: twice the distance.
        #expect(missing.segment?.distances == [8, 32])
        #expect(missing.imputed == ["y"])
        let weighted = Self.document(
            "<squaredEuclidean/>",
            fields: fields,
            more:
                "<MissingValueWeights><Array n=\"2\" type=\"real\">3 1</Array></MissingValueWeights>"
        )
        let result = try Document.evaluate(weighted, x: 1, y: nil)
        #expect(abs(try #require(result.segment).distances[0] - 4 * 4.0 / 3) < 1e-14)
        let none = try Document.evaluate(text, x: nil, y: nil)
        #expect(none.refusal == .init(code: .missingValue, field: "x"))
    }

    @Test("Fields are compared as the document says")
    func comparisons() throws {
        let delta = Self.document("<cityBlock/>", compare: #" compareFunction="delta""#)
        #expect(try Document.evaluate(delta, x: 3, y: 9).segment?.distances == [2, 1])
        let equal = Self.document("<cityBlock/>", compare: #" compareFunction="equal""#)
        #expect(try Document.evaluate(equal, x: 3, y: 9).segment?.distances == [0, 1])
        let gauss = Self.document(
            "<cityBlock/>",
            fields: #"<ClusteringField field="x" similarityScale="2"/>"#
                + #"<ClusteringField field="y" compareFunction="absDiff"/>"#,
            compare: #" compareFunction="gaussSim""#
        )
        // exp(-ln 2 * 4 / 4) is one half.
        let distances = try #require(try Document.evaluate(gauss, x: 2, y: 0).segment).distances
        #expect(abs(distances[0] - 0.5) < 1e-15)
    }

    @Test(
        "Similarities count fields that agree, and the most similar wins",
        arguments: [
            ("<simpleMatching/>", [0.5, 0.5]), ("<jaccard/>", [0, 0.5]),
            ("<tanimoto/>", [1.0 / 3, 1.0 / 3]),
        ]
    )
    func similarities(measure: String, expected: [Double]) throws {
        let text = Self.document(measure, kind: "similarity", centers: [(0, 0), (1, 1)])
        let result = try Document.evaluate(text, x: 1, y: 0)
        #expect(result.segment?.distances == expected)
        #expect(result.segment?.id == (measure == "<jaccard/>" ? "k1" : "k0"))
        #expect(result.segment?.margin == nil)
    }

    @Test(
        "What does not fit is refused by element",
        arguments: [
            (
                "modelClass=\"centerBased\"", "modelClass=\"distributionBased\"",
                "ClusteringModel@modelClass"
            ),
            (
                "numberOfClusters=\"2\"", "numberOfClusters=\"3\"",
                "ClusteringModel@numberOfClusters"
            ),
            ("3.0 4.0", "3.0", "Array@n"), ("<euclidean/>", "<hamming/>", "hamming"),
            ("id=\"k1\"", "id=\"k0\"", "ClusteringModel LIMEN-ENGINE-011"),
            (
                "<ClusteringField field=\"y\"/>", "<ClusteringField field=\"c\"/>",
                "ClusteringField@field"
            ),
            ("3.0 4.0", "3.0 NaN", "Array"),
        ]
    )
    func refused(part: String, other: String, element: String) {
        let text = Self.document("<euclidean/>").replacing(part, with: other)
            .replacing("<OutputField name=\"k1\" feature=\"affinity\" value=\"k1\"/>", with: "")
        #expect(Sample.error(text)?.element == element)
    }

    @Test(
        "Only identifiers have a rank",
        arguments: ["affinity", "predictedValue"]
    )
    func rank(feature: String) {
        let text = Self.document("<euclidean/>").replacing(
            "name=\"near\" feature=\"affinity\"",
            with: "name=\"near\" feature=\"\(feature)\" rank=\"2\""
        )
        let error = Sample.error(text)
        #expect(error?.code == .unsupported)
        #expect(error?.element == "OutputField@rank")
        #expect(Sample.error(text.replacing("rank=\"2\"", with: "rank=\"1\"")) == nil)
    }
}

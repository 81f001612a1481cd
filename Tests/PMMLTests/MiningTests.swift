import ClinicalEngine
import PMML
import Testing

@Suite("Models that answer together")
struct MiningTests {
    /// A regression that predicts a constant, or nothing when `y` is missing.
    private static func constant(_ value: Double, needsY: Bool = false, extra: String = "")
        -> String
    {
        "<RegressionModel functionName=\"regression\">" + Document.schema(target: false) + extra
            + "<RegressionTable intercept=\"\(value)\">"
            + (needsY ? "<NumericPredictor name=\"y\" coefficient=\"0\"/>" : "")
            + "</RegressionTable></RegressionModel>"
    }

    private static func segment(
        _ model: String,
        weight: Double = 1,
        predicate: String = "<True/>",
        id: String = ""
    ) -> String {
        "<Segment weight=\"\(weight)\"\(id)>\(predicate)\(model)</Segment>"
    }

    private static func document(
        _ method: String,
        _ segments: String,
        attributes: String = "",
        function: String = "regression",
        output: String = "",
        target: String = Document.number
    ) -> String {
        Document.text(
            "<MiningModel functionName=\"\(function)\">" + Document.schema() + output
                + "<Segmentation multipleModelMethod=\"\(method)\" \(attributes)>\(segments)"
                + "</Segmentation></MiningModel>",
            target: target
        )
    }

    @Test(
        "Numbers are joined",
        arguments: [
            ("average", 4.0), ("weightedAverage", 6.5), ("sum", 12), ("weightedSum", 26),
            ("max", 9), ("median", 2), ("weightedMedian", 9), ("x-weightedMedian", 9),
        ]
    )
    func numbers(method: String, expected: Double) throws {
        let segments =
            Self.segment(Self.constant(2), weight: 0.5) + Self.segment(Self.constant(1), weight: 1)
            + Self.segment(Self.constant(9), weight: 2.5)
        let result = try Document.evaluate(Self.document(method, segments))
        let weighted = ["weightedAverage": (1 + 1 + 22.5) / 4, "weightedSum": 24.5]
        #expect(result.value == weighted[method] ?? expected)
    }

    @Test(
        "The median is the middle of the segments that answer, and the mean of two in the middle",
        arguments: [
            // Values with their weights, and the median with these weights.
            ("median", [(4.0, 1.0), (1, 1), (3, 1), (2, 1)], 2.5),
            ("median", [(4, 0), (1, 9), (3, 0)], 3), ("median", [(7, 1)], 7),
            ("median", [(1, 1), (1, 1), (8, 1)], 1),
            ("weightedMedian", [(1, 1), (5, 1)], 3), ("weightedMedian", [(5, 3), (1, 1)], 5),
            // What has no weight is not in the middle of anything.
            ("weightedMedian", [(1, 1), (2, 0), (5, 1)], 3),
            ("weightedMedian", [(0, 0), (1, 1), (9, 0)], 1),
            // Two thirds of 0.3 and all of it weigh the same, in whichever order they stand.
            ("weightedMedian", [(1, 0.1), (2, 0.2), (5, 0.3)], 3.5),
            ("weightedMedian", [(5, 0.1), (9, 0.2), (1, 0.3)], 3),
            ("weightedMedian", [(1, 0.3), (9, 0.2), (5, 0.1)], 3),
        ] as [(String, [(Double, Double)], Double)]
    )
    func medians(method: String, parts: [(Double, Double)], expected: Double) throws {
        let segments = parts.map { Self.segment(Self.constant($0.0), weight: $0.1) }.joined()
        let result = try Document.evaluate(Self.document(method, segments))
        #expect(result.value == expected)
    }

    @Test("A median without any answer is none, and what takes no part leaves nothing behind")
    func noMedian() throws {
        let isSmall = #"<SimplePredicate field="x" operator="lessThan" value="2"/>"#
        let segments =
            Self.segment(Self.constant(2), predicate: isSmall)
            + Self.segment(Self.constant(4), predicate: isSmall)
            + Self.segment(Self.constant(9, needsY: true))
        let text = Self.document(
            "median",
            segments,
            attributes: #"missingPredictionTreatment="skipSegment""#
        )
        let model = try Sample.compile(text)
        func evaluate(_ x: Double, _ y: Double?) -> Evaluation {
            model.evaluate([.number(x), y.map { .number($0) } ?? .missing, .category("b")])
        }
        #expect(evaluate(1, 2).value == 4)
        #expect(evaluate(1, nil).value == 3)
        // The two that took part a moment ago do not any more.
        #expect(evaluate(3, 2).value == 9)
        #expect(evaluate(3, nil).refusal == .init(code: .missingValue, field: "y"))
        let weightless = Self.document("weightedMedian", Self.segment(Self.constant(2), weight: 0))
        #expect(try Document.evaluate(weightless).refusal?.code == .noPrediction)
    }

    @Test(
        "A median of categories is refused by its element",
        arguments: ["median", "weightedMedian"]
    )
    func medianOfCategories(method: String) throws {
        let tree =
            "<TreeModel functionName=\"classification\">" + Document.schema()
            + "<Node score=\"yes\"><True/></Node></TreeModel>"
        let text = Self.document(
            method,
            Self.segment(tree),
            function: "classification",
            target: #"<DataField name="t" optype="categorical" dataType="string">"#
                + #"<Value value="yes"/><Value value="no"/></DataField>"#
        )
        let error = try #require(Sample.error(text))
        #expect(error.code == .unsupported)
        #expect(error.engineCode == .unsupported)
        #expect(error.element.hasPrefix("MiningModel"))
        #expect(error.line > 1)
        #expect(error.words.contains("MiningModel"))
    }

    @Test("A segment whose predicate does not hold takes no part")
    func predicates() throws {
        let isSmall = #"<SimplePredicate field="x" operator="lessThan" value="2"/>"#
        let segments =
            Self.segment(Self.constant(2), predicate: isSmall) + Self.segment(Self.constant(8))
        let text = Self.document("average", segments)
        #expect(try Document.evaluate(text, x: 1).value == 5)
        #expect(try Document.evaluate(text, x: 3).value == 8)
        let only = Self.document("average", Self.segment(Self.constant(2), predicate: isSmall))
        #expect(try Document.evaluate(only, x: 3).refusal?.code == .noPrediction)
        let missing = try Document.evaluate(only, x: nil)
        #expect(missing.refusal == .init(code: .missingValue, field: "x"))
    }

    @Test("selectFirst answers with the first segment that holds")
    func selectFirst() throws {
        let isSmall = #"<SimplePredicate field="x" operator="lessThan" value="2"/>"#
        let text = Self.document(
            "selectFirst",
            Self.segment(Self.constant(2), predicate: isSmall) + Self.segment(Self.constant(8))
                + Self.segment(Self.constant(9))
        )
        #expect(try Document.evaluate(text, x: 1).value == 2)
        #expect(try Document.evaluate(text, x: 3).value == 8)
    }

    @Test("A segment without an answer is treated as the document says")
    func missing() throws {
        let segments =
            Self.segment(Self.constant(2)) + Self.segment(Self.constant(4))
            + Self.segment(Self.constant(9, needsY: true))
        for (treatment, expected) in [
            ("returnMissing", nil), ("continue", nil), ("skipSegment", 3.0),
        ] {
            let text = Self.document(
                "average",
                segments,
                attributes: "missingPredictionTreatment=\"\(treatment)\""
            )
            let result = try Document.evaluate(text, y: nil)
            #expect(result.value == expected)
            if expected == nil {
                #expect(result.refusal == .init(code: .missingValue, field: "y"))
            } else {
                #expect(result.imputed == ["y"])
            }
            #expect(try Document.evaluate(text).value == 5)
        }
        let strict = Self.document(
            "average",
            segments,
            attributes: #"missingPredictionTreatment="skipSegment" missingThreshold="0.3""#
        )
        #expect(try Document.evaluate(strict, y: nil).status == .refused)
    }

    @Test("In a chain each model reads what those before gave, and their outputs are results too")
    func chain() throws {
        let first = Self.constant(
            2,
            needsY: true,
            extra:
                #"<Output><OutputField name="step" feature="predictedValue" optype="continuous" dataType="double"/></Output>"#
        )
        let second =
            "<RegressionModel functionName=\"regression\"><MiningSchema>"
            + "<MiningField name=\"step\"/><MiningField name=\"x\"/></MiningSchema>"
            + "<RegressionTable intercept=\"1\">"
            + "<NumericPredictor name=\"step\" coefficient=\"10\"/>"
            + "<NumericPredictor name=\"x\" coefficient=\"1\"/></RegressionTable></RegressionModel>"
        let text = Self.document("modelChain", Self.segment(first) + Self.segment(second))
        let result = try Document.evaluate(text)
        #expect(result.value == 24)
        #expect(result.outputs == [.init(name: "step", value: .number(2))])
        #expect(result.contributions.map(\.points) == [20, 3])
        let missing = try Document.evaluate(text, y: nil)
        #expect(missing.refusal == .init(code: .missingValue, field: "y"))
    }

    /// A tree of one node that says yes with a share of `yes` in ten.
    private static func voter(_ yes: Int, isMissing: Bool = false) -> String {
        let predicate =
            isMissing ? #"<SimplePredicate field="y" operator="lessThan" value="99"/>"# : "<True/>"
        return "<TreeModel functionName=\"classification\">" + Document.schema(target: false)
            + "<Node score=\"\(yes > 5 ? "yes" : "no")\">\(predicate)"
            + "<ScoreDistribution value=\"yes\" recordCount=\"\(yes)\"/>"
            + "<ScoreDistribution value=\"no\" recordCount=\"\(10 - yes)\"/></Node></TreeModel>"
    }

    private static let target =
        #"<DataField name="t" optype="categorical" dataType="string"><Value value="yes"/>"#
        + #"<Value value="no"/></DataField>"#

    private static let joined: [(String, Double)] = [
        ("majorityVote", 1.0 / 3), ("weightedMajorityVote", 0.75), ("average", 1.7 / 3),
        ("weightedAverage", (0.4 + 0.4 + 0.9 * 6) / 8), ("max", 0.9),
    ]

    @Test(
        "Categories are joined",
        arguments: joined
    )
    func categories(method: String, expected: Double) throws {
        let segments =
            Self.segment(Self.voter(4), weight: 1) + Self.segment(Self.voter(4), weight: 1)
            + Self.segment(Self.voter(9), weight: 6)
        let text = Self.document(
            method,
            segments,
            function: "classification",
            target: Self.target
        )
        let result = try Document.evaluate(text)
        #expect(abs(result.probabilities[0].value - expected) < 1e-15)
        #expect(result.category == (expected > 0.5 ? "yes" : "no"))
    }

    @Test("Votes that are missing are passed over unless they are too many")
    func missingVotes() throws {
        let segments =
            Self.segment(Self.voter(9)) + Self.segment(Self.voter(4, isMissing: true))
            + Self.segment(Self.voter(4, isMissing: true))
        let skip = Self.document(
            "majorityVote",
            segments,
            attributes: #"missingPredictionTreatment="skipSegment" missingThreshold="0.7""#,
            function: "classification",
            target: Self.target
        )
        #expect(try Document.evaluate(skip, y: nil).category == "yes")
        #expect(try Document.evaluate(skip).category == "no")
        let strict = skip.replacing("0.7", with: "0.5")
        #expect(try Document.evaluate(strict, y: nil).status == .refused)
    }

    @Test("Where missing votes go on counting, no answer is a candidate and may win")
    func missingCandidate() throws {
        func document(_ method: String, _ weights: (Double, Double, Double)) -> String {
            Self.document(
                method,
                Self.segment(Self.voter(9), weight: weights.0)
                    + Self.segment(Self.voter(4, isMissing: true), weight: weights.1)
                    + Self.segment(Self.voter(4, isMissing: true), weight: weights.2),
                function: "classification",
                target: Self.target
            )
        }
        let plain = document("majorityVote", (1, 1, 1))
        let refused = try Document.evaluate(plain, y: nil)
        #expect(refused.refusal == .init(code: .missingValue, field: "y"))
        #expect(try Document.evaluate(plain).category == "no")
        // A tie goes to the category.
        let tied = document("weightedMajorityVote", (2, 1, 1))
        #expect(try Document.evaluate(tied, y: nil).category == "yes")
        let outvoted = document("weightedMajorityVote", (2, 1, 1.5))
        #expect(try Document.evaluate(outvoted, y: nil).status == .refused)
    }

    @Test("An output can give the result of one segment")
    func segmentOutput() throws {
        let output =
            #"<Output><OutputField name="two" feature="predictedValue" segmentId="b"/></Output>"#
        let text = Self.document(
            "sum",
            Self.segment(Self.constant(2), id: " id=\"a\"")
                + Self.segment(Self.constant(5), id: " id=\"b\""),
            output: output
        )
        let result = try Document.evaluate(text)
        #expect(result.value == 7)
        #expect(result.outputs == [.init(name: "two", value: .number(5))])
    }

    @Test("A segment may replace missing values by its own rule")
    func treatments() throws {
        let own =
            "<RegressionModel functionName=\"regression\"><MiningSchema>"
            + "<MiningField name=\"x\" missingValueReplacement=\"7\"/></MiningSchema>"
            + "<RegressionTable intercept=\"0\"><NumericPredictor name=\"x\" coefficient=\"1\"/>"
            + "</RegressionTable></RegressionModel>"
        let text = Self.document("sum", Self.segment(own) + Self.segment(Self.constant(1)))
        let result = try Document.evaluate(text, x: nil)
        #expect(result.value == 8)
        #expect(result.imputed == ["x"])
        #expect(try Document.evaluate(text, x: 2).value == 3)
    }

    @Test(
        "What cannot be joined is refused",
        arguments: [
            ("selectAll", "regression", "Segmentation@multipleModelMethod"),
            ("majorityVote", "regression", "MiningModel LIMEN-ENGINE-012"),
            ("average", "classification", "MiningModel LIMEN-ENGINE-011"),
            ("average", "clustering", "MiningModel LIMEN-ENGINE-012"),
        ]
    )
    func refused(method: String, function: String, element: String) {
        let text = Self.document(method, Self.segment(Self.constant(1)), function: function)
        #expect(Sample.error(text)?.element == element)
    }

    /// A regression that multiplies one field.
    private static func line(_ field: String, _ factor: Double, intercept: Double = 0) -> String {
        "<RegressionModel functionName=\"regression\">" + Document.schema(target: false)
            + "<RegressionTable intercept=\"\(intercept)\">"
            + "<NumericPredictor name=\"\(field)\" coefficient=\"\(factor)\"/></RegressionTable>"
            + "</RegressionModel>"
    }

    /// A model of segments for a segment of another.
    private static func inner(
        _ method: String,
        _ segments: String,
        function: String = "regression"
    ) -> String {
        "<MiningModel functionName=\"\(function)\">" + Document.schema(target: false)
            + "<Segmentation multipleModelMethod=\"\(method)\">\(segments)"
            + "</Segmentation></MiningModel>"
    }

    private static func simple(_ field: String, _ comparison: String, _ value: Double) -> String {
        "<SimplePredicate field=\"\(field)\" operator=\"\(comparison)\" value=\"\(value)\"/>"
    }

    @Test("A model within models is explained by the segment that decided there")
    func nested() throws {
        let text = Self.document(
            "selectFirst",
            Self.segment(Self.line("x", 1), predicate: Self.simple("x", "lessThan", 0))
                + Self.segment(
                    Self.inner("selectFirst", Self.segment(Self.line("x", 5)))
                )
        )
        let result = try Document.evaluate(text, x: 2)
        #expect(result.value == 10)
        #expect(result.contributions.map(\.points) == [10])
        #expect(try Document.evaluate(text, x: -2).contributions.map(\.points) == [-2])
    }

    @Test("Several that answer together within a chain are explained by none of them")
    func nestedTogether() throws {
        let average = Self.inner(
            "average",
            Self.segment(Self.line("x", 3)) + Self.segment(Self.line("y", 5))
        )
        for segments in [
            Self.segment(Self.line("x", 1)) + Self.segment(average), Self.segment(average),
        ] {
            let result = try Document.evaluate(Self.document("modelChain", segments), x: 2, y: 4)
            #expect(result.value == 13)
            #expect(result.contributions.isEmpty)
        }
    }

    private static let words =
        #"<DataField name="t" optype="categorical" dataType="string"><Value value="low"/>"#
        + #"<Value value="middle"/><Value value="high"/></DataField>"#

    @Test("A segment with its categories in another order is explained by its own table")
    func nestedCategories() throws {
        let regression =
            "<GeneralRegressionModel functionName=\"classification\" "
            + "modelType=\"multinomialLogistic\" targetReferenceCategory=\"low\">"
            + "<MiningSchema><MiningField name=\"x\"/><MiningField name=\"u\" usageType=\"target\"/>"
            + "</MiningSchema><ParameterList><Parameter name=\"p0\"/></ParameterList>"
            + "<CovariateList><Predictor name=\"x\"/></CovariateList>"
            + "<PPMatrix><PPCell value=\"1\" predictorName=\"x\" parameterName=\"p0\"/></PPMatrix>"
            + "<ParamMatrix><PCell targetCategory=\"high\" parameterName=\"p0\" beta=\"2\"/>"
            + "<PCell targetCategory=\"middle\" parameterName=\"p0\" beta=\"1\"/>"
            + "</ParamMatrix></GeneralRegressionModel>"
        let turned =
            #"<DataField name="u" optype="categorical" dataType="string"><Value value="high"/>"#
            + #"<Value value="low"/><Value value="middle"/></DataField>"#
        let text = Self.document(
            "selectFirst",
            Self.segment(
                Self.inner("selectFirst", Self.segment(regression), function: "classification")
            ),
            function: "classification",
            target: Self.words + turned
        )
        let result = try Document.evaluate(text, x: 3)
        #expect(result.category == "high")
        #expect(result.contributions.map(\.points) == [6])
    }

    /// Clusters on `x` at 0, 5 and so on.
    private static func clusters(_ names: String, output: String = "") -> String {
        let clusters = names.enumerated().map { position, name in
            "<Cluster id=\"\(name)\"><Array type=\"real\" n=\"1\">\(position * 5)</Array></Cluster>"
        }
        return "<ClusteringModel functionName=\"clustering\" modelClass=\"centerBased\" "
            + "numberOfClusters=\"\(names.count)\">" + Document.schema(target: false) + output
            + "<ComparisonMeasure kind=\"distance\"><squaredEuclidean/></ComparisonMeasure>"
            + "<ClusteringField field=\"x\"/>" + clusters.joined() + "</ClusteringModel>"
    }

    private static func clusterings(_ output: String = "") -> String {
        Document.text(
            "<MiningModel functionName=\"clustering\">" + Document.schema(target: false) + output
                + "<Segmentation multipleModelMethod=\"selectFirst\">"
                + segment(clusters("AB"), predicate: simple("x", "lessThan", 10), id: " id=\"s\"")
                + segment(
                    inner("selectFirst", segment(clusters("DEFG")), function: "clustering")
                ) + "</Segmentation></MiningModel>",
            target: Document.number
        )
    }

    @Test("The cluster of a model within models is the answer of the whole")
    func nestedClusters() throws {
        let near = try Document.evaluate(Self.clusterings(), x: 4)
        #expect(near.segment?.id == "B")
        let far = try Document.evaluate(Self.clusterings(), x: 11)
        #expect(far.segment?.id == "F")
        #expect(far.segment?.distances == [121, 36, 1, 16])
        #expect(far.entity == "F")
    }

    @Test(
        "Outputs over several sets of clusters are refused by line",
        arguments: ["predictedValue", "affinity", "predictedValue\" segmentId=\"s"]
    )
    func clusterOutputs(feature: String) {
        let output = "<Output><OutputField name=\"o\" feature=\"\(feature)\"/></Output>"
        let error = Sample.error(Self.clusterings(output))
        #expect(error?.code == .unsupported)
        #expect(error?.element == "MiningModel LIMEN-ENGINE-012")
    }

    /// A chain of a number and, above 5, a tree.
    private static func mixedChain(_ step: String) -> String {
        let tree =
            "<TreeModel functionName=\"classification\">" + Document.schema(target: true)
            + "<Node><True/><Node score=\"no\">" + simple("x", "lessThan", 7) + "</Node>"
            + "<Node score=\"yes\"><True/></Node></Node></TreeModel>"
        return document(
            "modelChain",
            segment(step) + segment(tree, predicate: simple("x", "greaterThan", 5)),
            function: "classification",
            target: target
        )
    }

    @Test("A step of a chain that predicts something else is never the answer")
    func stepOnly() throws {
        let text = Self.mixedChain(Self.line("x", 1))
        for x in [1, 3.7, -2] {
            let result = try Document.evaluate(text, x: x)
            #expect(result.status == .refused)
            #expect(result.refusal?.code == .noPrediction)
            #expect(result.category == nil)
        }
        #expect(try Document.evaluate(text, x: 6).category == "no")
        #expect(try Document.evaluate(text, x: 8).category == "yes")
    }

    @Test("A step of a chain that names a target of its own is not the answer")
    func otherTarget() throws {
        let step = Self.line("x", 1).replacing(
            "</MiningSchema>",
            with: "<MiningField name=\"u\" usageType=\"target\"/></MiningSchema>"
        )
        let text = Self.document(
            "modelChain",
            Self.segment(step)
                + Self.segment(Self.line("x", 9), predicate: Self.simple("x", "greaterThan", 5)),
            target: Document.number + Document.number.replacing("\"t\"", with: "\"u\"")
        )
        #expect(try Document.evaluate(text, x: 1).refusal?.code == .noPrediction)
        #expect(try Document.evaluate(text, x: 6).value == 54)
    }

    @Test(
        "Where a missing field leaves open which model decides, there is no answer",
        arguments: ["selectFirst", "modelChain"]
    )
    func openChoice(method: String) throws {
        let ill = Self.segment(
            Self.line("x", 0.5, intercept: 50),
            predicate: Self.simple("y", "greaterOrEqual", 4)
        )
        let others = Self.segment(Self.line("x", 0.1))
        // In a chain the last one decides.
        let text = Self.document(method, method == "modelChain" ? others + ill : ill + others)
        let missing = try Document.evaluate(text, x: 10, y: nil)
        #expect(missing.refusal == .init(code: .missingValue, field: "y"))
        #expect(missing.missing == ["y"])
        #expect(missing.value == nil)
        #expect(try Document.evaluate(text, x: 10, y: 3).value == 1)
        #expect(try Document.evaluate(text, x: 10, y: 5).value == 55)
    }

    @Test("What a document itself asks to be missing is no open choice, and is named")
    func askedChoice() throws {
        let text = Self.document(
            "selectFirst",
            Self.segment(Self.constant(50), predicate: Self.simple("y", "greaterOrEqual", 4))
                + Self.segment(
                    Self.constant(7),
                    predicate: "<SimplePredicate field=\"y\" operator=\"isMissing\"/>"
                ) + Self.segment(Self.constant(1))
        )
        let missing = try Document.evaluate(text, y: nil)
        #expect(missing.value == 7)
        #expect(missing.imputed == ["y"])
        let there = try Document.evaluate(text, y: 2)
        #expect(there.value == 1)
        #expect(there.imputed.isEmpty)
    }

    @Test("A segment passed over because a field is missing leaves the name of the field")
    func passedOver() throws {
        let text = Self.document(
            "average",
            Self.segment(Self.constant(2), predicate: Self.simple("y", "greaterOrEqual", 4))
                + Self.segment(Self.constant(8))
        )
        let result = try Document.evaluate(text, y: nil)
        #expect(result.value == 8)
        #expect(result.imputed == ["y"])
        #expect(try Document.evaluate(text, y: 2).imputed.isEmpty)
    }

    /// A scorecard whose only attribute holds above a limit.
    private static func card(_ points: Double, _ code: String, above limit: Double) -> String {
        "<Scorecard functionName=\"regression\" reasonCodeAlgorithm=\"pointsAbove\" "
            + "baselineScore=\"0\">" + Document.schema(target: false)
            + "<Output><OutputField name=\"reason\(code)\" feature=\"reasonCode\"/></Output>"
            + "<Characteristics><Characteristic name=\"k\" reasonCode=\"\(code)\">"
            + "<Attribute partialScore=\"\(points)\">" + simple("x", "greaterThan", limit)
            + "</Attribute></Characteristic></Characteristics></Scorecard>"
    }

    @Test("Reason codes are those of the scorecard that decided, or none")
    func reasons() throws {
        let both =
            Self.segment(Self.card(2, "A", above: 0)) + Self.segment(Self.card(4, "B", above: 5))
        let average = try Document.evaluate(Self.document("average", both), x: 6)
        #expect(average.value == 3)
        #expect(average.reasonCodes.isEmpty)
        let last = try Document.evaluate(Self.document("modelChain", both), x: 6)
        #expect(last.reasonCodes == ["B"])
        #expect(last.contributions.map(\.reasonCode) == ["B"])
        // The second card has no answer; what the first one found is not its reason.
        let skipped = try Document.evaluate(
            Self.document(
                "sum",
                both,
                attributes: #"missingPredictionTreatment="skipSegment""#
            ),
            x: 3
        )
        #expect(skipped.value == 2)
        #expect(skipped.reasonCodes.isEmpty)
        let then = both + Self.segment(Self.line("x", 1))
        let chain = try Document.evaluate(Self.document("modelChain", then), x: 3)
        #expect(chain.value == 3)
        #expect(chain.reasonCodes.isEmpty)
        let outputs = Dictionary(uniqueKeysWithValues: chain.outputs.map { ($0.name, $0.value) })
        #expect(outputs == ["reasonA": .text("A"), "reasonB": .missing])
    }

    private static func validity(_ outer: String, _ inner: String) -> String {
        let own = line("x", 1).replacing(
            "<MiningField name=\"x\"/>",
            with: "<MiningField name=\"x\"\(inner)/>"
        )
        return document("sum", segment(own)).replacing(
            "<MiningField name=\"x\"/>",
            with: "<MiningField name=\"x\"\(outer)/>",
            maxReplacements: 1
        ).replacing(
            #"<DataField name="x" optype="continuous" dataType="double"/>"#,
            with: #"<DataField name="x" optype="continuous" dataType="double">"#
                + #"<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DataField>"#
        )
    }

    @Test("A segment cannot treat values otherwise than the model around it let them pass")
    func innerValidity() throws {
        let asIs = #" invalidValueTreatment="asIs""#
        let asMissing = #" invalidValueTreatment="asMissing" missingValueReplacement="3""#
        #expect(Sample.error(Self.validity(asIs, asMissing))?.code == .unsupported)
        #expect(
            Sample.error(Self.validity(asIs, asMissing))?.element
                == "MiningField@invalidValueTreatment"
        )
        let returnInvalid = #" missingValueTreatment="returnInvalid""#
        #expect(
            Sample.error(Self.validity("", returnInvalid))?.element
                == "MiningField@missingValueTreatment"
        )
        // The same, or nothing, is what exporters write.
        #expect(try Document.evaluate(Self.validity(asIs, ""), x: 50).value == 50)
        #expect(try Document.evaluate(Self.validity(asIs, asIs), x: 50).value == 50)
        #expect(Sample.error(Self.validity(returnInvalid, returnInvalid)) == nil)
        let refused = #" invalidValueTreatment="returnInvalid""#
        #expect(try Document.evaluate(Self.validity("", refused), x: 50).status == .refused)
    }
}

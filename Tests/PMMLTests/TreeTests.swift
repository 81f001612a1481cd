import ClinicalEngine
import PMML
import Testing

/// A tree with `x` above and `y` below; every node has its own records.
@Suite("Trees")
struct TreeTests {
    private static func simple(_ field: String, _ comparison: String, _ value: String) -> String {
        "<SimplePredicate field=\"\(field)\" operator=\"\(comparison)\" value=\"\(value)\"/>"
    }

    /// `x` between two numbers, the first included.
    private static func both(_ lower: String, _ upper: String) -> String {
        "<CompoundPredicate booleanOperator=\"and\">" + simple("x", "greaterOrEqual", lower)
            + simple("x", "lessThan", upper) + "</CompoundPredicate>"
    }

    private static func set(_ field: String, _ values: String) -> String {
        "<SimpleSetPredicate field=\"\(field)\" booleanOperator=\"isIn\">"
            + "<Array type=\"string\">\(values)</Array></SimpleSetPredicate>"
    }

    private static func node(
        _ id: String,
        _ predicate: String,
        _ score: String,
        _ yes: Int,
        _ no: Int,
        extra: String = "",
        _ children: String = ""
    ) -> String {
        "<Node id=\"\(id)\" score=\"\(score)\" recordCount=\"\(yes + no)\"\(extra)>\(predicate)"
            + "<ScoreDistribution value=\"yes\" recordCount=\"\(yes)\"/>"
            + "<ScoreDistribution value=\"no\" recordCount=\"\(no)\"/>\(children)</Node>"
    }

    private static func document(_ attributes: String, _ root: String) -> String {
        Document.text(
            "<TreeModel functionName=\"classification\" \(attributes)>" + Document.schema()
                + "<Output><OutputField name=\"p\" feature=\"probability\" value=\"yes\"/>"
                + "<OutputField name=\"sure\" feature=\"confidence\"/>"
                + "<OutputField name=\"node\" feature=\"entityId\"/></Output>"
                + root + "</TreeModel>"
        )
    }

    /// x <= 5: (y <= 1, y > 1), x > 5.
    private static func tree(_ attributes: String) -> String {
        let below = node(
            "2",
            simple("x", "lessOrEqual", "5"),
            "yes",
            40,
            20,
            extra: " defaultChild=\"4\"",
            node("3", simple("y", "lessOrEqual", "1"), "yes", 36, 4)
                + node("4", simple("y", "greaterThan", "1"), "no", 4, 16)
        )
        let above = node("5", simple("x", "greaterThan", "5"), "no", 10, 30)
        return document(
            attributes,
            node("1", "<True/>", "no", 50, 50, extra: " defaultChild=\"5\"", below + above)
        )
    }

    private static func probability(_ result: Evaluation) -> Double? {
        result.probabilities.first { $0.category == "yes" }?.value
    }

    @Test("A patient goes down to a leaf, and the way is the explanation")
    func walk() throws {
        let result = try Document.evaluate(Self.tree(""), x: 3, y: 2)
        #expect(result.category == "no")
        #expect(Self.probability(result) == 0.2)
        #expect(result.entity == "4")
        #expect(result.outputs.map(\.value) == [.number(0.2), .number(0.8), .text("4")])
        #expect(result.contributions.map(\.name) == ["x <= 5", "y > 1"])
        #expect(result.contributions.map(\.fields) == [["x"], ["y"]])
        #expect(try Document.evaluate(Self.tree(""), x: 6, y: nil).entity == "5")
    }

    @Test("lastPrediction stops where the way is unknown")
    func lastPrediction() throws {
        let text = Self.tree(#"missingValueStrategy="lastPrediction""#)
        let above = try Document.evaluate(text, x: nil)
        #expect(above.entity == "1")
        #expect(Self.probability(above) == 0.5)
        #expect(above.imputed == ["x"])
        #expect(try Document.evaluate(text, y: nil).entity == "2")
    }

    @Test("nullPrediction gives none, and names the field")
    func nullPrediction() throws {
        let text = Self.tree(#"missingValueStrategy="nullPrediction""#)
        let result = try Document.evaluate(text, y: nil)
        #expect(result.refusal == .init(code: .missingValue, field: "y"))
        #expect(result.probabilities.isEmpty)
        #expect(result.outputs.allSatisfy { $0.value == .missing })
        // What the way does not pass is not needed.
        #expect(try Document.evaluate(text, x: 6, y: nil).entity == "5")
    }

    @Test("defaultChild goes on where the document says, with less confidence for each step")
    func defaultChild() throws {
        let text = Self.tree(#"missingValueStrategy="defaultChild" missingValuePenalty="0.5""#)
        let one = try Document.evaluate(text, y: nil)
        #expect(one.entity == "4")
        #expect(one.outputs[1].value == .number(0.4))
        #expect(Self.probability(one) == 0.2)
        let other = try Document.evaluate(text, x: nil)
        #expect(other.entity == "5")
        let broken = text.replacing(" defaultChild=\"4\"", with: "")
        #expect(Sample.error(broken)?.code == .invalid)
    }

    /// A tree that states a confidence of 0.5 in yes and says nothing of no.
    private static func confident(_ output: String) -> String {
        tree(#"missingValueStrategy="defaultChild" missingValuePenalty="0.8""#)
            .replacing(
                "<ScoreDistribution value=\"yes\"",
                with: "<ScoreDistribution confidence=\"0.5\" value=\"yes\""
            )
            .replacing("feature=\"confidence\"", with: "feature=\"confidence\" \(output)")
    }

    @Test("A confidence that the document states is given in place of the share")
    func statedConfidence() throws {
        let yes = Self.confident(#"value="yes""#)
        #expect(try Document.evaluate(yes).outputs[1].value == .number(0.5))
        #expect(try Document.evaluate(yes, y: nil).outputs[1].value == .number(0.4))
        #expect(try Document.evaluate(yes).outputs[0].value == .number(0.2))
        // Without a category it is that of the predicted one, here without a confidence.
        let predicted = Self.confident("")
        #expect(try Document.evaluate(predicted).outputs[1].value == .number(0.8))
        #expect(try Document.evaluate(predicted, y: 1).outputs[1].value == .number(0.5))
        let broken = yes.replacing(#"confidence="0.5""#, with: #"confidence="1e999""#)
        #expect(Sample.error(broken)?.code == .invalid)
    }

    @Test("A chain hands on the confidence of the model that answered")
    func chainedConfidence() throws {
        let chained = Self.confident(#"value="yes""#)
            .replacing(
                "<TreeModel functionName=\"classification\"",
                with: "<MiningModel functionName=\"classification\">" + Document.schema()
                    + "<Output><OutputField name=\"s\" feature=\"confidence\" value=\"yes\"/>"
                    + "</Output><Segmentation multipleModelMethod=\"modelChain\"><Segment><True/>"
                    + "<TreeModel functionName=\"classification\""
            )
            .replacing("</TreeModel>", with: "</TreeModel></Segment></Segmentation></MiningModel>")
        let result = try Document.evaluate(chained, y: nil)
        #expect(result.outputs.first { $0.name == "s" }?.value == .number(0.4))
    }

    @Test("The penalty lessens the confidence in a named category too")
    func namedPenalty() throws {
        let text = Self.tree(#"missingValueStrategy="defaultChild" missingValuePenalty="0.5""#)
            .replacing("feature=\"confidence\"", with: "feature=\"confidence\" value=\"yes\"")
        #expect(try Document.evaluate(text, y: nil).outputs[1].value == .number(0.1))
    }

    @Test("none passes over what is unknown, and the other strategy decides at the end")
    func none() throws {
        let null = try Document.evaluate(Self.tree(""), y: nil)
        #expect(null.refusal == .init(code: .missingValue, field: "y"))
        let last = Self.tree(#"noTrueChildStrategy="returnLastPrediction""#)
        #expect(try Document.evaluate(last, y: nil).entity == "2")
    }

    @Test("weightedConfidence weighs the branches that may hold by their records")
    func weightedConfidence() throws {
        let text = Self.tree(#"missingValueStrategy="weightedConfidence""#)
        // 40 of 60 records go to 3 (0.9), 20 to 4 (0.2).
        let one = try Document.evaluate(text, y: nil)
        let inner = 40.0 / 60 * 0.9 + 20.0 / 60 * 0.2
        #expect(abs(try #require(Self.probability(one)) - inner) < 1e-15)
        #expect(one.imputed == ["y"])
        // 60 of 100 to that, 40 to 5 (0.25).
        let both = try Document.evaluate(text, x: nil, y: nil)
        let expected = 0.6 * inner + 0.4 * 0.25
        #expect(abs(try #require(Self.probability(both)) - expected) < 1e-15)
        #expect(both.imputed.sorted() == ["x", "y"])
        // With y known only the leaf of y remains below.
        let above = try Document.evaluate(text, x: nil, y: 0)
        #expect(abs(try #require(Self.probability(above)) - (0.6 * 0.9 + 0.1)) < 1e-15)
    }

    @Test("aggregateNodes counts the records of all leaves that may hold")
    func aggregateNodes() throws {
        let text = Self.tree(#"missingValueStrategy="aggregateNodes""#)
        #expect(Self.probability(try Document.evaluate(text, x: nil, y: nil)) == 0.5)
        #expect(Self.probability(try Document.evaluate(text, x: nil, y: 0)) == 46.0 / 80)
        #expect(Self.probability(try Document.evaluate(text, x: nil, y: 5)) == 14.0 / 60)
    }

    @Test("Surrogates stand in for a missing field")
    func surrogate() throws {
        let compound =
            "<CompoundPredicate booleanOperator=\"surrogate\">"
            + Self.simple("x", "lessThan", "5") + Self.simple("y", "lessThan", "5")
            + "<False/></CompoundPredicate>"
        let text = Self.document(
            "noTrueChildStrategy=\"returnLastPrediction\"",
            Self.node("1", "<True/>", "no", 1, 1, Self.node("2", compound, "yes", 1, 0))
        )
        #expect(try Document.evaluate(text, x: nil, y: 2).entity == "2")
        #expect(try Document.evaluate(text, x: nil, y: 7).entity == "1")
        #expect(try Document.evaluate(text, x: nil, y: nil).entity == "1")
        #expect(try Document.evaluate(text, x: 7, y: 2).entity == "1")
    }

    @Test("A value that no child takes gives no prediction, or that of the node above, as stated")
    func gap() throws {
        let children =
            Self.node("2", Self.simple("x", "lessThan", "3"), "yes", 1, 0)
            + Self.node("3", Self.simple("x", "greaterThan", "5"), "no", 0, 1)
        let root = Self.node("1", "<True/>", "maybe", 1, 1, children)
            .replacing(
                "<ScoreDistribution value=\"yes\" recordCount=\"1\"/>"
                    + "<ScoreDistribution value=\"no\" recordCount=\"1\"/><Node",
                with: "<Node"
            )
        for x in [3.0, 4, 5] {
            let silent = try Document.evaluate(Self.document("", root), x: x)
            #expect(silent.status == .refused)
            #expect(silent.refusal?.code == .noPrediction)
            #expect(silent.value == nil && silent.category == nil)
            #expect(silent.probabilities.isEmpty)
            let last = Self.document(#"noTrueChildStrategy="returnLastPrediction""#, root)
            #expect(try Document.evaluate(last, x: x).category == "maybe")
        }
        #expect(try Document.evaluate(Self.document("", root), x: 2).category == "yes")
        #expect(try Document.evaluate(Self.document("", root), x: 6).category == "no")
    }

    @Test("A root that does not hold gives no prediction")
    func root() throws {
        let text = Self.document("", Self.node("1", Self.simple("x", "lessThan", "1"), "no", 1, 1))
        #expect(try Document.evaluate(text).refusal?.code == .noPrediction)
    }

    @Test("Numbers are predicted as they stand")
    func numbers() throws {
        let text = Document.text(
            "<TreeModel functionName=\"regression\">" + Document.schema()
                + "<Node><True/><Node score=\"1.5\">" + Self.simple("c", "equal", "a")
                + "</Node><Node score=\"2.5\"><True/></Node></Node></TreeModel>",
            target: Document.number
        )
        #expect(try Document.evaluate(text, c: "a").value == 1.5)
        #expect(try Document.evaluate(text, c: "b").value == 2.5)
    }

    /// Two children, with or without a last one that always holds.
    private static func siblings(_ first: String, _ second: String, isClosed: Bool) -> String {
        document(
            "",
            node(
                "1",
                "<True/>",
                "no",
                1,
                1,
                node("2", first, "yes", 1, 0) + "\n" + node("3", second, "no", 0, 1)
                    + (isClosed ? "\n" + node("4", "<True/>", "no", 0, 1) : "")
            )
        )
    }

    private static let overlapping: [(String, String, Bool)] = [
        (simple("x", "lessThan", "60"), simple("x", "greaterThan", "50"), true),
        (simple("x", "lessOrEqual", "5"), simple("x", "greaterOrEqual", "5"), false),
        (simple("x", "lessThan", "5"), simple("x", "lessThan", "5"), true),
        (simple("x", "lessThan", "6"), simple("x", "lessThan", "5"), true),
        (simple("x", "lessThan", "5"), simple("x", "lessThan", "6"), false),
        (simple("c", "equal", "a"), simple("c", "equal", "a"), true),
        ("<True/>", simple("x", "lessThan", "6"), false),
        (both("40", "60"), both("50", "70"), true),
        (both("40", "60"), simple("x", "lessThan", "50"), true),
        (set("c", "a b"), simple("c", "equal", "b"), true),
        (simple("c", "equal", "b"), set("c", "a b"), false),
        (set("c", "b"), set("c", "b"), true),
    ]

    @Test(
        "Siblings that can both hold are refused with their line",
        arguments: overlapping
    )
    func overlap(first: String, second: String, isClosed: Bool) {
        let error = Sample.error(Self.siblings(first, second, isClosed: isClosed))
        #expect(error?.code == .invalid)
        #expect(error?.element == "Node LIMEN-ENGINE-010")
        #expect(error?.line == 8)
    }

    private static let separate: [(String, String, Bool)] = [
        (simple("x", "lessThan", "5"), simple("x", "greaterOrEqual", "5"), false),
        (simple("x", "lessThan", "5"), simple("x", "lessThan", "6"), true),
        (simple("x", "lessThan", "5"), simple("y", "lessThan", "6"), true),
        (simple("c", "equal", "a"), simple("c", "equal", "b"), false),
        (both("40", "60"), both("60", "70"), false),
        (set("c", "a"), set("c", "b"), false),
        (set("c", "a"), set("c", "a b"), true),
    ]

    @Test(
        "Siblings that exclude each other, and chains that say what becomes of the rest, are taken",
        arguments: separate
    )
    func apart(first: String, second: String, isClosed: Bool) {
        #expect(Sample.error(Self.siblings(first, second, isClosed: isClosed)) == nil)
    }

    @Test(
        "Nodes that do not fit are refused",
        arguments: [
            (#"<Node score="yes"/>"#, "Node predicate"),
            (#"<Node score="never"><True/></Node>"#, "TreeModel LIMEN-ENGINE-011"),
            (#"<Node score="yes"><True/><Regression/></Node>"#, "Regression"),
            (#"<Node score="yes"><True/><True/></Node>"#, "True"),
            (
                #"<Node score="yes"><True/><ScoreDistribution value="yes" recordCount="-1"/></Node>"#,
                "ScoreDistribution@recordCount"
            ),
            (#"<Node score="yes" depth="1"><True/></Node>"#, "Node@depth"),
        ]
    )
    func misfits(root: String, element: String) {
        #expect(Sample.error(Self.document("", root))?.element == element)
    }

    @Test("A surrogate lessens the confidence once for a step down, and its field is named")
    func surrogatePenalty() throws {
        func either(_ comparison: String) -> String {
            "<CompoundPredicate booleanOperator=\"surrogate\">"
                + Self.simple("x", comparison, "5") + Self.simple("y", comparison, "5")
                + "</CompoundPredicate>"
        }
        let text = Self.document(
            #"missingValueStrategy="nullPrediction" missingValuePenalty="0.5""#,
            Self.node(
                "1",
                "<True/>",
                "no",
                5,
                5,
                Self.node("2", either("lessThan"), "yes", 4, 1)
                    + Self.node("3", either("greaterOrEqual"), "no", 1, 4)
            )
        )
        for (y, entity) in [(2.0, "2"), (7, "3")] {
            let result = try Document.evaluate(text, x: nil, y: y)
            #expect(result.entity == entity)
            #expect(result.imputed == ["x"])
            #expect(result.outputs[1].value == .number(0.4))
        }
        let there = try Document.evaluate(text, x: 2, y: nil)
        #expect(there.imputed.isEmpty)
        #expect(there.outputs[1].value == .number(0.8))
    }

    /// A predicate on `x`, with one on `y` as its surrogate.
    private static func either(_ comparison: String) -> String {
        "<CompoundPredicate booleanOperator=\"surrogate\">" + simple("x", comparison, "5")
            + simple("y", comparison, "5") + "</CompoundPredicate>"
    }

    /// `x`, or `y` in its place, above; `w` below 10, where 36 of 40 are yes, or 4 of 20.
    private static func replacedAbove(_ attributes: String) -> String {
        let below =
            node("3", simple("w", "lessThan", "10"), "yes", 36, 4)
            + node("4", simple("w", "greaterOrEqual", "10"), "no", 4, 16)
        return document(
            attributes,
            node(
                "1",
                "<True/>",
                "no",
                50,
                50,
                node("2", either("lessThan"), "yes", 40, 20, below)
                    + node("5", either("greaterOrEqual"), "no", 10, 30)
            )
        )
        .replacing(
            "<DataField name=\"y\"",
            with: #"<DataField name="w" optype="continuous" dataType="double"/><DataField name="y""#
        )
        .replacing(
            "<MiningField name=\"y\"/>",
            with: "<MiningField name=\"w\"/><MiningField name=\"y\"/>"
        )
    }

    /// The row is `x`, `w`, `y`, `c`.
    private static func evaluate(
        _ text: String,
        x: Double? = nil,
        w: Double?,
        y: Double? = 2
    ) throws -> Evaluation {
        let numbers = [x, w, y].map { number -> InputValue in
            number.map { .number($0) } ?? .missing
        }
        return try Sample.compile(text).evaluate(numbers + [.category("b")])
    }

    @Test("The field that stops the walk is named, not the one that a surrogate made up for")
    func surrogateAbove() throws {
        let null = try Self.evaluate(
            Self.replacedAbove(#"missingValueStrategy="nullPrediction""#),
            w: nil
        )
        #expect(null.refusal == .init(code: .missingValue, field: "w"))
        // No child is true, since what is unknown is passed over.
        let none = try Self.evaluate(Self.replacedAbove(""), w: nil)
        #expect(none.refusal == .init(code: .missingValue, field: "w"))
        let last = try Self.evaluate(
            Self.replacedAbove(#"missingValueStrategy="lastPrediction""#),
            w: nil
        )
        #expect(last.entity == "2")
        #expect(last.imputed.sorted() == ["w", "x"])
        let weighted = try Self.evaluate(
            Self.replacedAbove(#"missingValueStrategy="weightedConfidence""#),
            w: nil
        )
        #expect(weighted.imputed.sorted() == ["w", "x"])
    }

    @Test("Every field for which a default child stands in is named")
    func defaultChildren() throws {
        let text = Self.tree(#"missingValueStrategy="defaultChild""#)
            .replacing("defaultChild=\"5\"", with: "defaultChild=\"2\"")
        let result = try Document.evaluate(text, x: nil, y: nil)
        #expect(result.entity == "4")
        #expect(result.imputed.sorted() == ["x", "y"])
    }

    @Test("A field beside a surrogate in one condition is named when it leaves that unknown")
    func besideSurrogate() throws {
        let text = Self.replacedAbove(#"missingValueStrategy="nullPrediction""#)
            .replacing(
                Self.either("lessThan"),
                with: "<CompoundPredicate booleanOperator=\"and\">" + Self.either("lessThan")
                    + Self.simple("w", "lessThan", "100") + "</CompoundPredicate>"
            )
        let result = try Self.evaluate(text, w: nil)
        #expect(result.refusal == .init(code: .missingValue, field: "w"))
    }

    @Test(
        "A surrogate above lessens the confidence of what is spread below",
        arguments: ["weightedConfidence", "aggregateNodes"]
    )
    func penaltyOfSpread(strategy: String) throws {
        let text = Self.replacedAbove(
            "missingValueStrategy=\"\(strategy)\" missingValuePenalty=\"0.5\""
        )
        let plain = try Self.evaluate(text, x: 2, w: nil)
        let replaced = try Self.evaluate(text, w: nil)
        // 40 of 60 records are yes, by shares as well as by counts.
        for (result, expected) in [(plain, 2.0 / 3), (replaced, 1.0 / 3)] {
            #expect(result.category == "yes")
            let share = try #require(Self.probability(result))
            #expect(abs(share - 2.0 / 3) < 1e-15)
            guard case .number(let sure) = result.outputs[1].value else {
                Issue.record("no confidence")
                continue
            }
            #expect(abs(sure - expected) < 1e-15)
        }
    }

    @Test("weightedConfidence weighs the confidences that the document states")
    func weightedStatedConfidence() throws {
        // Yes has 0.5 everywhere; no keeps its shares, 0.1 and 0.8 of 40 and 20 records.
        let text = Self.tree(#"missingValueStrategy="weightedConfidence""#).replacing(
            "<ScoreDistribution value=\"yes\"",
            with: "<ScoreDistribution confidence=\"0.5\" value=\"yes\""
        ).replacing("feature=\"confidence\"", with: "feature=\"confidence\" value=\"no\"")
        let result = try Document.evaluate(text, y: nil)
        #expect(result.category == "yes")
        guard case .number(let no) = result.outputs[1].value else {
            Issue.record("no confidence")
            return
        }
        #expect(abs(no - (40.0 / 60 * 0.1 + 20.0 / 60 * 0.8)) < 1e-15)
        // With more confidence in no, the stated one decides against the shares.
        let turned = text.replacing("confidence=\"0.5\"", with: "confidence=\"0.1\"")
        #expect(try Document.evaluate(turned, y: nil).category == "no")
        let share = try #require(Self.probability(try Document.evaluate(turned, y: nil)))
        #expect(abs(share - (40.0 / 60 * 0.9 + 20.0 / 60 * 0.2)) < 1e-15)
    }
}

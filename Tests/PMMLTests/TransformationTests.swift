import ClinicalEngine
import PMML
import Testing

/// Derived fields, read back through a regression that adds nothing to them.
@Suite("Transformations")
struct TransformationTests {
    /// A document whose prediction is the derived field `d`.
    static func document(
        _ expression: String,
        dictionary: String = "",
        more: String = "",
        type: String = "double",
        predictor: String = #"<NumericPredictor name="d" coefficient="1"/>"#
    ) -> String {
        """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
        <DataDictionary>
        <DataField name="x" optype="continuous" dataType="double"/>
        <DataField name="y" optype="continuous" dataType="double"/>
        <DataField name="c" optype="categorical" dataType="string"/>
        <DataField name="t" optype="continuous" dataType="double"/>
        </DataDictionary>
        \(dictionary)
        <RegressionModel functionName="regression">
        <MiningSchema><MiningField name="x"/><MiningField name="y"/><MiningField name="c"/>
        <MiningField name="t" usageType="target"/></MiningSchema>
        <LocalTransformations>
        <DerivedField name="d" optype="\(type == "string" ? "categorical" : "continuous")" dataType="\(type)">\(expression)</DerivedField>\(more)
        </LocalTransformations>
        <RegressionTable intercept="0">\(predictor)</RegressionTable>
        </RegressionModel></PMML>
        """
    }

    /// `f(a, b)` as the element that calls it; `x`, `y`, `c`, `d` are fields, the rest constants.
    static func apply(_ function: String, _ arguments: String..., extra: String = "") -> String {
        let name = function.replacing("<", with: "&lt;")
        let parts = arguments.map { argument in
            if argument.hasPrefix("<") { return argument }
            if ["x", "y", "c", "d", "e"].contains(argument) {
                return "<FieldRef field=\"\(argument)\"/>"
            }
            return "<Constant>\(argument)</Constant>"
        }
        return "<Apply function=\"\(name)\"\(extra)>\(parts.joined())</Apply>"
    }

    static func evaluate(
        _ text: String,
        x: InputValue = .number(3),
        y: InputValue = .number(2),
        c: InputValue = .category("b")
    ) throws -> Evaluation {
        try Sample.compile(text).evaluate([x, y, c])
    }

    private static let numberCases: [(String, Double)] = [
        (apply("+", "x", "y"), 5.0), (apply("-", "x", "y"), 1), (apply("*", "x", "y"), 6),
        (apply("/", "x", "y"), 1.5), (apply("min", "x", "y", "7"), 2),
        (apply("max", "x", "y", "7"), 7), (apply("sum", "x", "y", "7"), 12),
        (apply("avg", "x", "y", "7"), 4), (apply("median", "x", "y", "7"), 3),
        (apply("median", "x", "y"), 2.5), (apply("product", "x", "y", "7"), 42),
        (apply("log10", "1000"), 3), (apply("ln", "1"), 0), (apply("sqrt", "16"), 4),
        (apply("abs", "-2.5"), 2.5), (apply("exp", "0"), 1), (apply("pow", "x", "y"), 9),
        (apply("pow", "y", "-1"), 0.5), (apply("threshold", "x", "y"), 1),
        (apply("threshold", "y", "y"), 0), (apply("floor", "-1.5"), -2),
        (apply("ceil", "-1.5"), -1), (apply("round", "2.5"), 3), (apply("round", "-2.5"), -2),
        (apply("round", "0.49999999999999994"), 0), (apply("round", "-0.5"), 0),
        (apply("rint", "2.5"), 2), (apply("modulo", "11", "4"), 3),
        (apply("modulo", "-1", "4"), 3), (apply("modulo", "11", "-4"), -1),
        (apply("expm1", "0"), 0), (apply("ln1p", "0"), 0), (apply("hypot", "3", "4"), 5),
        (apply("sin", "0"), 0), (apply("cos", "0"), 1), (apply("tan", "0"), 0),
        (apply("asin", "1"), Double.pi / 2), (apply("acos", "1"), 0),
        (apply("atan", "1"), Double.pi / 4), (apply("atan2", "1", "-1"), 3 * Double.pi / 4),
        (apply("sinh", "0"), 0), (apply("cosh", "0"), 1), (apply("tanh", "0"), 0),
        (apply("stdNormalCDF", "0"), 0.5), (apply("normalCDF", "7", "7", "2"), 0.5),
        (apply("stdNormalIDF", "0.975"), 1.959963984540054),
        (apply("normalIDF", "0.5", "7", "2"), 7), (apply("erf", "0"), 0),
        (apply("stdNormalPDF", "0"), 0.3989422804014327),
        (apply("stringLength", "c"), 1),
    ]

    @Test(
        "Functions of numbers give what the specification says",
        arguments: numberCases
    )
    func numbers(expression: String, expected: Double) throws {
        let value = try #require(try Self.evaluate(Self.document(expression)).value)
        #expect(abs(value - expected) <= 1e-15 * max(1, abs(expected)))
    }

    private static let truthCases: [(String, Bool)] = [
        (apply("equal", "x", "3"), true), (apply("notEqual", "x", "3"), false),
        (apply("lessThan", "x", "3"), false), (apply("lessOrEqual", "x", "3"), true),
        (apply("greaterThan", "x", "y"), true), (apply("greaterOrEqual", "y", "x"), false),
        (apply("equal", "c", "b"), true), (apply("isIn", "c", "a", "b"), true),
        (apply("isNotIn", "x", "1", "2"), true), (apply("isMissing", "x"), false),
        (apply("isNotMissing", "x"), true), (apply("isValid", "x"), true),
        (apply("and", apply("equal", "x", "3"), apply("equal", "y", "3")), false),
        (apply("or", apply("equal", "x", "3"), apply("equal", "y", "3")), true),
        (apply("not", apply("equal", "x", "3")), false),
        (apply("equal", apply("uppercase", "c"), "B"), true),
        (apply("equal", apply("concat", "c", "c"), "bb"), true),
        (apply("equal", apply("substring", "abcde", "2", "3"), "bcd"), true),
        (apply("equal", apply("lowercase", "B"), "c"), true),
    ]

    @Test(
        "Functions of truth values give what the specification says",
        arguments: truthCases
    )
    func truths(expression: String, expected: Bool) throws {
        let text = Self.apply("if", expression, "1", "0")
        let truth = try Self.evaluate(Self.document(text)).value
        if expression.contains("lowercase") {
            #expect(truth == 1)
        } else {
            #expect(truth == (expected ? 1 : 0))
        }
    }

    @Test("A missing argument makes a result missing, but not that of an aggregate")
    func missing() throws {
        let sum = Self.apply("+", "x", "y")
        let refused = try Self.evaluate(Self.document(sum), y: .missing)
        #expect(refused.refusal == .init(code: .missingValue, field: "y"))
        #expect(refused.missing == ["y"])
        let least = try Self.evaluate(Self.document(Self.apply("min", "x", "y")), y: .missing)
        #expect(least.value == 3)
        #expect(least.imputed == ["y"])
        let none = Self.apply("max", "x", "y")
        #expect(try Self.evaluate(Self.document(none), x: .missing, y: .missing).value == nil)
    }

    @Test("One false decides an and, one true decides an or, whatever is missing")
    func kleene() throws {
        let isThree = Self.apply("equal", "x", "3")
        let isTwo = Self.apply("equal", "y", "2")
        for (function, x, expected) in [("or", 3.0, 1.0), ("and", 4.0, 0.0)] {
            let text = Self.document(
                Self.apply("if", Self.apply(function, isThree, isTwo), "1", "0")
            )
            #expect(try Self.evaluate(text, x: .number(x), y: .missing).value == expected)
        }
        let text = Self.document(Self.apply("if", Self.apply("and", isThree, isTwo), "1", "0"))
        #expect(try Self.evaluate(text, y: .missing).status == .refused)
    }

    @Test("mapMissingTo stands for missing arguments, defaultValue for a missing result")
    func replacements() throws {
        let mapped = Self.apply("+", "x", "y", extra: " mapMissingTo=\"7\"")
        #expect(try Self.evaluate(Self.document(mapped), y: .missing).value == 7)
        #expect(try Self.evaluate(Self.document(mapped)).value == 5)
        let defaulted = Self.apply("max", "x", "y", extra: " defaultValue=\"8\"")
        #expect(try Self.evaluate(Self.document(defaulted), y: .missing).value == 3)
        let both = try Self.evaluate(Self.document(defaulted), x: .missing, y: .missing)
        #expect(both.value == 8)
        #expect(both.imputed.sorted() == ["x", "y"])
        let condition = Self.apply("equal", "x", "3")
        let branch = Self.apply("if", condition, "1", "0", extra: " mapMissingTo=\"9\"")
        #expect(try Self.evaluate(Self.document(branch), x: .missing).value == 9)
        #expect(try Self.evaluate(Self.document(branch), x: .number(3)).value == 1)
        #expect(try Self.evaluate(Self.document(branch), x: .number(4)).value == 0)
        let reference = #"<FieldRef field="x" mapMissingTo="4"/>"#
        #expect(try Self.evaluate(Self.document(reference), x: .missing).value == 4)
    }

    @Test("Only the branch that is taken is evaluated, so that it may guard the other")
    func branches() throws {
        let guarded = Self.apply(
            "if",
            Self.apply("greaterThan", "x", "0"),
            Self.apply("ln", "x"),
            "-1"
        )
        #expect(try Self.evaluate(Self.document(guarded), x: .number(0)).value == -1)
        #expect(try Self.evaluate(Self.document(guarded), x: .number(1)).value == 0)
    }

    @Test(
        "A result that a function does not define is refused, or missing where the document says",
        arguments: [
            apply("/", "x", "0"), apply("ln", "0"), apply("ln", "-1"), apply("sqrt", "-1"),
            apply("pow", "0", "-1"), apply("exp", "1000"), apply("modulo", "x", "0"),
            apply("acos", "2"), apply("stdNormalIDF", "1"),
        ]
    )
    func undefined(expression: String) throws {
        let refused = try Self.evaluate(Self.document(expression))
        #expect(refused.refusal?.code == .notFinite)
        #expect(refused.value == nil)
        let missing = expression.replacing(
            "\">",
            with: "\" invalidValueTreatment=\"asMissing\" defaultValue=\"5\">",
            maxReplacements: 1
        )
        #expect(try Self.evaluate(Self.document(missing)).value == 5)
    }

    @Test(
        "NormContinuous draws straight lines and treats what lies outside",
        arguments: [
            ("asIs", 1.5, 15.0), ("asIs", 0, 0), ("asIs", 4, 70), ("asIs", -1, -10),
            ("asExtremeValues", 4, 50), ("asExtremeValues", -1, 0), ("asIs", 2.5, 35),
        ]
    )
    func normContinuous(outliers: String, x: Double, expected: Double) throws {
        let text = """
            <NormContinuous field="x" outliers="\(outliers)"><LinearNorm orig="0" norm="0"/>
            <LinearNorm orig="2" norm="20"/><LinearNorm orig="3" norm="50"/></NormContinuous>
            """
        let value = try Self.evaluate(Self.document(text), x: .number(x)).value
        // Beyond the points the outer lines go on: 30 a unit on the right, 10 on the left.
        #expect(value == (x == 4 && outliers == "asIs" ? 80 : expected))
    }

    @Test("NormContinuous can call outliers missing, and give a number for missing ones")
    func normMissing() throws {
        let text = """
            <NormContinuous field="x" outliers="asMissingValues" mapMissingTo="0.5">
            <LinearNorm orig="0" norm="0"/><LinearNorm orig="2" norm="20"/></NormContinuous>
            """
        #expect(try Self.evaluate(Self.document(text), x: .missing).value == 0.5)
        #expect(try Self.evaluate(Self.document(text), x: .number(3)).status == .refused)
    }

    @Test("NormDiscrete, Discretize and MapValues give the value of what matches")
    func tables() throws {
        let indicator = #"<NormDiscrete field="c" value="b" mapMissingTo="0.25"/>"#
        #expect(try Self.evaluate(Self.document(indicator)).value == 1)
        #expect(try Self.evaluate(Self.document(indicator), c: .category("a")).value == 0)
        #expect(try Self.evaluate(Self.document(indicator), c: .missing).value == 0.25)
        let bins = """
            <Discretize field="x" defaultValue="9" mapMissingTo="8">
            <DiscretizeBin binValue="1"><Interval closure="closedOpen" leftMargin="0"
            rightMargin="3"/></DiscretizeBin>
            <DiscretizeBin binValue="2"><Interval closure="closedOpen" leftMargin="3"
            rightMargin="5"/></DiscretizeBin></Discretize>
            """
        for (x, expected) in [(2.9, 1.0), (3, 2), (5, 9), (-1, 9)] {
            #expect(try Self.evaluate(Self.document(bins), x: .number(x)).value == expected)
        }
        #expect(try Self.evaluate(Self.document(bins), x: .missing).value == 8)
        let map = """
            <MapValues outputColumn="o" defaultValue="7"><FieldColumnPair field="c" column="a"/>
            <FieldColumnPair field="y" column="b"/><InlineTable>
            <row><a>b</a><b>1</b><o>10</o></row><row><a>b</a><b>2</b><o>20</o></row>
            </InlineTable></MapValues>
            """
        #expect(try Self.evaluate(Self.document(map)).value == 20)
        #expect(try Self.evaluate(Self.document(map), y: .number(1)).value == 10)
        #expect(try Self.evaluate(Self.document(map), c: .category("z")).value == 7)
        #expect(try Self.evaluate(Self.document(map), c: .missing).status == .refused)
    }

    @Test("A derived category can be compared, and single precision is rounded")
    func types() throws {
        let text = Self.document(
            Self.apply("if", Self.apply("greaterThan", "x", "2"), "high", "low"),
            type: "string",
            predictor: #"<CategoricalPredictor name="d" value="high" coefficient="6"/>"#
        )
        #expect(try Self.evaluate(text).value == 6)
        #expect(try Self.evaluate(text, x: .number(1)).value == 0)
        let single = Self.document(#"<FieldRef field="x"/>"#, type: "float")
        #expect(try Self.evaluate(single, x: .number(0.1)).value == Double(Float(0.1)))
        let whole = Self.document(#"<FieldRef field="x"/>"#, type: "integer")
        #expect(try Self.evaluate(whole).value == 3)
        let fraction = try Self.evaluate(whole, x: .number(2.5))
        #expect(fraction.refusal == .init(code: .invalidValue, field: "x"))
    }

    @Test("A function of the document is expanded where it is called")
    func defined() throws {
        let dictionary = """
            <TransformationDictionary>
            <DefineFunction name="double" optype="continuous" dataType="double">
            <ParameterField name="p"/><Apply function="*"><FieldRef field="p"/>
            <Constant>2</Constant></Apply></DefineFunction>
            <DefineFunction name="quadruple" optype="continuous" dataType="double">
            <ParameterField name="p"/><Apply function="double"><Apply function="double">
            <FieldRef field="p"/></Apply></Apply></DefineFunction>
            <DerivedField name="e" optype="continuous" dataType="double">
            <Apply function="double"><FieldRef field="y"/></Apply></DerivedField>
            </TransformationDictionary>
            """
        let text = Self.document(
            Self.apply("+", Self.apply("quadruple", "x"), "e"),
            dictionary: dictionary
        )
        #expect(try Self.evaluate(text).value == 16)
        let recursive = dictionary.replacing(
            "<Apply function=\"double\"><Apply",
            with: "<Apply function=\"quadruple\"><Apply"
        )
        let refused = Self.document(Self.apply("quadruple", "x"), dictionary: recursive)
        #expect(Sample.error(refused)?.element == "DefineFunction")
    }

    @Test("Fields that depend on each other in a circle are refused with element and line")
    func cycles() throws {
        let other = """
            \n<DerivedField name="e" optype="continuous" dataType="double">
            <FieldRef field="d"/></DerivedField>
            """
        let text = Self.document(Self.apply("+", "e", "1"), more: other)
        let error = try #require(Sample.error(text))
        #expect(error.code == .invalid)
        #expect(error.element.hasPrefix("DerivedField"))
        #expect(error.line == 13)
        let itself = Self.document(Self.apply("+", "d", "1"))
        #expect(Sample.error(itself)?.element.hasPrefix("DerivedField") == true)
        // Also when nothing reads them.
        let unread = Self.document(
            #"<FieldRef field="x"/>"#,
            more: other.replacing("\"d\"", with: "\"e\"")
        )
        #expect(Sample.error(unread)?.element.hasPrefix("DerivedField") == true)
    }

    private static let refusals: [(String, String)] = [
        (apply("matches", "c", "b"), "Apply@function"),
        (apply("unknown", "x"), "Apply@function"),
        (apply("ln", "x", "y"), "Apply"), ("<TextIndex/>", "TextIndex"),
        ("<Aggregate field=\"x\" function=\"sum\"/>", "Aggregate"),
        ("<Lag field=\"x\"/>", "Lag"),
        ("<FieldRef field=\"z\"/>", "FieldRef@field"), ("", "DerivedField expression"),
        ("<Constant dataType=\"double\">1e999</Constant>", "Constant"),
        ("<Constant dataType=\"date\">2020-01-01</Constant>", "Constant@dataType"),
        (
            "<NormContinuous field=\"x\"><LinearNorm orig=\"1\" norm=\"1\"/></NormContinuous>",
            "NormContinuous"
        ),
        (
            "<NormContinuous field=\"x\"><LinearNorm orig=\"2\" norm=\"1\"/>"
                + "<LinearNorm orig=\"1\" norm=\"1\"/></NormContinuous>", "LinearNorm@orig"
        ),
        (apply("+", "x", "c"), "RegressionModel LIMEN-ENGINE-003"),
        (
            apply("equal", "c", "1", extra: " invalidValueTreatment=\"guess\""),
            "Apply@invalidValueTreatment"
        ),
        ("<FieldRef field=\"x\"/><FieldRef field=\"y\"/>", "FieldRef"),
    ]

    @Test(
        "Faulty and unknown expressions are refused by element",
        arguments: refusals
    )
    func refused(expression: String, element: String) {
        #expect(Sample.error(Self.document(expression))?.element == element)
    }

    @Test("Two fields of one name are refused")
    func duplicate() {
        let more =
            #"<DerivedField name="x" optype="continuous" dataType="double"><FieldRef field="y"/></DerivedField>"#
        let text = Self.document(#"<FieldRef field="x"/>"#, more: more)
        #expect(Sample.error(text)?.element == "DerivedField@name")
    }

    @Test("Functions that call functions cannot grow without bound")
    func expansion() {
        var functions = ""
        for count in 0..<40 {
            let body =
                count == 0
                ? #"<FieldRef field="p"/>"#
                : "<Apply function=\"f\(count - 1)\"><FieldRef field=\"p\"/></Apply>"
            functions +=
                "<DefineFunction name=\"f\(count)\" optype=\"continuous\" dataType=\"double\">"
                + "<ParameterField name=\"p\"/><Apply function=\"+\">\(body)\(body)</Apply>"
                + "</DefineFunction>"
        }
        let text = Self.document(
            Self.apply("f39", "x"),
            dictionary: "<TransformationDictionary>\(functions)</TransformationDictionary>"
        )
        #expect(Sample.error(text)?.code == .tooLarge)
    }

    @Test("Calls nest up to the limit")
    func nesting() throws {
        for (count, isTooDeep) in [(50, false), (110, false), (300, true)] {
            let open = String(repeating: "<Apply function=\"abs\">", count: count)
            let close = String(repeating: "</Apply>", count: count)
            let text = Self.document(open + "<FieldRef field=\"x\"/>" + close)
            #expect(Sample.error(text)?.code == (isTooDeep ? .tooLarge : nil))
            if !isTooDeep { #expect(try Self.evaluate(text).value == 3) }
        }
    }

    /// A document with a function of one parameter.
    private static func function(
        _ body: String,
        type: String = "",
        parameter: String = "",
        argument: String = "x"
    ) -> String {
        document(
            apply("f", argument),
            dictionary: "<TransformationDictionary><DefineFunction name=\"f\" "
                + "optype=\"continuous\"\(type)><ParameterField name=\"p\"\(parameter)/>\(body)"
                + "</DefineFunction></TransformationDictionary>"
        )
    }

    @Test("A function brings its parameters and its result to the types that it states")
    func definedTypes() throws {
        let same = #"<FieldRef field="p"/>"#
        for (type, parameter) in [
            (#" dataType="integer""#, ""), ("", #" dataType="integer""#),
        ] {
            let whole = Self.function(same, type: type, parameter: parameter)
            #expect(try Self.evaluate(whole).value == 3)
            let fraction = try Self.evaluate(whole, x: .number(2.5))
            #expect(fraction.refusal == .init(code: .invalidValue, field: "x"))
        }
        let single = Self.function(same, parameter: #" dataType="float""#)
        #expect(try Self.evaluate(single, x: .number(0.1)).value == Double(Float(0.1)))
        let plain = Self.function(same, type: #" dataType="double""#)
        #expect(try Self.evaluate(plain, x: .number(0.1)).value == 0.1)
        let text = Self.function(
            Self.apply("stringLength", #"<FieldRef field="p"/>"#),
            parameter: #" dataType="string""#,
            argument: "c"
        )
        #expect(try Self.evaluate(text, c: .category("abc")).value == 3)
        let unknown = Self.function(same, type: #" dataType="date""#)
        #expect(Sample.error(unknown)?.element == "DefineFunction@dataType")
    }

    @Test("A parameter of the type of its field still is a field")
    func fieldParameter() throws {
        let norm = """
            <NormContinuous field="p"><LinearNorm orig="0" norm="0"/>
            <LinearNorm orig="2" norm="20"/></NormContinuous>
            """
        let text = Self.function(norm, parameter: #" dataType="double""#)
        #expect(try Self.evaluate(text).value == 30)
    }

    /// A number that is 0.1 in single precision, which lies farther above 0.1 than it.
    private static let almost = 0.100_000_000_1

    /// Elements that read a field, each with what it gives for that number in single and in
    /// double precision.
    private static let readers: [(String, Double, Double)] = [
        (
            """
            <Discretize field="p" defaultValue="1"><DiscretizeBin binValue="2">
            <Interval closure="openOpen" leftMargin="0.100000001"/></DiscretizeBin></Discretize>
            """, 2, 1
        ),
        (
            """
            <NormContinuous field="p"><LinearNorm orig="0" norm="0"/>
            <LinearNorm orig="2" norm="2"/></NormContinuous>
            """, Double(Float(almost)), almost
        ),
        (#"<NormDiscrete field="p" value="0.1"/>"#, 1, 0),
        (
            """
            <MapValues outputColumn="o" defaultValue="1"><FieldColumnPair field="p" column="i"/>
            <InlineTable><row><i>0.1</i><o>3</o></row></InlineTable></MapValues>
            """, 3, 1
        ),
    ]

    @Test(
        "A parameter of another type than its field is converted before an element reads it",
        arguments: readers
    )
    func convertedParameter(body: String, single: Double, double: Double) throws {
        for (type, expected) in [("float", single), ("double", double)] {
            let text = Self.function(
                body,
                type: #" dataType="double""#,
                parameter: " dataType=\"\(type)\""
            )
            #expect(try Self.evaluate(text, x: .number(Self.almost)).value == expected)
            // A missing argument stays one, under its own name.
            let open = try Self.evaluate(text, x: .missing)
            #expect(open.refusal == .init(code: .missingValue, field: "x"))
        }
    }

    @Test("The field for a converted parameter has a name of its own, wherever it is needed")
    func convertedNames() throws {
        let (body, expected, _) = Self.readers[0]
        let dictionary = """
            <TransformationDictionary><DefineFunction name="f" optype="continuous"
            dataType="double"><ParameterField name="p" dataType="float"/>\(body)</DefineFunction>
            <DefineFunction name="g" optype="continuous" dataType="double">
            <ParameterField name="q" dataType="float"/><Apply function="f"><FieldRef field="q"/>
            </Apply></DefineFunction>
            <DerivedField name="e" optype="continuous" dataType="double">
            <Apply function="f"><FieldRef field="y"/></Apply></DerivedField>
            <DerivedField name="x as float" optype="continuous" dataType="double">
            <Constant dataType="double">0</Constant></DerivedField>
            </TransformationDictionary>
            """
        let sum = Self.apply(
            "+",
            Self.apply("+", Self.apply("f", "x"), Self.apply("g", "x")),
            Self.apply("+", Self.apply("f", "y"), "e")
        )
        let text = Self.document(sum, dictionary: dictionary)
        let result = try Self.evaluate(text, x: .number(Self.almost), y: .number(Self.almost))
        #expect(result.value == 4 * expected)
    }

    @Test(
        "Whether a value is valid is not asked where invalid ones are kept",
        arguments: ["isValid", "isNotValid"]
    )
    func validity(function: String) throws {
        let text = Self.document(Self.apply("if", Self.apply(function, "x"), "1", "0"))
        let kept = text.replacing(
            "<MiningField name=\"x\"/>",
            with: #"<MiningField name="x" invalidValueTreatment="asIs"/>"#
        )
        let interval = kept.replacing(
            #"<DataField name="x" optype="continuous" dataType="double"/>"#,
            with: #"<DataField name="x" optype="continuous" dataType="double">"#
                + #"<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DataField>"#
        )
        let error = Sample.error(interval)
        #expect(error?.code == .unsupported)
        #expect(error?.element == "RegressionModel LIMEN-ENGINE-012")
        // Where every number is valid, and where an invalid one is treated, the row says it.
        let expected = function == "isValid" ? 1.0 : 0
        #expect(try Self.evaluate(kept).value == expected)
        let missing = interval.replacing("asIs", with: "asMissing")
        #expect(try Self.evaluate(missing).value == expected)
        #expect(try Self.evaluate(missing, x: .number(11)).value == 1 - expected)
    }
}

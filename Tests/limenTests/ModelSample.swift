/// Small documents of which each part can be made wrong.
enum ModelSample {
    /// What may be wrong with a document, so that no command may use it.
    enum Broken: String, CaseIterable {
        case documentType
        case dates
        case overflow
        case cycle
        case withoutBaseline
        case overlappingTree
        case millionNodes
        case deep
        case cut
        case empty

        /// The document.
        var document: String {
            switch self {
            case .documentType: "<!DOCTYPE PMML [<!ENTITY a \"b\">]>" + card()
            case .dates: card(x: "<DataField name=\"x\" optype=\"continuous\" dataType=\"date\"/>")
            case .overflow: card(border: "1e999")
            case .cycle: ModelSample.cycle
            case .withoutBaseline: ModelSample.withoutBaseline
            case .overlappingTree: ModelSample.overlappingTree
            case .millionNodes: ModelSample.millionNodes
            case .deep: ModelSample.deep
            case .cut: String(card().prefix(400))
            case .empty: ""
            }
        }

        /// What each command says of it, behind the line.
        var expected: String {
            switch self {
            case .documentType: "1: a document type or entity is not accepted [LIMEN-PMML-002]"
            case .dates: "4: DataField@dataType is not supported [LIMEN-PMML-003]"
            case .overflow: ": SimplePredicate@value is not valid [LIMEN-PMML-004]"
            case .cycle:
                ": the field depends on itself [LIMEN-PMML-004, LIMEN-ENGINE-009]"
            case .withoutBaseline: ": Characteristic@baselineScore is not valid [LIMEN-PMML-004]"
            case .overlappingTree:
                ": Node: more than one child can hold, or one can never be reached"
                    + " [LIMEN-PMML-004, LIMEN-ENGINE-010]"
            case .millionNodes: " is larger or deeper than the limits allow [LIMEN-PMML-006]"
            case .deep: ": Extension is larger or deeper than the limits allow [LIMEN-PMML-006]"
            case .cut: "[LIMEN-PMML-001]"
            case .empty: "[LIMEN-PMML-001]"
            }
        }
    }

    /// A number of 0 to 10 per minute.
    private static let number = """
        <DataField name="x" optype="continuous" dataType="double">
        <Extension name="unit" value="/min"/>
        <Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DataField>
        """

    /// A scorecard: 2 points above the border, 1 at it and below.
    static func card(
        x: String = number,
        mining: String = "",
        first: String = "greaterThan",
        second: String = "lessOrEqual",
        border: String = "5",
        extra: String? = nil,
        rows: String = ""
    ) -> String {
        let verification =
            rows.isEmpty
            ? ""
            : """
            <ModelVerification><VerificationFields><VerificationField field="x"/>
            <VerificationField field="t"/></VerificationFields>
            <InlineTable>\(rows)</InlineTable></ModelVerification>
            """
        let field = extra.map {
            "<DataField name=\"\($0)\" optype=\"categorical\" dataType=\"string\"/>"
        }
        return document(
            fields: x + (field ?? ""),
            """
            <Scorecard modelName="card" functionName="regression" useReasonCodes="false">
            <MiningSchema><MiningField name="x" \(mining)/>
            \(extra.map { "<MiningField name=\"\($0)\"/>" } ?? "")
            <MiningField name="t" usageType="target"/></MiningSchema>
            <Characteristics><Characteristic name="x">
            <Attribute partialScore="2">
            <SimplePredicate field="x" operator="\(first)" value="5"/></Attribute>
            <Attribute partialScore="1">
            <SimplePredicate field="x" operator="\(second)" value="\(border)"/></Attribute>
            </Characteristic></Characteristics>\(verification)</Scorecard>
            """
        )
    }

    /// A regression on a field that a function makes of two inputs.
    static func formula(_ function: String) -> String {
        let other = number.split(separator: "\"x\"").joined(separator: "\"y\"")
        return document(
            fields: number + other,
            regression(
                """
                <DerivedField name="d" optype="continuous" dataType="double">
                <Apply function="\(function)"><FieldRef field="x"/><FieldRef field="y"/></Apply>
                </DerivedField>
                """,
                inputs: ["x", "y"]
            )
        )
    }

    /// Two derived fields, each made from the other.
    static var cycle: String {
        func field(_ name: String, _ other: String) -> String {
            "<DerivedField name=\"\(name)\" optype=\"continuous\" dataType=\"double\">"
                + "<FieldRef field=\"\(other)\"/></DerivedField>\n"
        }
        return document(
            fields: number,
            regression(field("d", "e") + field("e", "d"), inputs: ["x"])
        )
    }

    /// A scorecard that asks for reason codes and has nothing to compare with.
    static var withoutBaseline: String {
        card().split(separator: "useReasonCodes=\"false\"")
            .joined(separator: "useReasonCodes=\"true\" reasonCodeAlgorithm=\"pointsAbove\"")
    }

    /// A tree of which both branches hold for the same values.
    static var overlappingTree: String {
        tree(
            ["lessThan", "lessOrEqual"].map {
                """
                <Node score="1"><SimplePredicate field="x" operator="\($0)" value="5"/></Node>
                """
            }.joined()
        )
    }

    /// A tree of more nodes than anyone reads.
    static var millionNodes: String {
        tree(String(repeating: "<Node score=\"1\"><True/></Node>\n", count: 1_000_000))
    }

    /// Elements within elements within elements.
    static var deep: String {
        let open = String(repeating: "<Extension>", count: 300)
        let close = String(repeating: "</Extension>", count: 300)
        return document(fields: number + open + close, "")
    }

    private static func tree(_ nodes: String) -> String {
        document(
            fields: number,
            """
            <TreeModel functionName="regression"><MiningSchema><MiningField name="x"/>
            <MiningField name="t" usageType="target"/></MiningSchema>
            <Node><True/>\(nodes)</Node></TreeModel>
            """
        )
    }

    private static func regression(_ derived: String, inputs: [String]) -> String {
        """
        <RegressionModel functionName="regression"><MiningSchema>
        \(inputs.map { "<MiningField name=\"\($0)\"/>" }.joined())
        <MiningField name="t" usageType="target"/></MiningSchema>
        <LocalTransformations>\(derived)</LocalTransformations>
        <RegressionTable intercept="1"><NumericPredictor name="d" coefficient="2"/>
        </RegressionTable></RegressionModel>
        """
    }

    private static func document(fields: String, _ model: String) -> String {
        """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
        <Header/>
        <DataDictionary>
        \(fields)
        <DataField name="t" optype="continuous" dataType="double"/>
        </DataDictionary>
        \(model)
        </PMML>
        """
    }
}

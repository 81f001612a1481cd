import ClinicalEngine
import Testing

/// A scorecard of the kind that credit and insurance use: points for missing values, reason codes
/// on attributes, an own baseline for each characteristic.
@Suite("A scorecard with points for missing values")
struct WorkedExampleTests {
    private static let text = """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
        <DataDictionary>
        <DataField name="ward" optype="categorical" dataType="string"/>
        <DataField name="age" optype="continuous" dataType="integer"/>
        <DataField name="stay" optype="continuous" dataType="double"/>
        <DataField name="points" optype="continuous" dataType="double"/>
        </DataDictionary>
        <Scorecard functionName="regression" initialScore="100" reasonCodeAlgorithm="pointsBelow"
          baselineMethod="other">
        <MiningSchema>
        <MiningField name="ward" invalidValueTreatment="asMissing"/>
        <MiningField name="age" invalidValueTreatment="asMissing"/>
        <MiningField name="stay" invalidValueTreatment="asMissing"/>
        <MiningField name="points" usageType="target"/>
        </MiningSchema>
        <Output>
        <OutputField name="points" feature="predictedValue"/>
        <OutputField name="first" feature="reasonCode" rank="1"/>
        <OutputField name="second" feature="reasonCode" rank="2"/>
        </Output>
        <Characteristics>
        <Characteristic name="wardScore" reasonCode="W" baselineScore="20">
        <Attribute partialScore="-9">
        <SimplePredicate field="ward" operator="isMissing"/></Attribute>
        <Attribute partialScore="20">
        <SimplePredicate field="ward" operator="equal" value="surgery"/></Attribute>
        <Attribute partialScore="4">
        <SimplePredicate field="ward" operator="equal" value="medicine"/></Attribute>
        <Attribute partialScore="0"><True/></Attribute>
        </Characteristic>
        <Characteristic name="ageScore" reasonCode="A" baselineScore="18">
        <Attribute partialScore="-1" reasonCode="A0">
        <SimplePredicate field="age" operator="isMissing"/></Attribute>
        <Attribute partialScore="0">
        <SimplePredicate field="age" operator="lessOrEqual" value="30"/></Attribute>
        <Attribute partialScore="18" reasonCode="A2">
        <SimplePredicate field="age" operator="greaterThan" value="30"/></Attribute>
        </Characteristic>
        <Characteristic name="stayScore" reasonCode="S" baselineScore="10">
        <Attribute partialScore="26">
        <SimplePredicate field="stay" operator="lessOrEqual" value="2.5"/></Attribute>
        <Attribute partialScore="5"><True/></Attribute>
        </Characteristic>
        </Characteristics>
        <ModelVerification>
        <VerificationFields>
        <VerificationField field="ward"/><VerificationField field="age"/>
        <VerificationField field="stay"/><VerificationField field="points"/>
        <VerificationField field="first"/><VerificationField field="second"/>
        </VerificationFields>
        <InlineTable>
        <row><ward>medicine</ward><age>25</age><stay>1</stay>
        <points>130</points><first>A</first><second>W</second></row>
        </InlineTable>
        </ModelVerification>
        </Scorecard></PMML>
        """

    struct Case: Sendable {
        let inputs: [InputValue]
        let score: Double
        let reasons: [String]
        var imputed: [String] = []
    }

    @Test(
        "Scores, reasons and what the document decided follow the text of the standard",
        arguments: [
            Case(
                inputs: [.category("medicine"), .number(25), .number(1)],
                score: 130,
                reasons: ["A", "W"]
            ),
            // Equal distances from the baselines keep the order of the document.
            Case(
                inputs: [.category("surgery"), .number(31), .number(9)],
                score: 143,
                reasons: ["S", "W", "A2"]
            ),
            Case(
                inputs: [.category("elsewhere"), .number(31), .number(2.5)],
                score: 144,
                reasons: ["W", "A2"]
            ),
            Case(
                inputs: [.missing, .missing, .number(3)],
                score: 95,
                reasons: ["W", "A0", "S"],
                imputed: ["ward", "age"]
            ),
            Case(
                inputs: [.category("surgery"), .number(30.5), .number(3)],
                score: 124,
                reasons: ["A0", "S", "W"],
                imputed: ["age"]
            ),
        ]
    )
    func cases(row: Case) throws {
        let result = try Sample.compile(Self.text).evaluate(row.inputs)
        #expect(result.status == .complete)
        #expect(result.value == row.score)
        #expect(result.reasonCodes == row.reasons)
        #expect(result.imputed == row.imputed)
    }

    @Test("A field that no attribute asks about stays missing")
    func missing() throws {
        let model = try Sample.compile(Self.text)
        let result = model.evaluate([.category("surgery"), .number(40), .missing])
        #expect(result.status == .incomplete)
        #expect(result.missing == ["stay"])
        #expect(result.lower == 143)
        #expect(result.upper == 164)
    }
}

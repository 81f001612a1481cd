import ClinicalEngine
import Foundation
import PMML
import Support

/// The documents of this repository, and a small one to break.
enum Sample {
    /// The bytes of a model of this repository.
    static func bytes(_ model: String) throws -> [UInt8] {
        let file = Shared.checkout.appendingPathComponent("Profiles/\(model)/model.pmml")
        return Array(try Data(contentsOf: file))
    }

    /// A compiled model of this repository.
    static func model(_ name: String) throws -> ClinicalModel {
        try PMMLDocument.compile(try bytes(name))
    }

    /// A scorecard of one characteristic on two fields; every part can be exchanged.
    static func document(
        namespace: String = "http://www.dmg.org/PMML-4_4",
        version: String = "4.4",
        xField: String = #"<DataField name="x" optype="continuous" dataType="double"/>"#,
        miningX: String = #"<MiningField name="x"/>"#,
        scorecard: String = #"functionName="regression" useReasonCodes="false""#,
        before: String = "",
        predicate: String = #"<SimplePredicate field="x" operator="greaterThan" value="5"/>"#,
        after: String = "",
        verification: String = ""
    ) -> String {
        """
        <PMML xmlns="\(namespace)" version="\(version)">
        <Header/>
        <DataDictionary>
        \(xField)
        <DataField name="c" optype="categorical" dataType="string">
        <Value value="a"/><Value value="b"/><Value value="c d"/>
        </DataField>
        <DataField name="t" optype="continuous" dataType="double"/>
        </DataDictionary>
        <Scorecard \(scorecard)>
        <MiningSchema>
        \(miningX)
        <MiningField name="c"/><MiningField name="t" usageType="target"/>
        </MiningSchema>\(before)
        <Characteristics><Characteristic name="x" reasonCode="X">
        <Attribute partialScore="2">
        \(predicate)
        </Attribute>
        <Attribute partialScore="1"><True/></Attribute>
        </Characteristic></Characteristics>\(after)\(verification)
        </Scorecard>
        </PMML>
        """
    }

    /// Compiles a document that is given as text.
    static func compile(_ text: String) throws -> ClinicalModel {
        try PMMLDocument.compile(Array(text.utf8))
    }

    /// The error with which a text is refused; `nil` when it is accepted.
    static func error(_ text: String) -> PMMLError? {
        do throws(PMMLError) {
            _ = try PMMLDocument.compile(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    /// The rows of a table as dictionaries by column.
    static func table(_ text: String) -> [[String: String]] {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let head = lines.first else { return [] }
        let names = head.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(zip(names, cells.map(String.init))) { first, _ in first }
        }
    }
}

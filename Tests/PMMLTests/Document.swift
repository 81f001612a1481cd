import ClinicalEngine
import PMML

/// Small documents of any kind of model on the fields `x`, `y` and `c`.
enum Document {
    static func text(
        _ model: String,
        fields: String = "",
        target: String = #"<DataField name="t" optype="categorical" dataType="string">"#
            + #"<Value value="yes"/><Value value="no"/><Value value="maybe"/></DataField>"#
    ) -> String {
        """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
        <DataField name="x" optype="continuous" dataType="double"/>
        <DataField name="y" optype="continuous" dataType="double"/>
        <DataField name="c" optype="categorical" dataType="string"><Value value="a"/>
        <Value value="b"/></DataField>\(target)\(fields)
        </DataDictionary>
        \(model)
        </PMML>
        """
    }

    /// The target as a number.
    static var number: String {
        #"<DataField name="t" optype="continuous" dataType="double"/>"#
    }

    /// The schema of all fields.
    static func schema(_ x: String = "", target: Bool = true) -> String {
        "<MiningSchema><MiningField name=\"x\"\(x)/><MiningField name=\"y\"/>"
            + "<MiningField name=\"c\"/>"
            + (target ? "<MiningField name=\"t\" usageType=\"target\"/>" : "")
            + "</MiningSchema>"
    }

    static func evaluate(
        _ text: String,
        x: Double? = 3,
        y: Double? = 2,
        c: String? = "b"
    ) throws -> Evaluation {
        try Sample.compile(text).evaluate([
            x.map { .number($0) } ?? .missing, y.map { .number($0) } ?? .missing,
            c.map { .category($0) } ?? .missing,
        ])
    }
}

import Mapping

/// Says in what form a value stood in its resource, for a clinician.
///
///     from 101.3 °F        from SNOMED CT 248234008        2 L/min
enum OriginText {
    /// The text, not escaped; `nil` when the value stood there as it is shown.
    static func text(of input: MappingReport.Input) -> String? {
        guard let conversion = input.conversion else { return nil }
        let original = conversion.originalText
        let unit = conversion.originalUnit
        guard unit != "text" else { return "from \"" + original + "\"" }
        if !original.isEmpty, unit.hasSuffix("|" + original) {
            // A coding: its code once, with the name of a system that a reader knows.
            let system = systems[String(unit.dropLast(original.count + 1))]
            return "from " + (system.map { $0 + " " } ?? "") + original
        }
        let display = UnitDisplay.text(unit)
        let quantity = display.isEmpty ? original : original + " " + display
        // A fact that was drawn from a quantity: the quantity tells more than the word "from".
        if case .boolean = input.value { return quantity }
        return "from " + quantity
    }

    private static let systems = [
        "http://snomed.info/sct": "SNOMED CT", "http://loinc.org": "LOINC",
    ]
}

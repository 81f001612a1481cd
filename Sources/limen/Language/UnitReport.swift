import JSON
import UCUM

/// What there is to say of a text that should be a unit.
struct UnitReport {
    let text: String
    let unit: UCUMUnit?
    let error: UCUMError?
    let hint: UCUMHint?

    init(_ text: String) {
        self.text = text
        hint = UCUMHint(for: text)
        do throws(UCUMError) {
            unit = try UCUMUnit(parsing: text)
            error = nil
        } catch {
            unit = nil
            self.error = error
        }
    }

    /// What kind of unit it is.
    private var kind: String {
        guard let unit else { return "invalid" }
        if unit.isArbitrary { return "arbitrary" }
        return unit.isSpecial ? "special" : "proper"
    }

    /// The report as cells of a table.
    var cells: [String] {
        let shown = JSONWriter.quoted(text)
        let meant = hint.map { "; did you mean \($0.suggestion), \($0.name)?" } ?? ""
        guard let unit else {
            let place = error.map { "byte \($0.offset): \($0.sentence)" } ?? ""
            return [shown, "invalid", place + meant]
        }
        let formula = unit.canonicalFormula ?? "no conversion"
        let base = unit.canonicalText + (formula.isEmpty ? "" : " (\(formula))")
        return [shown, "valid", unit.displayName + meant, base]
    }

    /// Writes the report as an object.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("text", text)
        writer.member("valid", unit != nil)
        if let unit {
            writer.member("kind", kind)
            writer.member("name", unit.displayName)
            writer.member("canonical", unit.canonicalText)
            writer.member("formula", ifPresent: unit.canonicalFormula)
        }
        if text.isEmpty, let name = try? UCUMUnit.displayName(of: text) {
            // No unit expression, and yet UCUM shows it in words.
            writer.member("name", name)
        }
        if let error {
            writer.name("error")
            writer.beginObject()
            writer.member("code", error.code.rawValue)
            writer.member("position", error.offset)
            writer.member("message", error.sentence)
            writer.endObject()
        }
        if let hint {
            writer.name("hint")
            writer.beginObject()
            writer.member("unit", hint.suggestion)
            writer.member("name", hint.name)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension JSONWriter {
    /// A text in quotes, its control characters escaped.
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return writer.text
    }
}

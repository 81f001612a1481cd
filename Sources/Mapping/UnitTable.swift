import Basics
import JSON
import UCUM

/// How quantities reach the unit of an input: the target, the site's aliases, common units ready.
///
/// A unit is never guessed. Accepted are, in this order:
/// 1. an alias declared for `system|code`, whatever the system;
/// 2. the code of a Quantity whose system is UCUM;
/// 3. for a code of another system, or without a system: an alias declared for the code alone;
/// 4. without a code: an alias declared for the `unit` text, or that text when it is itself a
///    UCUM unit; both are flagged `unit-from-text`.
///
/// A code without a system is not taken as UCUM (FHIR R4 invariant qty-3 asks for the system):
/// under UCUM `C` is the coulomb, and nobody said which language `C` is.
final class UnitTable: Sendable {
    private let path: UnitPath
    private let known: CodeIndex<PreparedConversion>
    private let aliases: CodeIndex<PreparedConversion>

    static let system = Array("http://unitsofmeasure.org".utf8)
    /// The key of an alias that is declared for a bare text or code.
    private static let bareSystem = Array("*".utf8)

    /// Units of the wild whose conversions are prepared at load, where they fit the target.
    private static let common = [
        "/min", "{beats}/min", "{breaths}/min", "1/min", "{Beats}/min", "%", "1", "{score}",
        "%{HemoglobinSaturation}", "mm[Hg]", "kPa", "Cel", "[degF]", "K", "L/min", "l/min",
        "mL/min", "mmol/L", "mg/dL", "umol/L", "g/L", "g/dL", "kg", "g", "[lb_av]", "cm", "m",
        "[in_i]", "10*3/uL", "10*9/L",
    ]

    enum Outcome {
        case conversion(PreparedConversion, fromText: Bool)
        case finding(Finding, member: String)
    }

    /// The unit of the input.
    var target: UCUMUnit { path.target }

    init(path: UnitPath, aliases: [(text: String, conversion: PreparedConversion)]) {
        self.path = path
        var prepared: [(token: CodeToken, payload: PreparedConversion)] = []
        for text in [path.target.text] + Self.common.filter({ $0 != path.target.text }) {
            guard let unit = Self.unit(text),
                let conversion = path.conversion(from: unit)
            else { continue }
            prepared.append((CodeToken(system: [], code: Array(text.utf8)), conversion))
        }
        known = CodeIndex(prepared)
        var declared: [(token: CodeToken, payload: PreparedConversion)] = []
        for alias in aliases {
            let bare = CodeToken(system: Self.bareSystem, code: Array(alias.text.utf8))
            // A key with a bar is `system|code`; UCUM itself writes no bar in a unit.
            declared.append((CodeToken(text: alias.text) ?? bare, alias.conversion))
        }
        self.aliases = CodeIndex(declared)
    }

    /// Finds the conversion for a Quantity.
    func conversion(for quantity: JSONPlace, on tape: JSONTape) -> Outcome {
        // A Quantity names its unit with the members of a Coding.
        if let coding = CodingPlaces(quantity, on: tape) {
            let outcome = conversion(coding, on: tape)
            guard contradicts(quantity, coding, outcome, on: tape) else { return outcome }
            return .finding(.unitsDisagree, member: "unit")
        }
        guard let text = tape.member(MemberNames.unit, of: quantity), tape.isNonEmptyString(text)
        else {
            return .finding(.unitMissing, member: "unit")
        }
        if let alias = bareAlias(text, on: tape) { return .conversion(alias, fromText: true) }
        return ucum(text, on: tape, member: "unit", fromText: true)
    }

    /// Whether the unit text names another unit than the code, of another size or another kind.
    ///
    /// The text is for people and may be anything: `C` beside `Cel` is no coulomb. Only where it
    /// plainly spells a unit, or could be the unit of the value as well as the code, and would
    /// make it another value, is it unknown which of the two was meant.
    private func contradicts(
        _ quantity: JSONPlace,
        _ coding: CodingPlaces,
        _ outcome: Outcome,
        on tape: JSONTape
    ) -> Bool {
        guard case .conversion(let byCode, _) = outcome, let system = coding.system,
            tape.isString(system, Self.system),
            let place = tape.member(MemberNames.unit, of: quantity),
            tape.kind(place) == .string, !tape.isSameText(place, coding.code),
            let text = tape.string(place)
        else { return false }
        let byText: PreparedConversion
        if let alias = bareAlias(place, on: tape) {
            byText = alias
        } else if let spelled = UnitSpelling.unit(text) {
            // The usual case, `mmHg` beside `mm[Hg]`, need convert nothing.
            if tape.isString(coding.code, spelled) { return false }
            guard let conversion = conversion(ofUCUM: spelled) else {
                // A single letter may be anything; a unit that is spelled out may not.
                return !UnitSpelling.isLetter(text)
                    && !UnitSpelling.isShort(spelled, for: tape.string(coding.code) ?? "")
            }
            byText = conversion
        } else if case .conversion(let found, _) = ucum(
            place,
            on: tape,
            member: "unit",
            fromText: true
        ) {
            byText = found
        } else {
            guard let written = UnitSpelling.compound(text) else { return false }
            if tape.isString(coding.code, written) { return false }
            guard let unit = Self.unit(written) else { return false }
            guard let conversion = path.conversion(from: unit) else {
                return !UnitSpelling.isLoose(written, for: tape.string(coding.code) ?? "")
            }
            byText = conversion
        }
        return [DecimalNumber(0), DecimalNumber(100)].contains {
            byText.convert($0) != byCode.convert($0)
        }
    }

    private func conversion(_ coding: CodingPlaces, on tape: JSONTape) -> Outcome {
        if !aliases.isEmpty, let alias = aliases.find(coding, on: tape) {
            return .conversion(alias, fromText: false)
        }
        if let system = coding.system, tape.isString(system, Self.system) {
            return ucum(coding.code, on: tape, member: "code", fromText: false)
        }
        if let alias = bareAlias(coding.code, on: tape) {
            return .conversion(alias, fromText: false)
        }
        return .finding(
            coding.system == nil ? .unitWithoutSystem : .unitForeign,
            member: "system"
        )
    }

    /// The conversion of a UCUM unit that an expression gives; `nil` where there is none.
    func conversion(ofUCUM text: String) -> PreparedConversion? {
        if let ready = known.find(CodeToken(system: [], code: Array(text.utf8))) { return ready }
        return Self.unit(text).flatMap { path.conversion(from: $0) }
    }

    private func bareAlias(_ text: JSONPlace, on tape: JSONTape) -> PreparedConversion? {
        guard !aliases.isEmpty else { return nil }
        return aliases.find(system: Self.bareSystem, code: text, on: tape)
    }

    private func ucum(
        _ text: JSONPlace,
        on tape: JSONTape,
        member: String,
        fromText: Bool
    ) -> Outcome {
        if let ready = known.find(system: [], code: text, on: tape) {
            return .conversion(ready, fromText: fromText)
        }
        guard let unit = tape.string(text).flatMap({ Self.unit($0) }) else {
            return .finding(.unitUnknown, member: member)
        }
        guard let conversion = path.conversion(from: unit) else {
            return .finding(.unitIncompatible, member: member)
        }
        return .conversion(conversion, fromText: fromText)
    }

    private static func unit(_ text: String) -> UCUMUnit? {
        do throws(UCUMError) { return try UCUMUnit(parsing: text) } catch { return nil }
    }
}

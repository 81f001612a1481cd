import Basics
import ClinicalEngine
import JSON
import PMML
import UCUM

extension LintPass {
    /// The model beside the profile, and whether the inputs are what it takes.
    mutating func checkModel() {
        guard let node = root["model"], let name = node.text else { return }
        guard let bytes = files[name] else {
            add(
                .error,
                .missingFile,
                node,
                "the model that is named here is not in the folder",
                accepted: files.keys.filter { $0.hasSuffix(".pmml") }.sorted().joined(
                    separator: ", "
                )
            )
            return
        }
        do {
            _ = try PMMLDocument.compile(bytes)
        } catch {
            add(
                .error,
                .model,
                file: name,
                line: max(1, error.line),
                path: error.element,
                "the model cannot be used: " + Self.sentence(error.code)
            )
        }
        let model = LintModel(file: name, bytes)
        guard !model.fields.isEmpty else { return }
        self.model = model
        checkFields(model)
        for input in modelInputs {
            guard let field = model.fields.first(where: { $0.name == input.name }) else { continue }
            check(input, field)
        }
        for other in files.keys.sorted() where other.hasSuffix(".pmml") && other != name {
            add(.note, .unusedFile, file: other, "the profile names another model")
        }
    }

    private static func sentence(_ code: PMMLError.Code) -> String {
        switch code {
        case .malformed: "it is no well-formed XML"
        case .doctype: "it has a document type or entities"
        case .unsupported: "this part of PMML cannot be evaluated here"
        case .invalid: "PMML does not allow this here"
        case .verificationFailed: "it does not give what its own ModelVerification expects"
        case .tooLarge: "it is too large"
        }
    }

    private mutating func checkFields(_ model: LintModel) {
        for field in model.fields where !modelInputs.contains(where: { $0.name == field.name }) {
            let near = modelInputs.map(\.name).min {
                Self.distance($0, field.name) < Self.distance($1, field.name)
            }
            let isNear = near.map { Self.distance($0, field.name) <= 3 } ?? false
            add(
                .error,
                .modelField,
                root["inputs"] ?? root,
                "the model's field \(field.name.quoted) (\(model.file):\(field.line)) has no input",
                accepted: isNear ? "\(near ?? "") renamed to \(field.name)" : field.name
            )
        }
        for input in modelInputs where !model.fields.contains(where: { $0.name == input.name }) {
            add(
                .error,
                .modelField,
                input.node["name"] ?? input.node,
                "the model has no field \(input.name.quoted)",
                accepted: model.fields.map(\.name).joined(separator: ", ")
            )
        }
    }

    private mutating func check(_ input: LintInput, _ field: LintModel.Field) {
        if input.isNumber {
            guard field.isContinuous || !field.cuts.isEmpty else {
                checkCategory(input, field)
                return
            }
            checkUnit(input, field)
            checkRange(input, field)
            checkRounding(input, field)
        } else {
            checkCategory(input, field)
        }
    }

    private mutating func checkUnit(_ input: LintInput, _ field: LintModel.Field) {
        guard let node = input.node["unit"], let text = node.text, let wanted = field.unit,
            text != wanted, let unit = Self.unit(text), let target = Self.unit(wanted)
        else { return }
        let converts = Self.converts(unit, target)
        // `{beats}/min` and `/min` are one unit; anything else changes the numbers.
        if converts, Self.isSame(unit, target) { return }
        add(
            .error,
            .modelUnit,
            node,
            converts
                ? "the model takes \(wanted), and nothing converts from \(text) behind the profile"
                : "the model takes \(wanted), which \(text) does not convert to",
            accepted: wanted
        )
    }

    private mutating func checkRange(_ input: LintInput, _ field: LintModel.Field) {
        guard let node = input.node["plausible"] else {
            if input.node["missing"]?["policy"]?.text != "model", input.type == "quantity" {
                add(
                    .note,
                    .plausible,
                    input.node,
                    "\(input.name) has no plausible range, so a slip of the pen is scored",
                    accepted: "plausible"
                )
            }
            return
        }
        let bounds = node.elements.compactMap(\.decimal)
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return }
        if let range = field.range {
            let isDisjoint =
                range.high.map { $0 < bounds[0] } ?? false
                || range.low.map { $0 > bounds[1] } ?? false
            if isDisjoint {
                add(
                    .error,
                    .plausibleModel,
                    node,
                    "no plausible value is valid for the model",
                    accepted: Self.text(range)
                )
                return
            }
            let isWider =
                range.low.map { $0 > bounds[0] } ?? false
                || range.high.map { $0 < bounds[1] } ?? false
            if isWider {
                add(
                    .warning,
                    .plausibleModel,
                    node,
                    "plausible values outside of \(Self.text(range)) would be refused by the model",
                    accepted: Self.text(range)
                )
            }
        }
        let hidden = field.cuts.filter { $0 < bounds[0] || $0 > bounds[1] }
        guard !hidden.isEmpty else { return }
        let isAll = hidden.count == field.cuts.count
        add(
            isAll ? .error : .warning,
            .plausibleModel,
            node,
            "the model tells values apart at \(Self.list(hidden)), which is not plausible here",
            accepted: "a range around \(Self.list(hidden))"
        )
    }

    private static func list(_ numbers: [DecimalNumber]) -> String {
        var texts: [String] = []
        for number in numbers.sorted() where !texts.contains(number.text) {
            texts.append(number.text)
        }
        return texts.joined(separator: ", ")
    }

    private static func text(_ range: (low: DecimalNumber?, high: DecimalNumber?)) -> String {
        "[ \(range.low?.text ?? "-"), \(range.high?.text ?? "-") ]"
    }

    private mutating func checkRounding(_ input: LintInput, _ field: LintModel.Field) {
        guard let node = input.node["round"], let increment = node.decimal else {
            guard field.isWhole, input.type == "quantity" else { return }
            // A count such as a score is whole already; to round half a point would be a guess.
            let isCount = input.unit == "1" || input.unit?.hasPrefix("{") ?? false
            guard !isCount else { return }
            add(
                .warning,
                .round,
                input.node["name"] ?? input.node,
                "the model takes whole numbers only, so a value such as 21.5 would be refused",
                accepted: "\"round\": \"1\""
            )
            return
        }
        guard increment > DecimalNumber(0) else { return }
        if field.isWhole, increment.rounded(toMultipleOf: DecimalNumber(1)) != increment {
            add(
                .error,
                .round,
                node,
                "the model takes whole numbers only",
                accepted: "\"1\""
            )
        }
        let lost = field.cuts.filter { $0.rounded(toMultipleOf: increment) != $0 }
        guard !lost.isEmpty else { return }
        add(
            .warning,
            .round,
            node,
            "rounding to \(increment.text) is coarser than the model, which tells values apart at"
                + " \(Self.list(lost))"
        )
    }

    private mutating func checkCategory(_ input: LintInput, _ field: LintModel.Field) {
        guard !field.categories.isEmpty else { return }
        let accepted = field.categories.joined(separator: ", ")
        switch input.type {
        case "boolean":
            guard !Set(field.categories).isSuperset(of: ["true", "false"]) else { return }
            add(
                .error,
                .modelValues,
                input.node["type"] ?? input.node,
                "the model's field does not take true and false",
                accepted: accepted
            )
        case "code":
            for node in input.node.list("values") {
                guard let value = node.text, !field.categories.contains(value) else { continue }
                add(
                    .error,
                    .modelValues,
                    node,
                    "the model does not know the value \(value.quoted)",
                    accepted: accepted
                )
            }
            let missing = field.categories.filter { !input.node.texts("values").contains($0) }
            guard !missing.isEmpty, let node = input.node["values"] else { return }
            add(
                .warning,
                .modelValues,
                node,
                "the model also knows \(missing.joined(separator: ", ").quoted), which no value says"
            )
        default: return
        }
    }
}

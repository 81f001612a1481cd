import ClinicalEngine
import PMML

/// What a reviewer should know about a document before anyone relies on it.
struct ModelReview {
    /// How much a finding weighs.
    enum Weight: String {
        /// The gateway refuses the model.
        case fault
        /// A reviewer should decide whether it is meant.
        case warning
        /// Good to know; it changes no exit code.
        case note
    }

    /// One finding.
    struct Finding {
        let weight: Weight
        /// What it is about, such as `overlap` or `unit`; stable for programs.
        let topic: String
        /// The field, characteristic or output, when it is about one.
        let place: String?
        /// The line in the document, when it is known.
        let line: Int?
        let sentence: String
    }

    /// All findings: faults first, then warnings, then notes.
    let findings: [Finding]

    init(_ inspection: DocumentInspection) {
        var all = Self.verification(inspection)
        if let version = inspection.otherVersion {
            all.append(
                Finding(
                    weight: .warning,
                    topic: "version",
                    place: nil,
                    line: 1,
                    sentence: "the document says version \(version.stated) in the namespace of"
                        + " \(version.namespace): which of them its author meant is open"
                )
            )
        }
        all += Self.fields(inspection)
        all += Self.unused(inspection)
        all += Self.models(inspection)
        findings = [Weight.fault, .warning, .note].flatMap { weight in
            all.filter { $0.weight == weight }
        }
    }

    /// Whether a reviewer has something to decide.
    var isSound: Bool { findings.allSatisfy { $0.weight == .note } }

    private static func verification(_ inspection: DocumentInspection) -> [Finding] {
        guard inspection.verificationRowCount > 0 else {
            return [
                Finding(
                    weight: .warning,
                    topic: "verification",
                    place: nil,
                    line: nil,
                    sentence: "no verification rows: nothing shows that it computes what its"
                        + " author computed (ModelVerification)"
                )
            ]
        }
        let lax = inspection.laxVerificationFields.map { mention in
            Finding(
                weight: .warning,
                topic: "verification",
                place: mention.field,
                line: mention.line,
                sentence: "its rows are compared so roughly that another result would pass"
                    + " (precision or zeroThreshold above \(DocumentInspection.toleranceMax))"
            )
        }
        return lax
            + inspection.verificationFailures.map { failure in
                Finding(
                    weight: .fault,
                    topic: "verification",
                    place: failure.output,
                    line: failure.line,
                    sentence:
                        "row \(failure.row) does not give the \(failure.output) that it expects"
                )
            }
    }

    private static func fields(_ inspection: DocumentInspection) -> [Finding] {
        var findings: [Finding] = []
        for field in inspection.definition.fields {
            func add(_ weight: Weight, _ topic: String, _ sentence: String) {
                findings.append(
                    Finding(
                        weight: weight,
                        topic: topic,
                        place: field.name,
                        line: inspection.lines[field.name],
                        sentence: sentence
                    )
                )
            }
            if field.kind == .continuous, field.unit == nil {
                add(.warning, "unit", "no unit: <Extension name=\"unit\" value=\"UCUM code\"/>")
            }
            if field.invalidTreatment == .keep {
                add(
                    .warning,
                    "invalid-as-is",
                    "invalid values are used as they are (invalidValueTreatment=\"asIs\")"
                )
            }
            if field.kind == .continuous, field.intervals.isEmpty, field.values.isEmpty {
                add(.note, "range", "no range of valid numbers: a slip of the pen is computed with")
            }
            let isImputed = field.missingReplacement != .missing
            let mention = inspection.unexplainedReplacements.first { $0.field == field.name }
            if isImputed, mention != nil {
                add(
                    .warning,
                    "replacement",
                    "\(FieldText.missing(field)) when it is missing, and the document does not"
                        + " say why (missingValueReplacement without missingValueTreatment)"
                )
            } else if isImputed {
                add(.note, "replacement", "\(FieldText.missing(field)) when it is missing")
            }
        }
        return findings
    }

    private static func unused(_ inspection: DocumentInspection) -> [Finding] {
        let definition = inspection.definition
        let unread = FieldUses(definition).inputs(definition).filter { $0.count == 0 }.map(\.field)
        let inputs = Set(definition.fields.map(\.name))
        var findings = unread.map { field in
            Finding(
                weight: .warning,
                topic: "unused",
                place: field,
                line: inspection.lines[field],
                sentence: "an input that the model never reads"
            )
        }
        for field in inspection.dataFields
        where !inputs.contains(field.name) && !inspection.targets.contains(field.name) {
            findings.append(
                Finding(
                    weight: .note,
                    topic: "unused",
                    place: field.name,
                    line: inspection.lines[field.name],
                    sentence: "declared, but no input of the model"
                )
            )
        }
        return findings
    }

    private static func models(_ inspection: DocumentInspection) -> [Finding] {
        var findings = inspection.definition.transformations.flatMap(surprises)
        var pending = [inspection.definition.model]
        while let node = pending.popLast() {
            findings += node.transformations.flatMap(surprises)
            switch node.body {
            case .mining(let mining): pending += mining.segments.map(\.model)
            case .scorecard(let card): findings += bands(card, node, inspection.definition.fields)
            case .tree(let tree): findings += gaps(tree, node, inspection.definition.fields)
            case .regression, .clustering, .generalRegression, .naiveBayes,
                .nearestNeighbors, .supportVectorMachine, .neuralNetwork, .ruleSet:
                continue
            }
        }
        return findings
    }

    private static func bands(
        _ card: Scorecard,
        _ node: ModelNode,
        _ fields: [FieldDefinition]
    ) -> [Finding] {
        card.characteristics.flatMap { characteristic -> [Finding] in
            guard let review = BandReview(characteristic, fields: fields) else { return [] }
            return review.faults.map { fault in
                let sentence: String
                switch fault {
                case .overlap(let first, let second, let value):
                    sentence =
                        "bands \(first) and \(second) overlap, at \(value) for one;"
                        + " the first counts"
                case .gap(let value):
                    sentence = "no band holds for \(value), which is valid: no score there"
                }
                let topic: String
                switch fault {
                case .overlap: topic = "overlap"
                case .gap: topic = "gap"
                }
                return Finding(
                    weight: .warning,
                    topic: topic,
                    place: characteristic.name,
                    line: node.line > 0 ? node.line : nil,
                    sentence: sentence
                )
            }
        }
    }

    /// How many nodes with a gap are named of one tree; the rest are counted.
    private static let gapCountMax = 5

    private static func gaps(
        _ tree: Tree,
        _ node: ModelNode,
        _ fields: [FieldDefinition]
    ) -> [Finding] {
        let gaps = TreeReview(tree, fields: fields).gaps
        var findings = gaps.prefix(gapCountMax).map { gap in
            Finding(
                weight: .warning,
                topic: "gap",
                place: gap.field,
                line: gap.line > 0 ? gap.line : nil,
                sentence: "no child of node \(gap.node) holds for \(gap.value), which reaches it:"
                    + " no prediction there"
            )
        }
        if gaps.count > gapCountMax {
            findings.append(
                Finding(
                    weight: .warning,
                    topic: "gap",
                    place: node.name,
                    line: node.line > 0 ? node.line : nil,
                    sentence: "\(gaps.count - gapCountMax) further nodes of this tree leave values"
                        + " to none of their children"
                )
            )
        }
        return findings
    }

    /// Functions that pass over missing arguments (PMML 4.4, Built-in functions): the result looks
    /// whole although a part was not there.
    private static let skipping: [Function] = [.min, .max, .sum, .avg, .median, .product]

    private static func surprises(_ field: DerivedField) -> [Finding] {
        var findings: [Finding] = []
        var pending = [field.expression]
        while let next = pending.popLast() {
            if case .converted(let inner, _) = next { pending.append(inner) }
            guard case .apply(let call) = next else { continue }
            pending += call.arguments
            let isOpen = call.arguments.contains { argument in
                if case .constant = argument { return false }
                return true
            }
            guard skipping.contains(call.function), call.arguments.count > 1, isOpen else {
                continue
            }
            findings.append(
                Finding(
                    weight: .warning,
                    topic: "skips-missing",
                    place: field.name,
                    line: call.line > 0 ? call.line : nil,
                    sentence: "\(call.function.rawValue) passes over missing arguments: its result"
                        + " looks whole when one is missing"
                )
            )
        }
        return findings
    }
}

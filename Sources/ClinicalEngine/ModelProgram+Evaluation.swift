/// From the inputs of a patient to the evaluation.
extension ModelProgram {
    func evaluate(_ inputs: [InputValue], _ scratch: inout EvaluationScratch) -> Evaluation {
        scratch.reset()
        var imputed: [String] = []
        for field in inputs.indices {
            switch fields.resolve(inputs[field], field: field, symbols, &scratch) {
            case .value(let value):
                scratch.slots[field] = value
            case .imputed(let value):
                scratch.slots[field] = value
                if isRead[field] { imputed.append(fields.names[field]) }
            case .missing:
                continue
            case .invalid:
                // What nothing reads cannot make the result wrong.
                guard isRead[field] else { continue }
                return refused(.invalidValue, slot: field, scratch)
            }
        }
        let result = run(&scratch)
        switch result.outcome {
        case .value: return complete(result, imputed, scratch)
        case .open: return incomplete(result, imputed, scratch)
        case .missing:
            let inputs = missingInputs(of: Int(result.slot), scratch)
            let code: Evaluation.Refusal.Code =
                inputs.isEmpty ? .noPrediction : .missingValue
            return refused(code, slot: Int(result.slot), scratch)
        case .notFinite: return refused(.notFinite, slot: Int(result.slot), scratch)
        case .invalid: return refused(.invalidValue, slot: Int(result.slot), scratch)
        }
    }

    /// The missing inputs that a slot is computed from.
    func missingInputs(of slot: Int, _ scratch: EvaluationScratch) -> [String] {
        guard slot >= 0 else { return [] }
        return slots[slot].inputs.filter { scratch.slots[$0].isNaN }.map { fields.names[$0] }
    }

    private func complete(
        _ result: KernelResult,
        _ replaced: [String],
        _ scratch: EvaluationScratch
    ) -> Evaluation {
        var imputed = replaced
        let decider = decider(result, scratch)
        // Another scorecard may have run on the way; its reasons are none of this result.
        var card: ScorecardProgram.Details?
        if case .scorecard = decider.kernel { card = scratch.scorecard }
        for name in card?.imputed ?? [] where !imputed.contains(name) { imputed.append(name) }
        // A scorecard that is the whole says for each characteristic what it made up for; any other
        // model answered without these by its own rules.
        var isCard = false
        if case .scorecard = root.kernel { isCard = card != nil }
        if !isCard {
            for slot in scratch.missing {
                for name in missingInputs(of: Int(slot), scratch) where !imputed.contains(name) {
                    imputed.append(name)
                }
            }
        }
        imputed.append(contentsOf: scratch.replacedTargets)
        let isNumber = root.function == .regression
        var evaluation = Evaluation(
            status: .complete,
            value: isNumber ? result.value : nil,
            lower: isNumber ? result.value : nil,
            upper: isNumber ? result.value : nil,
            contributions: result.isReplaced
                ? [] : decider.kernel.contributions(decider.result, self, scratch),
            reasonCodes: card?.reasonCodes ?? [],
            missing: [],
            imputed: imputed,
            refusal: nil
        )
        describe(result, decider, &evaluation, scratch)
        evaluation.outputs = outputs(scratch)
        return evaluation
    }

    private func describe(
        _ result: KernelResult,
        _ decider: (kernel: Kernel, result: KernelResult),
        _ evaluation: inout Evaluation,
        _ scratch: EvaluationScratch
    ) {
        if !root.categories.isEmpty {
            evaluation.category = root.categories[Int(result.value)].text
        }
        if result.hasProbabilities {
            evaluation.probabilities.reserveCapacity(root.categories.count)
            for (offset, category) in root.categories.enumerated() {
                let value = scratch.regions[root.region.lowerBound + offset]
                evaluation.probabilities.append(.init(category: category.text, value: value))
            }
        }
        if case .clustering(let clustering) = decider.kernel {
            evaluation.segment = clustering.segment(
                decider.result,
                scratch,
                hasMissing: !evaluation.imputed.isEmpty
            )
        }
        let entities = decider.kernel.entities
        if result.entity >= 0, Int(result.entity) < entities.count {
            evaluation.entity = entities[Int(result.entity)]
        }
    }

    /// The kernel that decided, with its result: in a chain or a choice that of a segment.
    private func decider(
        _ result: KernelResult,
        _ scratch: EvaluationScratch
    ) -> (kernel: Kernel, result: KernelResult) {
        guard case .mining(let mining) = root.kernel,
            let decider = mining.decider(result, scratch)
        else { return (root.kernel, result) }
        return decider
    }

    private func incomplete(
        _ result: KernelResult,
        _ imputed: [String],
        _ scratch: EvaluationScratch
    ) -> Evaluation {
        let details = scratch.scorecard ?? .init()
        var evaluation = Evaluation(
            status: .incomplete,
            value: nil,
            lower: result.value,
            upper: result.upper,
            contributions: details.contributions,
            reasonCodes: [],
            missing: fields.names.filter { details.missing.contains($0) },
            imputed: imputed + details.imputed.filter { !imputed.contains($0) },
            refusal: nil
        )
        evaluation.outputs = outputs(scratch)
        return evaluation
    }

    private func outputs(_ scratch: EvaluationScratch) -> [Evaluation.Output] {
        var outputs: [Evaluation.Output] = []
        outputs.reserveCapacity(root.outputs.count + inner.count)
        for output in inner { outputs.append(give(output, scratch)) }
        for output in root.outputs { outputs.append(give(output, scratch)) }
        return outputs
    }

    private func give(
        _ output: OutputProgram,
        _ scratch: EvaluationScratch
    ) -> Evaluation.Output {
        let code = scratch.slots[output.slot]
        let value: Evaluation.Output.Value
        if code.isNaN {
            value = .missing
        } else if output.type == .boolean {
            value = .boolean(code != 0)
        } else if output.type.isNumeric {
            value = .number(code)
        } else {
            value = scratch.text(of: code, in: symbols).map { .text($0) } ?? .missing
        }
        return Evaluation.Output(name: output.name, value: value, isFinal: output.isFinal)
    }

    private func refused(
        _ code: Evaluation.Refusal.Code,
        slot: Int,
        _ scratch: EvaluationScratch
    ) -> Evaluation {
        let missing = missingInputs(of: slot, scratch)
        var field: String?
        if slot >= 0 {
            field =
                missing.first
                ?? (slots[slot].inputs.count == 1
                    ? fields.names[slots[slot].inputs[0]] : slots[slot].name)
        }
        var evaluation = Evaluation(
            status: .refused,
            value: nil,
            lower: nil,
            upper: nil,
            contributions: [],
            reasonCodes: [],
            missing: code == .missingValue ? missing : [],
            imputed: [],
            refusal: .init(code: code, field: field)
        )
        evaluation.outputs = (inner + root.outputs).map { output in
            Evaluation.Output(name: output.name, value: .missing, isFinal: output.isFinal)
        }
        return evaluation
    }
}

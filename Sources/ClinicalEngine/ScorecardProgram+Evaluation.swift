extension ScorecardProgram {
    /// What one characteristic comes to.
    private enum Outcome {
        case decided(Attribute, points: Double)
        /// An attribute holds whose points an expression gives.
        case computed(Attribute)
        /// Missing fields leave several attributes possible, with these points.
        case open(least: Double, most: Double)
        /// No attribute holds, whatever the missing fields are.
        case none
    }

    func evaluate(_ scratch: inout EvaluationScratch, _ program: ModelProgram) -> KernelResult {
        // What another scorecard found is none of this result.
        scratch.scorecard = nil
        var details = Details()
        details.contributions.reserveCapacity(characteristics.count)
        var needed: [Int] = []
        var reasonPoints = InlineArray<256, Double>(repeating: .nan)
        var isComplete = true
        var lower = initialScore
        var upper = initialScore
        for characteristic in characteristics {
            var result = outcome(of: characteristic, scratch.slots.span, needed: &needed)
            if case .computed(let attribute) = result {
                let value = program.expressions.evaluate(
                    attribute.code,
                    program.symbols,
                    &scratch
                )
                if scratch.fault != nil || value.isInfinite {
                    return KernelResult(outcome: .notFinite)
                }
                guard !value.isNaN else { return .missing(Int(scratch.missing.last ?? -1)) }
                result = .decided(attribute, points: value)
            }
            switch result {
            case .decided(let attribute, let value):
                addImputed(of: characteristic, scratch.slots.span, program, to: &details.imputed)
                lower += value
                upper += value
                var points = reasonPoints.mutableSpan
                add(value, attribute, of: characteristic, to: &points)
                details.contributions.append(
                    contribution(
                        characteristic,
                        points: value,
                        least: value,
                        most: value,
                        reason: attribute.reason
                    )
                )
            case .open(let least, let most):
                isComplete = false
                lower += least
                upper += most
                details.contributions.append(
                    contribution(
                        characteristic,
                        points: nil,
                        least: least,
                        most: most,
                        reason: characteristic.reason
                    )
                )
            case .none, .computed:
                return refusal(of: characteristic, scratch.slots.span)
            }
        }
        guard lower.isFinite, upper.isFinite else { return KernelResult(outcome: .notFinite) }
        if isComplete, algorithm != nil {
            details.reasonCodes = ReasonRanking.ranked(reasonCodes, by: reasonPoints.span)
        }
        if !isComplete {
            for slot in needed {
                let names =
                    slot < program.fields.names.count
                    ? [program.slots[slot].name] : program.missingInputs(of: slot, scratch)
                for name in names where !details.missing.contains(name) {
                    details.missing.append(name)
                }
            }
        }
        scratch.scorecard = details
        if isComplete { return .value(lower) }
        return KernelResult(outcome: .open, value: lower, upper: upper)
    }

    /// Finds the first attribute that holds (PMML 4.4, Scorecard, Scoring procedure).
    ///
    /// Where PMML passes over an unknown predicate, so that a later catch-all attribute would
    /// stand in for a missing vital sign, the attribute here stays possible and the result is
    /// incomplete. It is passed over only when the document itself asks whether the missing field
    /// is missing (`isMissing`, `isNotMissing`) in the same characteristic.
    private func outcome(
        of characteristic: Characteristic,
        _ values: Span<Double>,
        needed: inout [Int]
    ) -> Outcome {
        var isOpen = false
        var least = Double.infinity
        var most = -Double.infinity
        for position in characteristic.attributes {
            let attribute = attributes[position]
            switch predicates.truth(of: attribute.predicate, values) {
            case .no:
                continue
            case .yes:
                if !isOpen {
                    return attribute.code.isEmpty
                        ? .decided(attribute, points: attribute.points) : .computed(attribute)
                }
                // Points that an expression gives have no bounds.
                guard attribute.code.isEmpty else { return .none }
                return .open(
                    least: min(least, attribute.points),
                    most: max(most, attribute.points)
                )
            case .unknown:
                guard markMissing(attribute, of: characteristic, values, &needed) else {
                    continue
                }
                guard attribute.code.isEmpty else { return .none }
                isOpen = true
                least = min(least, attribute.points)
                most = max(most, attribute.points)
            }
        }
        return isOpen ? .open(least: least, most: most) : .none
    }

    /// Marks the missing fields of an unknown attribute; says whether there is one that the
    /// characteristic does not itself ask about.
    private func markMissing(
        _ attribute: Attribute,
        of characteristic: Characteristic,
        _ values: Span<Double>,
        _ needed: inout [Int]
    ) -> Bool {
        var isFound = false
        for position in attribute.fields {
            let field = attributeFields[position]
            guard values[field].isNaN else { continue }
            guard !handled[characteristic.handled].contains(field) else { continue }
            if !needed.contains(field) { needed.append(field) }
            isFound = true
        }
        return isFound
    }

    /// A missing field that the characteristic asks about got its points from the document.
    private func addImputed(
        of characteristic: Characteristic,
        _ values: Span<Double>,
        _ program: ModelProgram,
        to imputed: inout [String]
    ) {
        for position in characteristic.handled where values[handled[position]].isNaN {
            let name = program.slots[handled[position]].name
            if !imputed.contains(name) { imputed.append(name) }
        }
    }

    private func add(
        _ value: Double,
        _ attribute: Attribute,
        of characteristic: Characteristic,
        to points: inout MutableSpan<Double>
    ) {
        guard let algorithm, attribute.reason >= 0 else { return }
        switch algorithm {
        case .pointsAbove:
            ReasonRanking.add(
                value - characteristic.baseline,
                to: attribute.reason,
                in: &points
            )
        case .pointsBelow:
            ReasonRanking.add(
                characteristic.baseline - value,
                to: attribute.reason,
                in: &points
            )
        }
    }

    private func contribution(
        _ characteristic: Characteristic,
        points: Double?,
        least: Double,
        most: Double,
        reason: Int
    ) -> Evaluation.Contribution {
        Evaluation.Contribution(
            name: labels[characteristic.label].name,
            fields: labels[characteristic.label].fieldNames,
            points: points,
            pointsMin: least,
            pointsMax: most,
            reasonCode: reason >= 0 ? reasonCodes[reason] : nil
        )
    }

    /// A characteristic without a matching attribute makes the whole score invalid.
    private func refusal(
        of characteristic: Characteristic,
        _ values: Span<Double>
    ) -> KernelResult {
        for position in characteristic.attributes {
            for entry in attributes[position].fields {
                let slot = attributeFields[entry]
                if values[slot].isNaN { return .missing(slot) }
            }
        }
        return KernelResult(
            outcome: .missing,
            slot: Int32(labels[characteristic.label].mainSlot)
        )
    }
}

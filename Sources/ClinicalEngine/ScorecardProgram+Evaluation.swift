extension ScorecardProgram {
    /// What one characteristic comes to.
    private enum Outcome {
        case decided(Attribute)
        /// Missing fields leave several attributes possible, with these points.
        case open(least: Double, most: Double)
        /// No attribute holds, whatever the missing fields are.
        case none
    }

    func evaluate(_ inputs: [InputValue]) -> Evaluation {
        var values = InlineArray<256, Double>(repeating: .nan)
        var imputed: [String] = []
        for field in inputs.indices {
            switch fields.resolve(inputs[field], field: field) {
            case .value(let value):
                values[field] = value
            case .imputed(let value):
                values[field] = value
                if isRead[field] { imputed.append(fields.names[field]) }
            case .missing:
                continue
            case .invalid:
                // What no predicate reads cannot make the result wrong.
                guard isRead[field] else { continue }
                return Self.refused(.invalidValue, field: fields.names[field])
            }
        }
        return evaluate(values.span, imputed: imputed)
    }

    private func evaluate(_ values: Span<Double>, imputed replaced: [String]) -> Evaluation {
        var imputed = replaced
        var contributions: [Evaluation.Contribution] = []
        contributions.reserveCapacity(characteristics.count)
        var isNeeded = InlineArray<256, Bool>(repeating: false)
        var reasonPoints = InlineArray<256, Double>(repeating: .nan)
        var isComplete = true
        var lower = initialScore
        var upper = initialScore
        for characteristic in characteristics {
            var neededSpan = isNeeded.mutableSpan
            switch outcome(of: characteristic, values, needed: &neededSpan) {
            case .decided(let attribute):
                addImputed(of: characteristic, values, to: &imputed)
                lower += attribute.points
                upper += attribute.points
                var points = reasonPoints.mutableSpan
                add(attribute, of: characteristic, to: &points)
                contributions.append(
                    contribution(
                        characteristic,
                        points: attribute.points,
                        least: attribute.points,
                        most: attribute.points,
                        reason: attribute.reason
                    )
                )
            case .open(let least, let most):
                isComplete = false
                lower += least
                upper += most
                contributions.append(
                    contribution(
                        characteristic,
                        points: nil,
                        least: least,
                        most: most,
                        reason: characteristic.reason
                    )
                )
            case .none:
                return refusal(of: characteristic, values)
            }
        }
        guard lower.isFinite, upper.isFinite else { return Self.refused(.notFinite, field: nil) }
        return Evaluation(
            status: isComplete ? .complete : .incomplete,
            value: isComplete ? lower : nil,
            lower: lower,
            upper: upper,
            contributions: contributions,
            reasonCodes: isComplete && algorithm != nil
                ? ReasonRanking.ranked(reasonCodes, by: reasonPoints.span) : [],
            missing: isComplete ? [] : names(isNeeded.span),
            imputed: imputed,
            refusal: nil
        )
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
        needed: inout MutableSpan<Bool>
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
                if !isOpen { return .decided(attribute) }
                return .open(
                    least: min(least, attribute.points),
                    most: max(most, attribute.points)
                )
            case .unknown:
                guard markMissing(attribute, of: characteristic, values, &needed) else {
                    continue
                }
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
        _ needed: inout MutableSpan<Bool>
    ) -> Bool {
        var isFound = false
        for position in attribute.fields {
            let field = attributeFields[position]
            guard values[field].isNaN else { continue }
            guard !handled[characteristic.handled].contains(field) else { continue }
            needed[field] = true
            isFound = true
        }
        return isFound
    }

    /// A missing field that the characteristic asks about got its points from the document.
    private func addImputed(
        of characteristic: Characteristic,
        _ values: Span<Double>,
        to imputed: inout [String]
    ) {
        for position in characteristic.handled {
            let field = handled[position]
            guard values[field].isNaN, !imputed.contains(fields.names[field]) else { continue }
            imputed.append(fields.names[field])
        }
    }

    private func add(
        _ attribute: Attribute,
        of characteristic: Characteristic,
        to points: inout MutableSpan<Double>
    ) {
        guard let algorithm, attribute.reason >= 0 else { return }
        switch algorithm {
        case .pointsAbove:
            ReasonRanking.add(
                attribute.points - characteristic.baseline,
                to: attribute.reason,
                in: &points
            )
        case .pointsBelow:
            ReasonRanking.add(
                characteristic.baseline - attribute.points,
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

    private func names(_ needed: Span<Bool>) -> [String] {
        fields.names.indices.filter { needed[$0] }.map { fields.names[$0] }
    }

    /// A characteristic without a matching attribute makes the whole score invalid.
    private func refusal(
        of characteristic: Characteristic,
        _ values: Span<Double>
    ) -> Evaluation {
        for name in labels[characteristic.label].fieldNames {
            if let field = fields.names.firstIndex(of: name), values[field].isNaN {
                return Self.refused(.missingValue, field: name)
            }
        }
        return Self.refused(.noPrediction, field: labels[characteristic.label].mainField)
    }

    private static func refused(
        _ code: Evaluation.Refusal.Code,
        field: String?
    ) -> Evaluation {
        Evaluation(
            status: .refused,
            value: nil,
            lower: nil,
            upper: nil,
            contributions: [],
            reasonCodes: [],
            missing: [],
            imputed: [],
            refusal: .init(code: code, field: field)
        )
    }
}

import Basics
import FHIR
import JSON

/// Turns what was gathered for a moment into the report: text is made only here, or later.
struct ReportBuilder {
    private let plan: ProfilePlan
    private let walk: MappingPass
    private let pass: MomentPass
    private let now: Instant
    /// For each input whose value is made of several records, those records and the value.
    private let aggregates: [Aggregate?]

    init(walk: MappingPass, pass: MomentPass) {
        let plan = walk.plan
        self.plan = plan
        self.walk = walk
        self.pass = pass
        now = pass.now
        guard plan.hasAggregates else {
            aggregates = []
            return
        }
        aggregates = plan.inputs.indices.map { position in
            guard pass.best[position] >= 0 else { return nil }
            return Aggregate(
                plan.inputs[position],
                winner: pass.best[position],
                among: pass.candidates
            )
        }
    }

    /// The report without applicability, which the profile adds.
    func build(
        applicability: (_ inputs: [MappingReport.Input], _ areUnread: [Bool]) ->
            MappingReport.Applicability
    ) -> MappingReport {
        let outcomes = outcomes()
        let rejections = rejections(outcomes)
        let reasons = tellingReasons(rejections)
        let unread = unreadReasons()
        var inputs: [MappingReport.Input] = []
        inputs.reserveCapacity(plan.inputs.count)
        for position in plan.inputs.indices {
            inputs.append(
                input(
                    position,
                    outcomes[position],
                    reason: reasons[position],
                    unread: unread[position]
                )
            )
        }
        let facts = Array(inputs[plan.inputCount...])
        return MappingReport(
            applicability: applicability(
                inputs,
                plan.inputs.indices.map { inputs[$0].value == nil && unread[$0] != nil }
            ),
            inputs: Array(inputs[..<plan.inputCount]),
            rejections: MappingReport.Rejections(rejections, plan: plan, now: now),
            unaskedCount: walk.unaskedCount,
            facts: facts,
            hasSubjectMismatch: walk.hasSubjectMismatch
        )
    }

    // MARK: What was not taken

    /// What became of the best candidate of an input.
    private enum Outcome {
        case taken(isTie: Bool)
        /// Records of one moment disagree, and nothing says which is right.
        case disagreement
        /// A record that may be newer cannot be read.
        case unread(RejectionReason)
    }

    /// Decides which of the best candidates are taken.
    private func outcomes() -> [Outcome] {
        var outcomes = Array(repeating: Outcome.taken(isTie: false), count: plan.inputs.count)
        for candidate in pass.candidates {
            let winner = pass.candidates[pass.best[candidate.input]]
            let input = plan.inputs[candidate.input]
            guard candidate !== winner, !input.selection.isAggregate,
                candidate.order(now) == winner.order(now)
                    || input.tieSeconds != nil && candidate.order(now) > winner.order(now),
                candidate.reading.value != winner.reading.value,
                competes(candidate, winner, candidate.input)
            else { continue }
            if decidesTies(input, winner, candidate) {
                if case .taken = outcomes[candidate.input] {
                    outcomes[candidate.input] = .taken(isTie: true)
                }
            } else {
                outcomes[candidate.input] = .disagreement
            }
        }
        for rejection in unsettled {
            guard rejection.mayHoldValue, let rule = rejection.rule,
                pass.best[plan.rules[rule].input] >= 0
            else { continue }
            let input = plan.rules[rule].input
            let winner = pass.candidates[pass.best[input]]
            guard rejection.mightReplace(winner, by: plan, now: now) else { continue }
            if case .unread(let reason) = outcomes[input],
                reason.rank >= rejection.finding.reason.rank
            {
                continue
            }
            outcomes[input] = .unread(rejection.finding.reason)
        }
        return outcomes
    }

    /// Whether the profile says which of two equally recent values counts.
    ///
    /// The extremes do, a stated value does, and a measured value outweighs its stand-in.
    private func decidesTies(_ input: InputPlan, _ winner: Candidate, _ other: Candidate) -> Bool {
        switch input.selection {
        case .max, .min, .worst, .mean, .median, .count, .exists: return true
        case .latest, .first: break
        }
        if input.onTie != nil { return true }
        return plan.rules[other.rule].isStandIn && !plan.rules[winner.rule].isStandIn
    }

    /// What was rejected while it was read, at this moment or at every one.
    private var unsettled: [PendingRejection] {
        walk.rejections.isEmpty ? pass.rejections : walk.rejections + pass.rejections
    }

    /// All rejections in the order of the resources, with the candidates that were not taken.
    private func rejections(_ outcomes: [Outcome]) -> [PendingRejection] {
        var losers: [PendingRejection] = []
        var lastLoser = (input: -1, resource: -2)
        let contributing = aggregates.reduce(into: Set<Int>()) { $0.formUnion($1?.members ?? []) }
        for (position, candidate) in pass.candidates.enumerated() {
            let leader = pass.best[candidate.input]
            let winner = pass.candidates[leader]
            let finding = finding(candidate, winner, outcomes[candidate.input])
            // One resource that two rules read is told of once, and not at all if it was taken.
            guard let finding, !contributing.contains(position),
                position == leader || candidate.resourceIndex != winner.resourceIndex,
                lastLoser != (candidate.input, candidate.resourceIndex)
            else { continue }
            lastLoser = (candidate.input, candidate.resourceIndex)
            losers.append(
                PendingRejection(
                    finding,
                    rule: candidate.rule,
                    windowSeconds: plan.rules[candidate.rule].windowSeconds,
                    at: candidate.resourceIndex,
                    candidate.resource,
                    candidate.path
                )
            )
        }
        return Self.merged(Self.merged(walk.rejections, pass.rejections), losers)
    }

    /// Both lists, each in the order of the resources; of one resource the left comes first.
    private static func merged(
        _ left: [PendingRejection],
        _ right: [PendingRejection]
    ) -> [PendingRejection] {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        var merged: [PendingRejection] = []
        merged.reserveCapacity(left.count + right.count)
        var position = 0
        for item in right {
            while position < left.count, left[position].resourceIndex <= item.resourceIndex {
                merged.append(left[position])
                position += 1
            }
            merged.append(item)
        }
        merged.append(contentsOf: left[position...])
        return merged
    }

    /// Why a candidate was not taken; `nil` when it was.
    private func finding(
        _ candidate: Candidate,
        _ winner: Candidate,
        _ outcome: Outcome
    ) -> Finding? {
        let isSameMoment = candidate.order(now) == winner.order(now)
        let isSameValue = candidate.reading.value == winner.reading.value
        switch outcome {
        case .taken:
            guard candidate !== winner else { return nil }
            // A record that does not count says so by itself.
            if plan.inputs[candidate.input].selection.isCounting,
                candidate.reading.value == .boolean(false)
            {
                return nil
            }
            if plan.inputs[candidate.input].selection.isAggregate {
                return competes(candidate, winner, candidate.input) ? .duplicate : .superseded
            }
            return isSameMoment && isSameValue ? .duplicate : .superseded
        case .disagreement: return isSameMoment ? .momentsDisagree : .superseded
        case .unread:
            guard candidate !== winner else { return .newerUnread }
            return isSameMoment && isSameValue ? .duplicate : .superseded
        }
    }

    private func competes(_ left: Candidate, _ right: Candidate, _ input: Int) -> Bool {
        plan.inputs[input].preference == .newest || left.position == right.position
    }

    /// The reason that got furthest for each input: nearest to what would have been accepted.
    private func tellingReasons(
        _ rejections: [PendingRejection]
    ) -> [RejectionReason?] {
        var reasons: [RejectionReason?] = Array(repeating: nil, count: plan.inputs.count)
        for rejection in rejections {
            guard let rule = rejection.rule else { continue }
            let input = plan.rules[rule].input
            let reason = rejection.finding.reason
            // What the newest version says is more telling than that there is an older one.
            guard rejection.finding != .olderVersion else { continue }
            if reason.rank > (reasons[input]?.rank ?? -1) { reasons[input] = reason }
        }
        return reasons
    }

    /// For each input the furthest reason why a record that bears on it is unread.
    private func unreadReasons() -> [RejectionReason?] {
        var reasons: [RejectionReason?] = Array(repeating: nil, count: plan.inputs.count)
        for rejection in unsettled {
            guard let rule = rejection.rule else { continue }
            let input = plan.rules[rule].input
            let reason = rejection.finding.reason
            guard
                reason.rank > (reasons[input]?.rank ?? -1),
                rejection.bears(on: plan.inputs[input], isFact: input >= plan.inputCount, now: now)
            else { continue }
            reasons[input] = reason
        }
        return reasons
    }

    // MARK: What was taken

    private func input(
        _ position: Int,
        _ outcome: Outcome,
        reason: RejectionReason?,
        unread: RejectionReason?
    ) -> MappingReport.Input {
        let input = plan.inputs[position]
        guard pass.best[position] >= 0 else {
            return missing(input, reason: reason, unread: unread)
        }
        let isTie: Bool
        switch outcome {
        case .taken(let flag): isTie = flag
        case .disagreement: return unusable(input, .duplicate, flags: [.tie])
        case .unread(let reason): return unusable(input, reason, flags: [])
        }
        let candidate = pass.candidates[pass.best[position]]
        let rule = plan.rules[candidate.rule]
        let aggregate = aggregates.isEmpty ? nil : aggregates[position]
        guard aggregate.map({ $0.value != nil }) ?? true else {
            // A sum of more digits than can be kept exactly is no value.
            return unusable(input, .notANumber, flags: [])
        }
        var flags = flags(candidate.reading, rule, isTie: isTie)
        if let aggregate { flags = aggregate.flags(flags) }
        return MappingReport.Input(
            name: input.name,
            value: aggregate?.value ?? candidate.reading.value,
            source: source(of: candidate),
            conversion: aggregate == nil
                ? ConversionText(
                    rule: rule,
                    reading: candidate.reading,
                    tape: candidate.resource.tape
                ).conversion : nil,
            rule: candidate.position,
            flags: flags,
            missingReason: nil,
            isOptional: input.isOptional,
            aggregate: aggregate.map { aggregate in
                MappingReport.Aggregate(
                    select: input.selection.rawValue,
                    parts: aggregate.members.map { part(pass.candidates[$0]) },
                    unrounded: aggregate.unrounded?.text
                )
            }
        )
    }

    private func source(of candidate: Candidate) -> MappingReport.Source {
        let effective = candidate.effective(now)
        return MappingReport.Source(
            resource: candidate.resource.label(at: candidate.resourceIndex),
            path: candidate.path,
            effective: effective,
            ageSeconds: effective.map {
                Int(
                    now.microseconds(since: $0).quotientAndRemainder(dividingBy: 1_000_000).quotient
                )
            }
        )
    }

    /// One of the records that a value is made of, with the number as it went in.
    private func part(_ candidate: Candidate) -> MappingReport.Aggregate.Part {
        let value: MappingReport.Value
        if let number = candidate.reading.unrounded, let unit = plan.inputs[candidate.input].unit,
            !plan.inputs[candidate.input].selection.isCounting
        {
            value = .quantity(number, unit: unit)
        } else {
            value = candidate.reading.value
        }
        return MappingReport.Aggregate.Part(source: source(of: candidate), value: value)
    }

    private func flags(
        _ reading: Reading,
        _ rule: SourceRule,
        isTie: Bool
    ) -> [MappingReport.Flag] {
        var flags: [MappingReport.Flag] = []
        if reading.isFromText { flags.append(.unitFromText) }
        if case .quantity(_, let conversion) = reading.origin, !conversion.isIdentity {
            flags.append(.converted)
        }
        if reading.isRounded { flags.append(.rounded) }
        if isTie { flags.append(.tie) }
        if rule.isStandIn { flags.append(.standIn) }
        return flags
    }

    /// An input that has a value on record which must not be used, so nothing may cover it.
    private func unusable(
        _ input: InputPlan,
        _ reason: RejectionReason,
        flags: [MappingReport.Flag]
    ) -> MappingReport.Input {
        MappingReport.Input(
            name: input.name,
            value: nil,
            source: nil,
            conversion: nil,
            rule: nil,
            flags: flags,
            missingReason: reason,
            isOptional: input.isOptional
        )
    }

    private func missing(_ input: InputPlan, reason: RejectionReason?, unread: RejectionReason?)
        -> MappingReport.Input
    {
        var value: MappingReport.Value?
        var flags: [MappingReport.Flag] = []
        var reason = reason
        var basis: String?
        switch input.missing {
        case .reject, .partial, .model: break
        // Something was recorded that could not be read: no stated value may cover it.
        case .assume where unread != nil, .impute where unread != nil: reason = unread
        case .assume(let stated, let source):
            (value, flags, basis) = (stated, [.assumed], source)
        case .impute(let stated, let source):
            (value, flags, basis) = (stated, [.imputed], source)
        }
        if let absence = input.absence {
            // What is recorded but unread may be the very thing that seems to be absent.
            if unread != nil { (value, flags, basis, reason) = (nil, [], nil, unread) }
            if unread == nil {
                (value, flags, basis) = (absence.value, [.fromAbsence], absence.reason)
            }
        }
        return MappingReport.Input(
            name: input.name,
            value: value,
            source: nil,
            conversion: nil,
            rule: nil,
            flags: flags,
            missingReason: value == nil ? reason : nil,
            isOptional: input.isOptional,
            basis: basis
        )
    }
}

extension InputPlan {
    /// Whether evaluation may go on without it.
    var isOptional: Bool {
        switch missing {
        case .partial, .model: true
        case .reject, .assume, .impute: false
        }
    }
}

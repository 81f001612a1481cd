import Basics
import FHIRPath

/// Holds what a walk has read against one moment: windows, plausibility and selection.
struct MomentPass {
    let plan: ProfilePlan
    let now: Instant
    private let variables: VariableValues
    private(set) var candidates: [Candidate] = []
    private(set) var rejections: [PendingRejection] = []
    /// For each input the index of the best candidate so far, or -1.
    var best: [Int]
    /// For each rule what a time is held against.
    private let windows: [InputPlan.Window]

    /// What became of the records of one resource for one input.
    private struct Turn {
        var resourceIndex = -2
        var input = -1
        var hasPassed = false
        /// The fault that got furthest speaks where no rule passes.
        var furthest: PendingRejection?
        /// The one that got furthest of those that leave the record unread.
        var unread: PendingRejection?
        /// Those that leave a component unread.
        var parts: [PendingRejection] = []
    }

    init(_ walk: borrowing MappingPass, now: Instant, variables: VariableValues) {
        plan = walk.plan
        self.now = now
        self.variables = variables
        best = Array(repeating: -1, count: plan.inputs.count)
        windows = plan.rules.map { $0.window(now) }
        judge(walk.cases)
        settleNearTies()
    }

    private mutating func judge(_ cases: [MappingPass.Case]) {
        var turn = Turn()
        for found in cases {
            switch found {
            case .candidate(let candidate): take(candidate, &turn)
            case .rejection(let rejection): refuse(rejection, &turn)
            case .open(let open):
                let rule = plan.rules[open.rule]
                do throws(Fault) {
                    let verdict = try rule.judge(
                        open.resource,
                        component: open.component,
                        now: now,
                        variables: variables
                    )
                    let candidate = Candidate(
                        rule: open.rule,
                        input: rule.input,
                        position: rule.position,
                        longestWindowSeconds: open.longestWindowSeconds,
                        place: open.resourceIndex,
                        resource: open.resource,
                        verdict: verdict
                    )
                    take(candidate, &turn)
                } catch {
                    let rejection = PendingRejection(
                        error.finding,
                        rule: open.rule,
                        windowSeconds: open.longestWindowSeconds,
                        at: open.resourceIndex,
                        open.resource,
                        error.path,
                        reading: error.reading
                    )
                    refuse(rejection, &turn)
                }
            }
        }
        finish(&turn)
    }

    private mutating func take(_ candidate: Candidate, _ turn: inout Turn) {
        begin(candidate.input, of: candidate.resourceIndex, &turn)
        if let time = candidate.time, let finding = time.finding(in: windows[candidate.rule]) {
            let value = candidate.reading.value
            return refuse(candidate.rejection(finding, time.path, reading: value), &turn)
        }
        guard candidate.isMeant else {
            let path = plan.rules[candidate.rule].filter?.parsed.text ?? ""
            return refuse(candidate.rejection(.notMeant, path), &turn)
        }
        guard !candidate.isImplausible else {
            return refuse(candidate.rejection(.implausible, candidate.path), &turn)
        }
        turn.hasPassed = true
        let leader = best[candidate.input]
        if leader < 0
            || candidate.isPreferred(
                to: candidates[leader],
                by: plan.inputs[candidate.input],
                at: now
            )
        {
            best[candidate.input] = candidates.count
        }
        candidates.append(candidate)
    }

    private mutating func refuse(_ rejection: PendingRejection, _ turn: inout Turn) {
        guard let rule = rejection.rule else { return }
        begin(plan.rules[rule].input, of: rejection.resourceIndex, &turn)
        let rank = rejection.finding.rank
        if rank > (turn.furthest?.finding.rank ?? -1) { turn.furthest = rejection }
        if rejection.finding.leavesUnread, rank > (turn.unread?.finding.rank ?? -1) {
            turn.unread = rejection
        }
        // A part that is said to be absent says nothing against another one.
        if rejection.finding.leavesUnread, rejection.finding.reason != .absent,
            plan.rules[rule].readsComponent
        {
            turn.parts.append(rejection)
        }
    }

    /// Begins with another resource or input, when it is another.
    private mutating func begin(_ input: Int, of resourceIndex: Int, _ turn: inout Turn) {
        guard turn.input != input || turn.resourceIndex != resourceIndex else { return }
        finish(&turn)
        turn.input = input
        turn.resourceIndex = resourceIndex
        turn.hasPassed = false
        turn.furthest = nil
        turn.unread = nil
        if !turn.parts.isEmpty { turn.parts.removeAll() }
    }

    private mutating func finish(_ turn: inout Turn) {
        guard !turn.hasPassed else { return keepParts(of: turn) }
        guard let furthest = turn.furthest else { return }
        // Too old for one alternative, and unreadable for another that looks further back.
        if furthest.finding == .stale, let unread = turn.unread,
            window(of: unread) > window(of: furthest)
        {
            rejections.append(unread)
        } else {
            rejections.append(furthest)
        }
    }

    /// Tells of the components that could not be read beside another one that could: an oxygen
    /// flow of zero does not say what fraction is inspired.
    private mutating func keepParts(of turn: Turn) {
        guard !turn.parts.isEmpty else { return }
        let passed = candidates.reversed().prefix {
            $0.resourceIndex == turn.resourceIndex && $0.input == turn.input
        }
        rejections += turn.parts.filter { part in
            guard let rule = part.rule else { return false }
            return passed.allSatisfy {
                plan.rules[rule].readsAnotherPart(than: plan.rules[$0.rule])
            }
        }
    }

    private func window(of rejection: PendingRejection) -> Int {
        rejection.rule.map { plan.rules[$0].windowSeconds } ?? 0
    }
}

extension Candidate {
    fileprivate func rejection(
        _ finding: Finding,
        _ path: String,
        reading: MappingReport.Value? = nil
    ) -> PendingRejection {
        PendingRejection(
            finding,
            rule: rule,
            windowSeconds: longestWindowSeconds,
            at: resourceIndex,
            resource,
            path,
            reading: reading
        )
    }
}

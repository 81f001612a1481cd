import Basics
import JSON

extension Finding {
    /// Whether a record was made that may hold another value, but cannot be understood or used.
    ///
    /// Such a record must not be passed over for an older value or an assumed one. What was
    /// withdrawn, has passed, or is about something else says nothing about the value.
    var leavesUnread: Bool {
        switch self {
        case .codeUnresolved, .codesShared, .statusMissing, .statusNotAccepted,
            .intentNotAccepted, .verificationNotAccepted,
            .modifierExtension, .implicitRules, .profileNotDeclared, .structureViolated,
            .dataAbsent, .valueMissing, .componentMissing, .wrongValueType,
            .severalValues, .expressionFailed, .expressionTooLarge, .conditionOpen,
            .factContradicted, .unitMissing,
            .unitUnknown,
            .unitForeign, .unitWithoutSystem, .unitIncompatible, .unitsDisagree, .numberMissing,
            .numberTooLong, .comparator, .untranslated, .codesDisagree, .timeMissing,
            .timeMalformed, .timeWithoutZone, .timeImprecise, .periodOpen, .severalTimes,
            .periodReversed, .periodTooLong,
            .implausible,
            .versionsDisagree:
            true
        case .otherPatient, .subjectMissing, .subjectUnresolved, .subjectNotPatient, .otherFocus,
            .wrongType, .notMeant, .statusWithdrawn, .statusNotInForce, .negated, .notOrdered,
            .conditionInactive,
            .conditionRefuted, .conditionAbated, .partMissing, .future, .stale, .tooRecent,
            .duplicate,
            .momentsDisagree, .superseded, .olderVersion,
            .newerUnread:
            false
        }
    }
}

extension ResourceFields {
    /// The earliest and latest moment that the resource can be about; `nil` when unknown.
    var span: ClosedRange<Instant>? {
        guard !hasSeveralEffectives, let named = timing else { return nil }
        let place = named.value
        guard tape.kind(place) != .string else { return EffectiveTime(tape, place).bounds }
        guard let last = tape.present(MemberNames.end, of: place),
            let end = EffectiveTime(tape, last).bounds
        else { return nil }
        // A measurement holds at its end, a treatment or a stay from its start on.
        guard let type, type.openPeriodGoesOn else { return end }
        let start = tape.present(MemberNames.start, of: place)
            .flatMap { EffectiveTime(tape, $0).bounds?.lowerBound }
        return min(start ?? Instant(microseconds: .min), end.lowerBound)...end.upperBound
    }

    /// Whether it tells of what has begun by a moment, its end told and yet to come.
    func hasBegun(by moment: Instant) -> Bool {
        guard let place = timing?.value, tape.kind(place) == .object else { return false }
        guard let start = tape.present(MemberNames.start, of: place) else { return true }
        return EffectiveTime(tape, start).hasCome(by: moment)
    }
}

extension PendingRejection {
    /// The earliest moment at which it could have been taken.
    private func windowStart(_ now: Instant) -> Instant {
        now.advanced(byMicroseconds: -Int64(windowSeconds) * 1_000_000)
    }

    /// Whether this record bears on an input without a value, though it could not be used.
    ///
    /// An assumed value never covers it. A stale one counts where it says something else than
    /// what is assumed; for a fact only what lies in the window counts.
    func bears(on input: InputPlan, isFact: Bool, now: Instant) -> Bool {
        if mayBeOfPatient { return !isPast(now) }
        if isFact || input.absence != nil {
            // What has begun is not none, though its end lies ahead of a status that is over.
            if finding == .future { return resource.hasBegun(by: input.windowEnd(now)) }
            guard finding.leavesUnread, !isPast(now) else { return false }
            return isFact
                || !(resource.span.map { $0.lowerBound > input.windowEnd(now) } ?? false)
        }
        if finding == .future { return true }
        guard finding == .stale else { return finding.leavesUnread }
        guard let reading else { return true }
        switch input.missing {
        case .assume(let stated, _), .impute(let stated, _): return reading != stated
        case .reject, .partial, .model: return true
        }
    }

    /// Whether a record was made that may hold a value of this patient.
    var mayHoldValue: Bool { finding.leavesUnread || mayBeOfPatient }

    /// Whether it is not known whose record it is: it may be this patient's.
    private var mayBeOfPatient: Bool {
        finding == .subjectMissing || finding == .subjectUnresolved
    }

    private func isPast(_ now: Instant) -> Bool {
        resource.span.map { $0.upperBound < windowStart(now) } ?? false
    }

    /// Whether this record, could it be read, might have been taken instead of the winner.
    func mightReplace(_ winner: Candidate, by plan: ProfilePlan, now: Instant) -> Bool {
        guard mayHoldValue, let rule = rule.map({ plan.rules[$0] }),
            resourceIndex != winner.resourceIndex
                || rule.readsAnotherPart(than: plan.rules[winner.rule])
        else { return false }
        // Whose it is was asked first: it may be of another type, or withdrawn, as well.
        if mayBeOfPatient, rule.resource != resource.type || rule.isOver(resource) { return false }
        let input = plan.inputs[winner.input]
        let span = resource.span
        if let span {
            // What lies ahead or behind the window would not have been taken anyway.
            if span.lowerBound > input.windowEnd(now) { return false }
            if span.upperBound < windowStart(now) { return false }
        }
        // Where one is enough, another one more changes nothing.
        if input.selection == .exists { return winner.reading.value != .boolean(true) }
        if input.preference == .rule, rule.position != winner.position {
            return rule.position < winner.position
        }
        guard let span else { return true }
        switch input.selection {
        case .max, .min, .worst, .mean, .median, .count, .exists: return true
        case .latest:
            if span.upperBound != winner.order(now) {
                return span.upperBound > winner.order(now)
                    || mightWinNearTie(over: winner, span.upperBound, by: plan, now: now)
            }
        case .first:
            if span.lowerBound != winner.order(now) { return span.lowerBound < winner.order(now) }
        }
        // At the same moment nothing can change the value that wins every tie, and a record
        // that says nothing leaves another record of that moment as it is.
        if let wanted = input.onTie, winner.reading.value == wanted { return false }
        return finding.reason != .absent || rule.position == winner.position
    }

    /// Whether it may be a measurement of another kind that wins over one shortly after it, as
    /// `MomentPass.settleNearTies` lets one that can be read.
    private func mightWinNearTie(
        over winner: Candidate,
        _ moment: Instant,
        by plan: ProfilePlan,
        now: Instant
    ) -> Bool {
        let input = plan.inputs[winner.input]
        guard let wanted = input.onTie, let seconds = input.tieSeconds,
            winner.reading.value != wanted, finding.reason != .absent,
            plan.rules[winner.rule].threshold != nil, let rule,
            moment.advanced(byMicroseconds: Int64(seconds) * 1_000_000) >= winner.order(now)
        else { return false }
        if plan.rules[rule].threshold != nil { return plan.rules[rule].position != winner.position }
        // The rule that got furthest speaks; one that reads a quantity may have asked as well.
        return plan.rules.contains { other in
            other.input == winner.input && other.position != winner.position
                && other.threshold != nil && !other.readsComponent
                && other.resource == resource.type
                && MappingPass.isCoded(
                    resource.body,
                    CodeIndex(other.codes.map { ($0, true) }),
                    on: resource.tape
                )
        }
    }
}

import Basics
import FHIR
import JSON

/// Tests when a resource holds against the window of its input.
extension SourceRule {
    func testTime(_ fields: ResourceFields, _ now: Instant) throws(Fault) -> EffectiveTime? {
        guard resource != .patient else { return nil }
        guard !fields.hasSeveralEffectives else { throw Fault(.severalTimes, "effective[x]") }
        guard let read = try time(of: fields) else {
            guard timeIsOptional else { throw Fault(.timeMissing, "effective[x]") }
            return nil
        }
        let finding = read.time.finding(
            windowStart: windowStart(now),
            windowEnd: plan.windowEnd(now),
            latestAllowed: now.advanced(byMicroseconds: Int64(plan.futureSeconds) * 1_000_000)
        )
        if let finding {
            // Where no time is needed, a date that reaches into the window is recent enough.
            guard
                finding == .timeImprecise && timeIsOptional
                    || finding == .stale && (read.isOpen || isOngoing(fields))
            else {
                throw Fault(finding, read.path)
            }
        }
        return read.time
    }

    /// A time and where it stands; the path is made only for what is reported.
    private struct TimeRead {
        let time: EffectiveTime
        let member: ResourceFields.TimeName
        let isEnd: Bool
        /// Whether it is the start of a period that goes on.
        var isOpen = false

        var path: String { member.text + (isEnd ? ".end" : "") }
    }

    private func time(of fields: ResourceFields) throws(Fault) -> TimeRead? {
        let named: ResourceFields.NamedValue?
        switch resource {
        case .patient: return nil
        case .observation, .diagnosticReport: named = fields.effective
        case .condition, .allergyIntolerance: named = fields.onset
        case .encounter, .procedure, .medicationRequest, .medicationStatement,
            .medicationAdministration, .medicationDispense, .serviceRequest, .immunization:
            named = fields.effective ?? fields.otherTime
        }
        return try named.flatMap { (named) throws(Fault) in try time(named, on: fields.tape) }
    }

    private func time(
        _ named: ResourceFields.NamedValue,
        on tape: JSONTape
    ) throws(Fault) -> TimeRead? {
        let member = named.name
        if tape.kind(named.value) == .string {
            return TimeRead(time: EffectiveTime(tape, named.value), member: member, isEnd: false)
        }
        guard member.isPeriod else { throw Fault(.timeMissing, member.text) }
        try testOrder(of: named, on: tape)
        // A reading over a period holds at its end.
        guard let end = tape.present(MemberNames.end, of: named.value) else {
            guard resource.openPeriodGoesOn else { throw Fault(.periodOpen, member.text) }
            // What began and has no end goes on, from its start where that is told.
            guard let start = tape.present(MemberNames.start, of: named.value) else {
                return nil
            }
            return TimeRead(
                time: EffectiveTime(tape, start),
                member: member,
                isEnd: false,
                isOpen: !resource.hasClinicalStatus
            )
        }
        return TimeRead(time: EffectiveTime(tape, end), member: member, isEnd: true)
    }

    /// A period that ends before it starts tells no time, nor does a measurement over years.
    private func testOrder(
        of named: ResourceFields.NamedValue,
        on tape: JSONTape
    ) throws(Fault) {
        guard let first = tape.present(MemberNames.start, of: named.value),
            let last = tape.present(MemberNames.end, of: named.value)
        else { return }
        let start = EffectiveTime(tape, first)
        if case .unusable(let finding) = start { throw Fault(finding, named.name.text + ".start") }
        // What is wrong with the end is told where it is read.
        guard let start = start.bounds, let end = EffectiveTime(tape, last).bounds else { return }
        guard end.upperBound >= start.lowerBound else {
            throw Fault(.periodReversed, named.name.text)
        }
        let length = end.lowerBound.microseconds(since: start.upperBound)
        guard resource.openPeriodGoesOn || length <= Int64(windowSeconds) * 1_000_000 else {
            throw Fault(.periodTooLong, named.name.text)
        }
    }
}

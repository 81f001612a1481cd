import Basics
import FHIR
import JSON

/// A time and where it stands; the path is made only for what is reported.
struct RecordTime {
    let time: EffectiveTime
    fileprivate let member: ResourceFields.TimeName
    fileprivate let isEnd: Bool
    /// Whether it is the start of a period that goes on.
    fileprivate var isOpen = false
    /// Whether a date that merely reaches into the window is recent enough.
    fileprivate var mayBeImprecise = false
    /// Whether no window makes it stale.
    fileprivate var goesOn = false

    /// Makes a time that no window has been asked of yet.
    fileprivate init(
        _ time: EffectiveTime,
        in member: ResourceFields.TimeName,
        isEnd: Bool,
        isOpen: Bool = false
    ) {
        self.time = time
        self.member = member
        self.isEnd = isEnd
        self.isOpen = isOpen
    }

    var path: String { isEnd ? member.text + ".end" : member.text }

    /// Why it is not in a window; `nil` when it is.
    func finding(in window: InputPlan.Window) -> Finding? {
        let finding = time.finding(
            windowStart: window.start,
            windowEnd: window.end,
            latestAllowed: window.latestAllowed
        )
        switch finding {
        case .timeImprecise where mayBeImprecise, .stale where goesOn: return nil
        case .some, nil: return finding
        }
    }
}

/// Reads when a resource holds, to be held against the window of its input.
extension SourceRule {
    func readTime(_ fields: ResourceFields) throws(Fault) -> RecordTime? {
        guard resource != .patient else { return nil }
        guard !fields.hasSeveralEffectives else { throw Fault(.severalTimes, "effective[x]") }
        guard var read = try time(of: fields) else {
            guard timeIsOptional else { throw Fault(.timeMissing, "effective[x]") }
            return nil
        }
        if case .unusable(let finding) = read.time { throw Fault(finding, read.path) }
        // Where no time is needed, a date that reaches into the window is recent enough.
        read.mayBeImprecise = timeIsOptional
        read.goesOn = read.isOpen || isOngoing(fields)
        return read
    }

    private func time(of fields: ResourceFields) throws(Fault) -> RecordTime? {
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
    ) throws(Fault) -> RecordTime? {
        let member = named.name
        if tape.kind(named.value) == .string {
            return RecordTime(EffectiveTime(tape, named.value), in: member, isEnd: false)
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
            return RecordTime(
                EffectiveTime(tape, start),
                in: member,
                isEnd: false,
                isOpen: !resource.hasClinicalStatus
            )
        }
        return RecordTime(EffectiveTime(tape, end), in: member, isEnd: true)
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

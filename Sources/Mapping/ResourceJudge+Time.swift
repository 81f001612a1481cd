import Basics
import FHIR
import JSON

/// A time and where it stands; the path is made only for what is reported.
struct RecordTime {
    /// When it holds, whatever the moment: of a period its end, or its start without one.
    let time: EffectiveTime
    fileprivate let member: ResourceFields.TimeName
    fileprivate let isEnd: Bool
    /// When it began, where it goes on: an end that lies ahead is only planned.
    fileprivate var begin: EffectiveTime?
    /// Whether it is the start of a period that goes on.
    fileprivate var isOpen = false
    /// Whether it is the start of what is over, and when it ended is not told.
    fileprivate var isEndUntold = false
    /// When it was over already, as its last change shows.
    fileprivate var isOverBy: Instant?
    /// Whether a date that merely reaches into the window is recent enough.
    fileprivate var mayBeImprecise = false
    /// Whether no window makes it stale.
    fileprivate var goesOn = false

    /// Makes a time that no window has been asked of yet.
    fileprivate init(
        _ time: EffectiveTime,
        in member: ResourceFields.TimeName,
        isEnd: Bool
    ) {
        self.time = time
        self.member = member
        self.isEnd = isEnd
    }

    var path: String { isEnd ? member.text + ".end" : member.text }

    /// When it holds as of a moment: before a planned end it goes on, from its start.
    func time(asOf now: Instant) -> EffectiveTime {
        guard let begin, !time.hasCome(by: now) else { return time }
        return begin
    }

    /// Whether its last change tells that it was over by then.
    private func isOver(by moment: Instant) -> Bool {
        guard let isOverBy else { return false }
        return isOverBy < moment
    }

    /// Why it is not in a window; `nil` when it is.
    func finding(in window: InputPlan.Window) -> Finding? {
        let finding = time(asOf: window.now).finding(
            windowStart: window.start,
            windowEnd: window.end,
            latestAllowed: window.latestAllowed
        )
        switch finding {
        case .timeImprecise where mayBeImprecise: return nil
        case .stale where goesOn || begin != nil && !time.hasCome(by: window.now): return nil
        case .future, .tooRecent: return finding
        case .stale where isEndUntold && isOver(by: window.start): return .stale
        // What began in the window was in it, whenever it ended; what began before it may be.
        case nil where window.end >= window.latestAllowed: return nil
        case .some, nil: return isEndUntold ? .periodOpen : finding
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
        return try named.flatMap { (named) throws(Fault) in try time(named, of: fields) }
    }

    private func time(
        _ named: ResourceFields.NamedValue,
        of fields: ResourceFields
    ) throws(Fault) -> RecordTime? {
        let tape = fields.tape
        let member = named.name
        if tape.kind(named.value) == .string {
            return RecordTime(EffectiveTime(tape, named.value), in: member, isEnd: false)
        }
        guard member.isPeriod else { throw Fault(.timeMissing, member.text) }
        try testOrder(of: named, on: tape)
        let start = tape.present(MemberNames.start, of: named.value)
        // A reading over a period holds at its end.
        guard let end = tape.present(MemberNames.end, of: named.value) else {
            guard resource.openPeriodGoesOn else { throw Fault(.periodOpen, member.text) }
            guard let start else { return nil }
            var time = RecordTime(EffectiveTime(tape, start), in: member, isEnd: false)
            // What began and has no end goes on, from its start, unless its status says otherwise.
            time.isEndUntold = resource.hasEnded(fields)
            time.isOpen = !resource.hasClinicalStatus && !time.isEndUntold
            if time.isEndUntold { time.isOverBy = fields.lastUpdated }
            return time
        }
        var time = RecordTime(EffectiveTime(tape, end), in: member, isEnd: true)
        if let start, resource.openPeriodGoesOn,
            resource.hasClinicalStatus ? isOngoing(fields) : !resource.hasEnded(fields)
        {
            time.begin = EffectiveTime(tape, start)
        }
        return time
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

import Basics
import FHIR
import JSON
import StructureDefinitions

/// What a rule makes of a resource.
struct Verdict {
    let reading: Reading
    let effective: Instant?
    /// The moment to compare with others.
    let order: Instant
    /// The component that the value stands in; `nil` for the resource itself.
    let component: Int?
    /// The path of the value inside the component or resource.
    let path: String
}

/// Tests one resource against one rule, in the order of the closed list.
///
/// Design, section 3: subject, type and code are tested by `MappingPass`; here follow status,
/// profile, absent, value-type, the units, not-a-number, comparator, untranslated, no-time,
/// future, stale and implausible. The rule does this itself, since a judge beside it would count
/// references to it for every resource.
extension SourceRule {
    func judge(
        _ fields: ResourceFields,
        component: (position: Int, fields: ValueFields)?,
        now: Instant,
        variables: VariableValues
    ) throws(Fault) -> Verdict {
        try testStatus(fields, now)
        try testProfile(fields, component?.fields, now)
        let body = component?.fields ?? fields.body
        let reading: Reading
        let path: String
        // A reason on the whole covers the components that say nothing themselves.
        if let part = component?.fields, part.dataAbsentReason == nil, part.values == nil {
            try ValueReader.requirePresent(fields.body)
        }
        do throws(Fault) {
            (reading, path) = try read(body, on: fields.tape, now, variables)
        } catch {
            throw Fault(error.finding, Self.prefix(component?.position) + error.path)
        }
        let time: EffectiveTime?
        do throws(Fault) {
            time = try testTime(fields, now)
        } catch {
            throw Fault(error.finding, error.path, reading: reading.value)
        }
        if let number = reading.unrounded, let range = plausible, !range.contains(number) {
            throw Fault(.implausible, Self.prefix(component?.position) + path)
        }
        var effective: Instant?
        if case .moment(let instant) = time { effective = instant }
        return Verdict(
            reading: reading,
            effective: effective,
            order: time?.order(now: now) ?? now,
            component: component?.position,
            path: path
        )
    }

    private static func prefix(_ component: Int?) -> String {
        component.map { "component[\($0)]." } ?? ""
    }

    private func read(
        _ body: ValueFields,
        on tape: JSONTape,
        _ now: Instant,
        _ variables: VariableValues
    ) throws(Fault) -> (Reading, String) {
        let path = reader.path(in: body, on: tape)
        guard
            let found = try reader.find(
                in: body,
                on: tape,
                now: now,
                variables: variables,
                isCounting: plan.selection.isCounting
            )
        else {
            try testFact(body, on: tape)
            guard let constant else { throw Fault(.valueMissing, path) }
            return (Reading(constant, .constant), path)
        }
        return (try reading(of: found, on: tape, path), path)
    }

    /// A code that is the fact itself tolerates no value beside it but `true`.
    private func testFact(_ body: ValueFields, on tape: JSONTape) throws(Fault) {
        try ValueReader.requirePresent(body)
        guard let values = body.values else { return }
        guard values.count == 1, tape.kind(values.value) == .true else {
            throw Fault(.factContradicted, tape.string(values.name) ?? "value[x]")
        }
    }

    // MARK: Status and profile

    private func testStatus(_ fields: ResourceFields, _ now: Instant) throws(Fault) {
        switch resource {
        case .patient: return
        case .condition, .allergyIntolerance: try testConditionStatus(fields, now)
        case .observation, .diagnosticReport: try testPlainStatus(fields)
        case .encounter, .procedure, .medicationRequest, .medicationStatement,
            .medicationAdministration, .medicationDispense, .serviceRequest, .immunization:
            try testPlainStatus(fields)
            // R4 MedicationRequest.doNotPerform and its like turn the meaning round.
            if let member = fields.negation { throw Fault(.negated, member.name) }
        }
    }

    private func testPlainStatus(_ fields: ResourceFields) throws(Fault) {
        guard let status = fields[.status], fields.tape.kind(status) == .string else {
            throw Fault(.statusMissing, "status")
        }
        for accepted in statuses where fields.tape.isString(status, accepted) { return }
        for word in resource.withdrawn where fields.tape.isString(status, word) {
            throw Fault(.statusWithdrawn, "status")
        }
        for word in resource.notInForce where fields.tape.isString(status, word) {
            throw Fault(.statusNotInForce, "status")
        }
        throw Fault(.statusNotAccepted, "status")
    }

    private static let refuted = ["refuted", "entered-in-error"].map { Array($0.utf8) }
    private static let active = ["active", "recurrence", "relapse"].map { Array($0.utf8) }
    private static let inactive = ["inactive", "remission", "resolved"].map { Array($0.utf8) }

    /// R4 holds clinicalStatus as CodeableConcept, STU3 as code.
    private func testConditionStatus(_ fields: ResourceFields, _ now: Instant) throws(Fault) {
        // R4 con-5: what was entered in error has no clinicalStatus, so this comes first.
        if let verification = fields[.verificationStatus],
            Self.says(JSONValue(fields.tape, verification), oneOf: Self.refuted)
        {
            throw Fault(.conditionRefuted, "verificationStatus")
        }
        guard let status = fields[.clinicalStatus] else {
            throw Fault(.statusMissing, "clinicalStatus")
        }
        guard Self.says(JSONValue(fields.tape, status), oneOf: statuses) else {
            let isInactive = Self.says(JSONValue(fields.tape, status), oneOf: Self.inactive)
            throw Fault(isInactive ? .conditionInactive : .statusNotAccepted, "clinicalStatus")
        }
        // A rule that takes what is over asks for a history: that it ended does not take it back.
        guard !Self.says(JSONValue(fields.tape, status), oneOf: Self.inactive) else { return }
        if try Self.hasAbated(fields, now) { throw Fault(.conditionAbated, "abatement[x]") }
    }

    /// An abatement that lies ahead has not come; in any other form it has.
    private static func hasAbated(
        _ fields: ResourceFields,
        _ now: Instant
    ) throws(Fault) -> Bool {
        if let flag = fields[.abatementBoolean], fields.tape.kind(flag) == .true { return true }
        if fields.hasTimelessAbatement { return true }
        var place = fields[.abatementDateTime]
        if let period = fields[.abatementPeriod] {
            place =
                fields.tape.present(MemberNames.end, of: period)
                ?? fields.tape.present(MemberNames.start, of: period)
            if place == nil { return true }
        }
        guard let place else { return false }
        switch EffectiveTime(fields.tape, place) {
        case .moment(let instant): return instant <= now
        case .range(let range): return range.lowerBound <= now
        case .unusable(let finding): throw Fault(finding, "abatement[x]")
        }
    }

    /// Whether a Condition says that it goes on, so that no window makes it stale.
    private func isOngoing(_ fields: ResourceFields) -> Bool {
        guard resource.hasClinicalStatus, let status = fields[.clinicalStatus] else { return false }
        return Self.says(JSONValue(fields.tape, status), oneOf: Self.active)
    }

    private static func says(_ status: JSONValue, oneOf codes: [[UInt8]]) -> Bool {
        if let text = status.decodedBytes {
            return codes.contains { text.elementsEqual($0) }
        }
        guard let codings = status["coding"] else { return false }
        return codings.elements.contains { coding in
            guard let code = coding["code"]?.decodedBytes else { return false }
            return codes.contains { code.elementsEqual($0) }
        }
    }

    /// FHIR R4, sections 2.4.0.1 and 2.27.0.1.1: neither unknown modifier extensions nor unknown
    /// implicit rules may be ignored.
    private func testProfile(
        _ fields: ResourceFields,
        _ component: ValueFields?,
        _ now: Instant
    ) throws(Fault) {
        if fields.body.modifierExtension != nil || component?.modifierExtension != nil {
            throw Fault(.modifierExtension, "modifierExtension")
        }
        if fields[.implicitRules] != nil { throw Fault(.implicitRules, "implicitRules") }
        guard !profiles.isEmpty || !structures.isEmpty else { return }
        let isDeclared =
            fields[.meta].flatMap { JSONValue(fields.tape, $0)["profile"] }?.elements.contains {
                profile in
                guard let text = profile.decodedBytes else { return false }
                let url = text.prefix { $0 != UInt8(ascii: "|") }
                return profiles.contains { url.elementsEqual($0) }
            } ?? false
        guard !isDeclared else { return }
        guard !structures.isEmpty else { throw Fault(.profileNotDeclared, "meta.profile") }
        if let found = structureFinding(JSONValue(fields.tape, fields.place), now) {
            throw Fault(.structureViolated, found.path)
        }
    }

    // MARK: Time

    private func testTime(_ fields: ResourceFields, _ now: Instant) throws(Fault) -> EffectiveTime?
    {
        guard resource != .patient else { return nil }
        guard !fields.hasSeveralEffectives else { throw Fault(.severalTimes, "effective[x]") }
        guard let read = try time(of: fields) else {
            guard timeIsOptional else { throw Fault(.timeMissing, "effective[x]") }
            return nil
        }
        let finding = read.time.finding(
            windowStart: plan.windowStart(now),
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
}

import Basics
import FHIR
import FHIRPath
import JSON
import StructureDefinitions

/// What a rule makes of a resource, the window of its input not asked yet.
struct Verdict {
    let reading: Reading
    /// When it holds; `nil` where no time is needed and none is told.
    let time: RecordTime?
    /// Whether the number lies outside of what is plausible.
    let isImplausible: Bool
    /// Whether it is one of the records that the rule is for (`where`).
    var isMeant = true
    /// The component that the value stands in; `nil` for the resource itself.
    let component: Int?
    /// The path of the value inside the component or resource.
    let path: String
}

/// Tests one resource against one rule, in the order of the closed list.
///
/// Design, section 3: subject, type and code are tested by `MappingPass`; here follow status,
/// profile, absent, value-type, the units, not-a-number, comparator, untranslated and no-time;
/// future, stale and implausible are left to `MomentPass`, which knows the window. The rule does
/// this itself, since a judge beside it would count references to it for every resource.
extension SourceRule {
    func judge(
        _ fields: ResourceFields,
        component: (position: Int, fields: ValueFields)?,
        now: Instant,
        variables: VariableValues
    ) throws(Fault) -> Verdict {
        try testStatus(fields, now)
        try testProfile(fields, component?.fields, now)
        let isMeant = try isMeant(fields, variables)
        do throws(Fault) {
            var verdict = try verdict(
                fields,
                component: component,
                now: now,
                variables: variables
            )
            verdict.isMeant = isMeant
            return verdict
        } catch {
            // What is wrong with a record that the rule is not for says nothing of the value.
            throw isMeant ? error : Fault(.notMeant, filter?.parsed.text ?? "")
        }
    }

    /// Whether `where` holds of a record; an answer that is neither yes nor no leaves it unread.
    private func isMeant(
        _ fields: ResourceFields,
        _ variables: VariableValues
    ) throws(Fault) -> Bool {
        guard let filter else { return true }
        do throws(FHIRPathError) {
            let answer = try filter.parsed.evaluateBoolean(
                in: variables.environment(
                    for: filter,
                    focus: [.element(JSONValue(fields.tape, fields.place))]
                )
            )
            if let answer { return answer }
        } catch {
            throw Fault(error.finding, filter.parsed.text)
        }
        throw Fault(.expressionFailed, filter.parsed.text)
    }

    private func verdict(
        _ fields: ResourceFields,
        component: (position: Int, fields: ValueFields)?,
        now: Instant,
        variables: VariableValues
    ) throws(Fault) -> Verdict {
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
            // Where no time is told, that says more than that a comparison with it is open.
            if error.finding == .conditionOpen { _ = try readTime(fields) }
            throw Fault(error.finding, Self.prefix(component?.position) + error.path)
        }
        let time: RecordTime?
        do throws(Fault) {
            time = try readTime(fields)
        } catch {
            throw Fault(error.finding, error.path, reading: reading.value)
        }
        var isImplausible = false
        if let number = reading.unrounded, let range = plausible {
            isImplausible = !range.contains(number)
        }
        return Verdict(
            reading: reading,
            time: time,
            isImplausible: isImplausible,
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
            if resource.hasIntent { try Self.testIntent(fields) }
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
}

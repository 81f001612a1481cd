import Basics
import FHIR
import JSON

/// Tests the statuses that are no plain `status`: intent, clinical and verification status.
extension SourceRule {
    private static let orders = words(
        "order",
        "original-order",
        "reflex-order",
        "filler-order",
        "instance-order"
    )
    private static let suggestions = words("proposal", "plan", "option")

    /// R4 MedicationRequest.intent is a modifier: what is proposed or planned is not ordered.
    ///
    /// It is required, yet many older systems leave it out, and what they send are orders.
    static func testIntent(_ fields: ResourceFields) throws(Fault) {
        guard let intent = fields[other: .intent] else { return }
        for word in orders where fields.tape.isString(intent, word) { return }
        for word in suggestions where fields.tape.isString(intent, word) {
            throw Fault(.notOrdered, "intent")
        }
        throw Fault(.intentNotAccepted, "intent")
    }

    private static let refuted = words("refuted", "entered-in-error")
    private static let active = words("active", "recurrence", "relapse")
    private static let resolved = Array("resolved".utf8)
    private static let inactive = words("inactive", "remission", "resolved")

    /// The code systems of the two statuses: those of R4 and later, and those of STU3.
    private static let statusSystems = [
        "condition-clinical", "condition-ver-status", "allergyintolerance-clinical",
        "allergyintolerance-verification",
    ].flatMap { name in
        words("http://terminology.hl7.org/CodeSystem/" + name, "http://hl7.org/fhir/" + name)
    }

    /// R4 holds clinicalStatus as CodeableConcept, STU3 as code.
    func testConditionStatus(_ fields: ResourceFields, _ now: Instant) throws(Fault) {
        // R4 con-5: what was entered in error has no clinicalStatus, so this comes first.
        try testVerification(fields)
        guard let status = fields[.clinicalStatus] else {
            // R4 con-3 asks for it of a problem list only: a diagnosis of an encounter has none.
            if (Self.active + Self.inactive).allSatisfy(statuses.contains) { return }
            throw Fault(.statusMissing, "clinicalStatus")
        }
        let codes = Self.codes(of: JSONValue(fields.tape, status))
        let isInactive = !codes.isEmpty && codes.allSatisfy { Self.inactive.contains($0) }
        guard Self.agrees(codes, with: statuses) else {
            throw Fault(isInactive ? .conditionInactive : .statusNotAccepted, "clinicalStatus")
        }
        // A rule that takes what is over asks for a history: that it ended does not take it back,
        // whether the status says so too or not.
        guard !isInactive, !statuses.contains(Self.resolved) else { return }
        if try Self.hasAbated(fields, now) { throw Fault(.conditionAbated, "abatement[x]") }
    }

    /// What is unconfirmed, provisional or a differential diagnosis may or may not be so.
    private func testVerification(_ fields: ResourceFields) throws(Fault) {
        guard let status = fields[.verificationStatus] else { return }
        let codes = Self.codes(of: JSONValue(fields.tape, status))
        guard !codes.isEmpty, codes.allSatisfy({ verifications.contains($0) }) else {
            let isRefuted = !codes.isEmpty && codes.allSatisfy { Self.refuted.contains($0) }
            throw Fault(
                isRefuted ? .conditionRefuted : .verificationNotAccepted,
                "verificationStatus"
            )
        }
    }

    /// Whether some code is accepted and none says otherwise: `active` beside `recurrence` tells
    /// the same more closely (the codes form a hierarchy), `active` beside `resolved` does not.
    private static func agrees(_ codes: [[UInt8]], with accepted: [[UInt8]]) -> Bool {
        guard codes.contains(where: { accepted.contains($0) }) else { return false }
        let isActive = codes.contains { active.contains($0) }
        return codes.allSatisfy { code in
            accepted.contains(code) || (isActive ? active : inactive).contains(code)
        } && !(isActive && codes.contains { inactive.contains($0) })
    }

    /// The codes of a status, of the code systems that FHIR binds it to.
    ///
    /// What another system calls active may be anything. STU3 has a bare code here, and where no
    /// system is named it is the one that the element is bound to (binding strength required).
    private static func codes(of status: JSONValue) -> [[UInt8]] {
        if let text = status.decodedBytes { return [Array(text)] }
        guard let codings = status["coding"] else { return [] }
        return codings.elements.compactMap { coding in
            guard let code = coding["code"]?.decodedBytes else { return nil }
            guard let system = coding["system"] else { return Array(code) }
            let isBound = statusSystems.contains {
                system.decodedBytes?.elementsEqual($0) ?? false
            }
            return isBound ? Array(code) : nil
        }
    }

    /// Whether a Condition says that it goes on, so that no window makes it stale.
    func isOngoing(_ fields: ResourceFields) -> Bool {
        guard resource.hasClinicalStatus, let status = fields[.clinicalStatus] else { return false }
        let codes = Self.codes(of: JSONValue(fields.tape, status))
        return !codes.isEmpty && codes.allSatisfy { Self.active.contains($0) }
    }

    /// Whether a record that cannot be understood plainly says that it is over or was withdrawn,
    /// and is none of those that the rule takes all the same.
    func isOver(_ fields: ResourceFields) -> Bool {
        guard resource.hasClinicalStatus else {
            guard let status = fields[.status] else { return false }
            return (resource.withdrawn + resource.notInForce).contains {
                !statuses.contains($0) && fields.tape.isString(status, $0)
            }
        }
        if let member = fields[.verificationStatus] {
            let codes = Self.codes(of: JSONValue(fields.tape, member))
            if !codes.isEmpty, codes.allSatisfy({ Self.refuted.contains($0) }) { return true }
        }
        guard let member = fields[.clinicalStatus] else { return false }
        let codes = Self.codes(of: JSONValue(fields.tape, member))
        return !codes.isEmpty
            && codes.allSatisfy { Self.inactive.contains($0) && !statuses.contains($0) }
    }

    private static func words(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

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
}

import Basics
import FHIR
import JSON

/// The members of a resource that mapping looks at.
///
/// Most resources of a request are asked for by nobody, and none is made of those. Of the others
/// all members are found in one walk. A class, because candidates and rejections keep it. Members
/// are places on the one tape: handing them on counts no reference.
final class ResourceFields: Sendable {
    let tape: JSONTape
    let place: JSONPlace
    /// Observation and Condition have a subject; allergies and some others have a patient.
    let subject: JSONPlace?
    let code: JSONPlace?
    /// `nil` for a type that no profile can read.
    let type: ResourceType?
    private let members: JSONMembers
    /// What the resource shares with the components of an Observation.
    let body: ValueFields
    /// The members that Observation and Condition do not have; `nil` for those two.
    private let otherMembers: JSONMembers?

    /// A time and the name of the member it stands in, such as `effectiveDateTime`.
    struct NamedValue {
        let name: TimeName
        let value: JSONPlace
    }

    /// The name of a member that holds a time; turned into text only for what is reported.
    enum TimeName {
        case member(Member)
        case other(OtherMember)

        var text: String {
            switch self {
            case .member(let member): member.name
            case .other(let member): member.name
            }
        }

        /// Whether it holds a Period.
        var isPeriod: Bool {
            switch self {
            case .member(let member): member == .effectivePeriod || member == .onsetPeriod
            case .other(let member): OtherMember.periods.contains(member)
            }
        }
    }

    /// The members that Observation and Condition do not have; looked for in other types only.
    enum OtherMember: Int, CaseIterable {
        case type, `class`, medicationCodeableConcept, medicationReference, medication
        case vaccineCode, contained, intent
        case authoredOn, period, actualPeriod, performedDateTime, performedPeriod
        case occurrenceDateTime, occurrencePeriod, occurenceDateTime, occurencePeriod
        case whenHandedOver, dateAsserted
        case doNotPerform, notDone, notGiven, wasNotGiven, notTaken

        var name: String { Self.names[rawValue] }
        private static let names = allCases.map { "\($0)" }

        /// The members that hold a time, the more telling ones first.
        static let times: [OtherMember] = [
            .authoredOn, .period, .actualPeriod, .performedDateTime, .performedPeriod,
            .occurrenceDateTime, .occurrencePeriod, .occurenceDateTime, .occurencePeriod,
            .whenHandedOver, .dateAsserted,
        ]
        static let periods: [OtherMember] = [
            .period, .actualPeriod, .performedPeriod, .occurrencePeriod, .occurencePeriod,
        ]
        /// The members that turn the meaning round where they are true.
        static let negations: [OtherMember] = [
            .doNotPerform, .notDone, .notGiven, .wasNotGiven, .notTaken,
        ]
    }

    /// The members beside `subject` and `code`; the raw value is the slot of the table.
    enum Member: Int, CaseIterable {
        case resourceType, id, meta, implicitRules, status, focus, issued, component
        case dataAbsentReason, modifierExtension
        case effectiveDateTime, effectivePeriod, effectiveInstant, effectiveTiming
        case clinicalStatus, verificationStatus
        case abatementDateTime, abatementAge, abatementPeriod, abatementRange
        case abatementString, abatementBoolean
        case onsetDateTime, onsetPeriod, recordedDate, assertedDate

        var name: String { Self.names[rawValue] }
        private static let names = allCases.map { "\($0)" }
    }

    private static let table = JSONNameTable(Member.allCases.map(\.name))
    private static let otherTable = JSONNameTable(OtherMember.allCases.map(\.name))

    convenience init(_ json: JSONValue) {
        let (tape, place) = (json.tape, json.place)
        self.init(
            tape,
            place,
            subject: Self.subject(of: place, on: tape),
            code: tape.present(MemberNames.code, of: place)
        )
    }

    /// Walks over a resource of which subject and code are found already.
    init(_ tape: JSONTape, _ place: JSONPlace, subject: JSONPlace?, code: JSONPlace?) {
        self.tape = tape
        self.place = place
        self.subject = subject
        self.code = code
        let members = tape.members(of: place, in: Self.table)
        self.members = members
        body = ValueFields(
            place: place,
            code: code,
            dataAbsentReason: members[Member.dataAbsentReason.rawValue],
            modifierExtension: members[Member.modifierExtension.rawValue],
            values: tape.members(of: place, withStem: MemberNames.value)
        )
        let type = members[Member.resourceType.rawValue].flatMap { ResourceType($0, on: tape) }
        self.type = type
        switch type {
        case .observation, .condition: otherMembers = nil
        case .patient, .encounter, .procedure, .medicationRequest, .medicationStatement,
            .medicationAdministration, .medicationDispense, .diagnosticReport,
            .allergyIntolerance, .serviceRequest, .immunization, nil:
            otherMembers = tape.members(of: place, in: Self.otherTable)
        }
    }

    /// Whom a resource is about: in `subject`, or else in `patient`.
    static func subject(of place: JSONPlace, on tape: borrowing JSONTape) -> JSONPlace? {
        if let found = tape.present(MemberNames.subject, of: place) { return found }
        return tape.present(MemberNames.patient, of: place)
    }

    subscript(member: Member) -> JSONPlace? { members[member.rawValue] }

    subscript(other member: OtherMember) -> JSONPlace? { others[member.rawValue] }

    /// What does not belong into a resource may stand there all the same.
    private var others: JSONMembers {
        otherMembers ?? tape.members(of: place, in: Self.otherTable)
    }

    /// When the resource holds, whatever its type.
    var timing: NamedValue? { effective ?? onset ?? otherTime }

    /// When a resource holds that is neither Observation nor Condition.
    var otherTime: NamedValue? {
        let others = others
        for member in OtherMember.times {
            if let value = others[member.rawValue] {
                return NamedValue(name: .other(member), value: value)
            }
        }
        return nil
    }

    /// The member that says that what it tells of is not to be or was not done; `nil` for none.
    ///
    /// What is there and is not plainly `false` is believed to say so.
    var negation: OtherMember? {
        let others = others
        return OtherMember.negations.first { member in
            others[member.rawValue].map { tape.kind($0) != .false && tape.kind($0) != .null }
                ?? false
        }
    }

    /// When an Observation holds.
    var effective: NamedValue? {
        named(.effectiveDateTime, .effectivePeriod, .effectiveInstant, .effectiveTiming)
    }

    /// Whether an Observation says more than once when it holds; FHIR allows one `effective[x]`.
    var hasSeveralEffectives: Bool {
        // Counted without a list, since every record comes by here.
        let moments =
            (self[.effectiveDateTime] == nil ? 0 : 1) + (self[.effectiveInstant] == nil ? 0 : 1)
        let spans =
            (self[.effectivePeriod] == nil ? 0 : 1) + (self[.effectiveTiming] == nil ? 0 : 1)
        return moments + spans > 1
    }

    /// Whether a Condition is said to have abated, in a form that tells no calendar time.
    var hasTimelessAbatement: Bool {
        self[.abatementAge] != nil || self[.abatementRange] != nil
            || self[.abatementString] != nil
    }

    /// When a Condition began, or else when it was recorded; STU3 calls that `assertedDate`.
    var onset: NamedValue? { named(.onsetDateTime, .onsetPeriod, .recordedDate, .assertedDate) }

    /// The text of the id, its escapes resolved; `nil` when there is none.
    var idBytes: ArraySlice<UInt8>? {
        self[.id].flatMap { JSONValue(tape, $0).decodedBytes }
    }

    /// The text of `meta.versionId`.
    var versionText: String? {
        self[.meta].flatMap { tape.member(MemberNames.versionId, of: $0) }
            .flatMap { tape.string($0) }
    }

    /// When the resource was changed last, `meta.lastUpdated`.
    var lastUpdated: Instant? {
        self[.meta].flatMap { JSONValue(tape, $0)["lastUpdated"] }
            .flatMap { FHIRDateTime($0) }?.instant
    }

    private func named(
        _ first: Member,
        _ second: Member,
        _ third: Member,
        _ fourth: Member
    ) -> NamedValue? {
        if let value = self[first] { return NamedValue(name: .member(first), value: value) }
        if let value = self[second] { return NamedValue(name: .member(second), value: value) }
        if let value = self[third] { return NamedValue(name: .member(third), value: value) }
        if let value = self[fourth] { return NamedValue(name: .member(fourth), value: value) }
        return nil
    }
}

/// The members that an Observation and its components share.
struct ValueFields: Sendable {
    let place: JSONPlace
    let code: JSONPlace?
    let dataAbsentReason: JSONPlace?
    let modifierExtension: JSONPlace?
    /// The first `value[x]` and how many there are; FHIR allows one.
    let values: (name: JSONPlace, value: JSONPlace, count: Int)?

    init(
        place: JSONPlace,
        code: JSONPlace?,
        dataAbsentReason: JSONPlace?,
        modifierExtension: JSONPlace?,
        values: (name: JSONPlace, value: JSONPlace, count: Int)?
    ) {
        self.place = place
        self.code = code
        self.dataAbsentReason = dataAbsentReason
        self.modifierExtension = modifierExtension
        self.values = values
    }

    /// Reads a component.
    init(component place: JSONPlace, on tape: borrowing JSONTape) {
        self.init(
            place: place,
            code: tape.present(MemberNames.code, of: place),
            dataAbsentReason: tape.present(MemberNames.dataAbsentReason, of: place),
            modifierExtension: tape.present(MemberNames.modifierExtension, of: place),
            values: tape.members(of: place, withStem: MemberNames.value)
        )
    }
}

import JSON

/// The members of a resource that mapping looks at.
///
/// Most resources of a request are asked for by nobody: of those only `code` and `subject` are
/// read. Of the others all members are found in one walk. A class, because candidates and
/// rejections keep it. Members are places on the one tape: handing them on counts no reference.
final class ResourceFields {
    let tape: JSONTape
    let place: JSONPlace
    /// Observation and Condition have a subject; allergies and some others have a patient.
    let subject: JSONPlace?
    let code: JSONPlace?
    private var members = JSONMembers()
    private var isWalked = false
    /// What the resource shares with the components of an Observation.
    private(set) lazy var body = ValueFields(
        place: place,
        code: code,
        dataAbsentReason: self[.dataAbsentReason],
        modifierExtension: self[.modifierExtension],
        values: tape.members(of: place, withStem: MemberNames.value)
    )

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

        var name: String { "\(self)" }

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

        var name: String { "\(self)" }
    }

    private static let table = JSONNameTable(Member.allCases.map(\.name))
    private static let otherTable = JSONNameTable(OtherMember.allCases.map(\.name))
    private var otherMembers = JSONMembers()
    private var isOtherWalked = false

    init(_ json: JSONValue) {
        let tape = json.tape
        let place = json.place
        if let found = tape.present(MemberNames.subject, of: place) {
            subject = found
        } else {
            subject = tape.present(MemberNames.patient, of: place)
        }
        code = tape.present(MemberNames.code, of: place)
        self.tape = tape
        self.place = place
    }

    subscript(member: Member) -> JSONPlace? {
        if !isWalked {
            members = tape.members(of: place, in: Self.table)
            isWalked = true
        }
        return members[member.rawValue]
    }

    subscript(other member: OtherMember) -> JSONPlace? {
        if !isOtherWalked {
            otherMembers = tape.members(of: place, in: Self.otherTable)
            isOtherWalked = true
        }
        return otherMembers[member.rawValue]
    }

    /// When the resource holds, whatever its type.
    var timing: NamedValue? { effective ?? onset ?? otherTime }

    /// When a resource holds that is neither Observation nor Condition.
    var otherTime: NamedValue? {
        for member in OtherMember.times {
            if let value = self[other: member] {
                return NamedValue(name: .other(member), value: value)
            }
        }
        return nil
    }

    /// The member that says that what it tells of is not to be or was not done; `nil` for none.
    ///
    /// What is there and is not plainly `false` is believed to say so.
    var negation: OtherMember? {
        OtherMember.negations.first { member in
            self[other: member].map { tape.kind($0) != .false && tape.kind($0) != .null } ?? false
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
struct ValueFields {
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

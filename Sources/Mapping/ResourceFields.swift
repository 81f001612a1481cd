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

    /// A member whose name ends in its type, such as `effectiveDateTime`.
    struct NamedValue {
        let name: Member
        let value: JSONPlace
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

    /// When an Observation holds.
    var effective: NamedValue? {
        named(.effectiveDateTime, .effectivePeriod, .effectiveInstant, .effectiveTiming)
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
        if let value = self[first] { return NamedValue(name: first, value: value) }
        if let value = self[second] { return NamedValue(name: second, value: value) }
        if let value = self[third] { return NamedValue(name: third, value: value) }
        if let value = self[fourth] { return NamedValue(name: fourth, value: value) }
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

/// What was found wrong with a resource: a rejection reason, told more closely.
///
/// The sentence never quotes the resource; the path of the offending element says where to look.
enum Finding: Sendable, CaseIterable {
    case otherPatient, subjectMissing, subjectUnresolved, subjectNotPatient, otherFocus
    case wrongType
    case codeUnresolved, codesShared, notMeant
    case statusMissing, statusNotAccepted, statusWithdrawn, statusNotInForce, negated
    case notOrdered, intentNotAccepted
    case conditionInactive, conditionRefuted, conditionAbated, verificationNotAccepted
    case modifierExtension, implicitRules, profileNotDeclared, structureViolated
    case dataAbsent, valueMissing, componentMissing, partMissing
    case wrongValueType, severalValues, expressionFailed, expressionTooLarge, conditionOpen
    case factContradicted
    case unitMissing
    case unitUnknown, unitForeign, unitWithoutSystem
    case unitIncompatible, unitsDisagree
    case numberMissing, numberTooLong
    case comparator
    case untranslated, codesDisagree
    case timeMissing, timeMalformed, timeWithoutZone, timeImprecise, periodOpen, severalTimes
    case periodReversed, periodTooLong
    case future
    case stale, tooRecent
    case implausible
    case duplicate, momentsDisagree, versionsDisagree
    case superseded, olderVersion, newerUnread

    /// The reason of the closed list.
    var reason: RejectionReason {
        switch self {
        case .otherPatient, .subjectMissing, .subjectUnresolved, .subjectNotPatient, .otherFocus:
            .subject
        case .wrongType: .type
        case .codeUnresolved, .codesShared, .notMeant: .code
        case .statusMissing, .statusNotAccepted, .statusWithdrawn, .statusNotInForce, .negated,
            .notOrdered, .intentNotAccepted, .conditionInactive, .conditionRefuted,
            .conditionAbated, .verificationNotAccepted:
            .status
        case .modifierExtension, .implicitRules, .profileNotDeclared, .structureViolated:
            .profile
        case .dataAbsent, .valueMissing, .componentMissing, .partMissing: .absent
        case .wrongValueType, .severalValues, .expressionFailed, .expressionTooLarge,
            .conditionOpen, .factContradicted:
            .valueType
        case .unitMissing: .unitMissing
        case .unitUnknown, .unitForeign, .unitWithoutSystem: .unitUnknown
        case .unitIncompatible, .unitsDisagree: .unitIncompatible
        case .numberMissing, .numberTooLong: .notANumber
        case .comparator: .comparator
        case .untranslated, .codesDisagree: .untranslated
        case .timeMissing, .timeMalformed, .timeWithoutZone, .timeImprecise, .periodOpen,
            .severalTimes, .periodReversed, .periodTooLong:
            .noTime
        case .future: .future
        case .stale: .stale
        case .tooRecent: .recent
        case .implausible: .implausible
        case .duplicate, .momentsDisagree, .versionsDisagree: .duplicate
        case .superseded, .olderVersion, .newerUnread: .superseded
        }
    }

    /// One sentence without patient data.
    var sentence: String {
        switch self {
        case .otherPatient: "it is about another patient"
        case .subjectMissing: "it does not say whom it is about"
        case .subjectUnresolved: "whom it is about cannot be tied to the patient in context"
        case .subjectNotPatient: "it is not about a patient"
        case .otherFocus: "it is about something else than the patient, such as a fetus"
        case .wrongType: "the code is asked for in a resource of another type"
        case .codeUnresolved: "what it is about has no code, or stands in a resource not sent"
        case .codesShared: "its codes mean two different inputs, so it counts for neither"
        case .notMeant: "it is another record than the one asked for"
        case .statusMissing: "it has no status"
        case .statusNotAccepted: "its status is not among those that the profile accepts"
        case .statusNotInForce: "its status says that it is over, not begun or not done"
        case .negated: "it says that something is not to be done or was not done"
        case .notOrdered: "it is a proposal, a plan or an option, and no order"
        case .intentNotAccepted: "its intent is none that is known"
        case .statusWithdrawn: "it was entered in error or cancelled"
        case .conditionInactive: "the condition is not active"
        case .conditionRefuted: "the condition is refuted or was entered in error"
        case .conditionAbated: "the condition has abated"
        case .verificationNotAccepted: "it is not confirmed, or says both that it is and is not"
        case .modifierExtension: "a modifier extension may change its meaning"
        case .implicitRules: "it was made under implicit rules that are not known here"
        case .profileNotDeclared: "it does not declare the required profile"
        case .structureViolated: "it does not conform to the required profile"
        case .dataAbsent: "the sender states that the value is absent"
        case .valueMissing: "it holds no value"
        case .componentMissing: "it has no component with the code asked for"
        case .partMissing: "its components hold other values than the one asked for"
        case .wrongValueType: "the value is of another type than the one asked for"
        case .severalValues: "it gives more than one value"
        case .expressionFailed: "the path cannot be evaluated on this resource"
        case .expressionTooLarge: "the path asks for more steps or results than are allowed"
        case .conditionOpen: "whether it is what the path asks for cannot be told from it"
        case .factContradicted: "the code is the fact, but a value beside it says otherwise"
        case .unitMissing: "the quantity has no unit"
        case .unitUnknown: "the unit is unknown to UCUM"
        case .unitForeign: "the unit is of a code system other than UCUM"
        case .unitWithoutSystem: "the unit has a code without a system"
        case .unitIncompatible: "the unit measures another kind of quantity"
        case .unitsDisagree: "its unit code and its unit text name different units"
        case .numberMissing: "the quantity holds no number"
        case .numberTooLong: "the number has more digits than can be kept exactly"
        case .comparator: "the value is only a bound, not a measurement"
        case .untranslated: "the value is no code that the profile translates"
        case .codesDisagree: "the codings of the value, or its text, mean different things"
        case .timeMissing: "it does not say when it holds"
        case .timeMalformed: "the time is no FHIR dateTime"
        case .timeWithoutZone: "the time has no time zone"
        case .timeImprecise: "the date has no time of day, and only part of it is in the window"
        case .periodOpen: "the period has no end"
        case .periodReversed: "the period ends before it starts"
        case .periodTooLong: "the period is longer than the window, so no moment of it is told"
        case .severalTimes: "it gives more than one time"
        case .future: "the time lies in the future"
        case .stale: "it is older than the window"
        case .tooRecent: "it is newer than the window"
        case .implausible: "the value is outside the plausible range"
        case .duplicate: "the same value at the same time is in use already"
        case .momentsDisagree: "records of one moment disagree"
        case .versionsDisagree: "which of its versions is the newest cannot be told"
        case .superseded: "another observation was preferred"
        case .olderVersion: "a newer version of it counts instead"
        case .newerUnread: "a record that may be newer cannot be read"
        }
    }
}

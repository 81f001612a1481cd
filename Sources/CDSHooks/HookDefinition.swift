/// What a hook of the CDS Hooks library puts into `context`.
///
///     patient-view    userId R, patientId R, encounterId o
///
/// The list is that of the hook library (HL7/cds-hooks-library). A hook that is not listed may
/// carry what it likes; of it only the well-known fields are checked, when they are there.
package struct HookDefinition: Sendable {
    /// What a field of the context holds.
    package enum Kind: Sendable {
        case user
        case patient
        case encounter
        case bundle
        case references
        case object
        case text
    }

    /// One field of the context.
    package struct Field: Sendable {
        /// The name.
        package let name: String
        /// What it holds.
        package let kind: Kind
        /// Whether the hook requires it.
        package let isRequired: Bool
    }

    /// The name of the hook.
    package let name: String
    /// The fields of its context.
    package let fields: [Field]

    /// The definition of a hook by name; that of an unlisted hook requires nothing.
    package static func named(_ name: String) -> HookDefinition {
        HookDefinition(name: name, fields: fields(of: name))
    }

    /// The names that prefetch tokens `{{context.x}}` may use: the root-level primitive fields.
    ///
    /// CDS Hooks 2.0, prefetch tokens.
    package var tokenNames: [String] {
        fields.filter {
            switch $0.kind {
            case .user, .patient, .encounter: true
            case .bundle, .references, .object, .text: false
            }
        }.map(\.name)
    }

    private static let user = Field(name: "userId", kind: .user, isRequired: true)
    private static let optionalUser = Field(name: "userId", kind: .user, isRequired: false)
    private static let patient = Field(name: "patientId", kind: .patient, isRequired: true)
    private static let encounter = Field(name: "encounterId", kind: .encounter, isRequired: true)
    private static let anyEncounter = Field(
        name: "encounterId",
        kind: .encounter,
        isRequired: false
    )

    private static func required(_ name: String, _ kind: Kind) -> Field {
        Field(name: name, kind: kind, isRequired: true)
    }

    private static func fields(of hook: String) -> [Field] {
        switch hook {
        case "patient-view": [user, patient, anyEncounter]
        case "order-sign": [user, patient, anyEncounter, required("draftOrders", .bundle)]
        case "order-select":
            [
                user, patient, anyEncounter, required("selections", .references),
                required("draftOrders", .bundle),
            ]
        case "encounter-start", "encounter-discharge": [user, patient, encounter]
        case "appointment-book": [user, patient, anyEncounter, required("appointments", .bundle)]
        case "medication-refill":
            [optionalUser, patient, anyEncounter, required("medications", .bundle)]
        case "allergyintolerance-create":
            [user, patient, anyEncounter, required("allergyIntolerance", .object)]
        case "problem-list-item-create":
            [user, patient, anyEncounter, required("conditions", .bundle)]
        case "medication-prescribe":
            [user, patient, anyEncounter, required("medications", .bundle)]
        case "order-review": [user, patient, anyEncounter, required("orders", .bundle)]
        case "order-dispatch": [patient]
        default:
            [
                optionalUser, Field(name: "patientId", kind: .patient, isRequired: false),
                anyEncounter,
            ]
        }
    }
}

extension HookDefinition {
    /// Whether a hook is one of the library; the name of another is the client's own text.
    package static func isWellKnown(_ name: String) -> Bool {
        fields(of: name).contains { $0.isRequired }
    }
}

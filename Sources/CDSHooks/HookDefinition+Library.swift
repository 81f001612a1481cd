/// The hooks of the library (HL7/cds-hooks-library), with the spellings seen in the field.
extension HookDefinition {
    static let user = Field("userId", .user)
    static let optionalUser = Field("userId", .user, isRequired: false)
    static let patient = Field("patientId", .patient)
    static let anyPatient = Field("patientId", .patient, isRequired: false)
    static let encounter = Field("encounterId", .encounter)
    static let visit = Field("encounterId", .encounter, isRequired: false)

    /// The definitions by name.
    static let library: [String: HookDefinition] = Dictionary(
        all.map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The definitions, as a table.
    package static let all: [HookDefinition] = [
        hook("patient-view", "1.0", [user, patient, visit], .review),
        hook(
            "order-sign",
            "1.0",
            [user, patient, visit, Field("draftOrders", .bundle)],
            .drafts(field: "draftOrders")
        ),
        hook(
            "order-select",
            "1.0",
            [
                user, patient, visit, Field("selections", .references),
                Field("draftOrders", .bundle),
            ],
            .drafts(field: "draftOrders")
        ),
        orderDispatch,
        hook("encounter-start", "1.0", [user, patient, encounter], .review),
        hook("encounter-discharge", "1.0", [user, patient, encounter], .review),
        hook("appointment-book", "1.0", [user, patient, visit, Field("appointments", .bundle)]),
        hook(
            "medication-refill",
            "0.1.0",
            [optionalUser, patient, visit, Field("medications", .bundle)],
            .drafts(field: "medications")
        ),
        hook(
            "allergyintolerance-create",
            "0.1.0",
            [
                user, patient, visit,
                Field("allergyIntolerance", .resource, types: ["AllergyIntolerance"]),
            ]
        ),
        hook(
            "problem-list-item-create",
            "0.1.0",
            [user, patient, visit, Field("conditions", .bundle)]
        ),
        hook(
            "medication-verify",
            "0.1.0",
            [
                user, patient, visit,
                // The example of the hook's own page calls it `order`.
                Field("medication", .resource, others: [.init(name: "order", kind: .resource)]),
            ],
            .drafts(field: "medication")
        ),
        // Deprecated, and still fired by older clients.
        hook(
            "medication-prescribe",
            "1.0",
            [user, patient, visit, Field("medications", .bundle)],
            .drafts(field: "medications")
        ),
        hook(
            "order-review",
            "1.0",
            [user, patient, visit, Field("orders", .bundle)],
            .drafts(field: "orders")
        ),
    ]

    /// The hook of dispatched orders, in three spellings.
    ///
    /// Version 1.1 has `dispatchedOrders` and `fulfillmentTasks`; version 1.0 had one `order` and
    /// one `task`, and the example of the page spells `fulfillment-tasks`. It names no user.
    private static let orderDispatch = hook(
        "order-dispatch",
        "1.1",
        [
            optionalUser, patient, visit,
            Field(
                "dispatchedOrders",
                .references,
                others: [.init(name: "order", kind: .reference)]
            ),
            Field("performer", .reference),
            Field(
                "fulfillmentTasks",
                .objects,
                isRequired: false,
                others: [
                    .init(name: "fulfillment-tasks", kind: .objects),
                    .init(name: "task", kind: .object),
                ]
            ),
        ]
    )

    private static func hook(
        _ name: String,
        _ version: String,
        _ fields: [Field],
        _ medicines: Medicines = .none
    ) -> HookDefinition {
        HookDefinition(name: name, version: version, fields: fields, medicines: medicines)
    }
}

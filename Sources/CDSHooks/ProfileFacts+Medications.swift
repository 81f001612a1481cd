extension HookService.ProfileFacts {
    /// What the check of interactions asks for: the medicines that the patient has.
    ///
    /// Without the requests there is nothing to check an order against, so they must be sent. Not
    /// every server keeps statements. A document that lists its own templates may also ask for
    /// administrations and dispenses.
    static let medications = HookService.ProfileFacts(
        queries: [
            // Fetched whole, without a window: the numbers only keep the order.
            Query(
                resource: "MedicationRequest",
                codes: [],
                windowSeconds: 0,
                feeds: ["MedicationRequest"],
                isRequired: true
            ),
            Query(
                resource: "MedicationStatement",
                codes: [],
                windowSeconds: 1,
                feeds: ["MedicationStatement"],
                isRequired: false
            ),
        ],
        inputNames: []
    )
}

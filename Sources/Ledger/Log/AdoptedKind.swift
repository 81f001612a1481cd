/// The kinds of rows that come without a place: what triggers and auditors write themselves.
///
/// The sequencer gives such a row its place. A row of any other kind without one was written by
/// nobody of the house.
package enum AdoptedKind: String, Sendable, CaseIterable {
    /// Another version of a model is in force.
    case modelChange = "model-change"
    /// A login was given a tenant to read, or lost it; a tenant was made.
    case configurationChange = "configuration-change"
    /// A month with rows of the tenant has ended; no login of the gateway's writes it without a place.
    case retention
    /// An auditor read the trail.
    case auditRead = "audit-read"
    /// An auditor took a part of the trail away.
    case auditExport = "audit-export"
    /// An auditor saved, ran or closed a review.
    case auditReview = "audit-review"
}

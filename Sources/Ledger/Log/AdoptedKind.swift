/// The kinds of rows that come without a place: what triggers and auditors write themselves.
///
/// The sequencer gives such a row its place. A row of any other kind without one was written by
/// nobody of the house.
package enum AdoptedKind: String, Sendable, CaseIterable {
    /// Another version of a model is in force.
    case modelChange = "model-change"
    /// A login was given a tenant to read, or lost it.
    case configurationChange = "configuration-change"
    /// An auditor read the trail.
    case auditRead = "audit-read"
    /// An auditor took a part of the trail away.
    case auditExport = "audit-export"
    /// An auditor saved, ran or closed a review.
    case auditReview = "audit-review"
}

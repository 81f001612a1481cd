import JSON

/// What stands in for the parts of a hook document that are the same for nearly every service.
///
/// A document that says nothing for a case in which nothing could be computed still gets a card
/// for it: silence would look like "nothing found". The cards go behind those of the document, so
/// any of them can be replaced by one with a condition of its own.
enum StandardCards {
    /// The cards for every way of having no score, written as a document would write them.
    static let cards: [UInt8] = Array(
        #"""
        [
          { "name": "standard-not-applicable",
            "when": "%result.status = 'not-applicable'",
            "card": {
              "summary": "{{ %service.title }} does not apply: {{ %result.applicability.label }}. Nothing was calculated",
              "indicator": "info",
              "detail": "The data say that {{ %service.title }} is not made for this patient: {{ %result.applicability.label }}. Nothing was calculated.\n\n{{ %explain.notes }}" } },
          { "name": "standard-undecided",
            "when": "%result.status = 'undecided'",
            "card": {
              "summary": "{{ %service.title }} could not be computed: not known whether it applies ({{ %result.applicability.label }})",
              "indicator": "info",
              "detail": "Whether {{ %service.title }} applies to this patient could not be told: {{ %result.applicability.label }}. Nothing was calculated.\n\n{{ %explain.table }}\n{{ %explain.rejected }}\n\n{{ %explain.notes }}" } },
          { "name": "standard-partial",
            "when": "%result.status = 'incomplete' and %inputs.missing.empty()",
            "card": {
              "summary": "{{ %service.title }}: no result, the data sent may be incomplete",
              "indicator": "info",
              "detail": "**{{ %service.title }} is incomplete: this is not a result.** The client sent only a part of the data, or reported an error for a part. What was not sent may be newer. Look at the whole chart.\n\n{{ %explain.table }}\n{{ %explain.rejected }}\n\n{{ %explain.notes }}" } },
          { "name": "standard-incomplete",
            "when": "%result.status = 'incomplete' or (%result.status = 'refused' and %inputs.missing.exists())",
            "card": {
              "summary": "{{ %service.title }} not calculated. Missing: {{ %inputs.missing }}",
              "indicator": "info",
              "detail": "**{{ %service.title }} is incomplete: this is not a result.** These inputs have no value:\n\n{{ %explain.missingList }}\n\n{{ %explain.table }}\n{{ %explain.rejected }}\n\n{{ %explain.notes }}" } },
          { "name": "standard-refused",
            "when": "%result.status = 'refused'",
            "card": {
              "summary": "{{ %service.title }} could not be computed: the model gives no answer for these inputs",
              "indicator": "info",
              "detail": "The model gives no answer for these inputs ({{ %result.refusal.code }} {{ %result.refusal.field }}).\n\n{{ %explain.table }}\n{{ %explain.rejected }}\n\n{{ %explain.notes }}" } }
        ]
        """#.utf8
    )

    /// The reasons with which a recommendation is commonly overridden, as a JSON array.
    ///
    /// Codes and displays are those of the code system that HL7 publishes for it,
    /// http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes.
    static var overrideReasons: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for reason in reasons {
            writer.beginObject()
            writer.member("code", reason.code)
            writer.member(
                "system",
                "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
            )
            writer.member("display", reason.display)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }

    private static let reasons: [(code: String, display: String)] = [
        ("cds-not-applicable", "PC CDS does not apply to patient"),
        ("cds-suboptimal-context", "PC CDS delivered in suboptimal context"),
        (
            "recipient-disagrees-evidence",
            "Recipient disagrees with recommendation because of issues with the evidence"
        ),
        (
            "recipient-concerns-outcomes",
            "Recipient has concerns regarding potential health outcomes"
        ),
        (
            "does-not-align-preferences",
            "Recommendation does not align with patient preferences or values"
        ),
        ("not-convenient-feasible", "Recommendation is not convenient or feasible"),
        ("action-completed", "Recommended action was already completed"),
        ("patient-contraindication", "Patient has contraindication to recommended action"),
        ("patient-refuses", "Patient refuses/declines (no context given)*"),
        ("too-costly-uncovered", "Recommended action is too costly or not covered by insurance"),
        ("service-not-available", "Treatment or service is not practically available"),
        (
            "recipient-does-not-understand",
            "Recipient does not understand the recommended action or know how to perform the recommended action"
        ),
    ]
}

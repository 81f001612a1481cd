import JSON

/// What a profile has read in the records of one patient, whatever the moment of evaluation.
package struct RecordSurvey {
    let walk: MappingPass
    let patient: JSONValue?
    /// What `%resources` gives.
    let resources: [JSONValue]
    /// The id of the encounter in context, when the request names one.
    let encounterID: String?
}

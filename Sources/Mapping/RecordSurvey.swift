import JSON

/// What a profile has read in the records of one patient, whatever the moment of evaluation.
package struct RecordSurvey {
    let walk: MappingPass
    let patient: JSONValue?
    let resources: [JSONValue]
}

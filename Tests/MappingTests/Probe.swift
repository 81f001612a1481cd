import Basics
import JSON
import Mapping

/// A small profile and resources written in a test, mapped at 10:00 on 4 May 2026.
struct Probe {
    static let now = "2026-05-04T10:00:00Z"

    /// A profile of the given inputs; `more` stands before them, such as `"quorum":[...],`.
    static func profile(
        _ inputs: String,
        more: String = "",
        maps: [String: String] = [:]
    ) throws -> Profile {
        try Profile(
            parsing: JSONDocument(parsing: text(inputs, more: more)),
            conceptMaps: maps.mapValues { try JSONDocument(parsing: $0) }
        )
    }

    static func text(_ inputs: String, more: String = "") -> String {
        """
        {"format":"limen-profile/1","url":"u","version":"1","status":"draft","model":"m",
        "defaults":{"within":"PT12H","prefer":"newest"},\(more)"inputs":[\(inputs)]}
        """
    }

    static func map(
        _ profile: Profile,
        _ resources: [String],
        patient: String? = nil
    ) throws -> MappingReport {
        profile.map(
            patient: try patient.map { try JSONDocument(parsing: $0).root },
            resources: try resources.map { try JSONDocument(parsing: $0).root },
            patientID: "p",
            now: try moment(now)
        )
    }

    /// The moment so many minutes before now, as FHIR writes it.
    static func ago(_ minutes: Int) throws -> String {
        try moment(now).advanced(byMicroseconds: Int64(minutes) * -60_000_000).text
    }

    /// An Observation of system `s`.
    static func observation(
        _ id: String,
        code: String = "a",
        minutes: Int,
        _ value: String,
        status: String = "final"
    ) throws -> String {
        """
        {"resourceType":"Observation","id":"\(id)","status":"\(status)",
        "code":{"coding":[{"system":"s","code":"\(code)"}]},"subject":{"reference":"Patient/p"},
        "effectiveDateTime":"\(try ago(minutes))",\(value)}
        """
    }

    static func quantity(_ value: String, _ unit: String) -> String {
        """
        "valueQuantity":{"value":\(value),"system":"http://unitsofmeasure.org","code":"\(unit)"}
        """
    }

    /// A resource of another type, its members given.
    static func resource(_ type: String, _ id: String, _ members: String) -> String {
        """
        {"resourceType":"\(type)","id":"\(id)","subject":{"reference":"Patient/p"},\(members)}
        """
    }
}

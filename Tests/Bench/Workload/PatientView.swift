package import Basics

/// A `patient-view` call as an EHR sends it, made to any size.
package enum PatientView {
    /// The moment at which the calls are made.
    package static let now = Instant(
        date: CivilDate(daysSinceEpoch: 20_577),
        hour: 10,
        minute: 0,
        second: 0,
        microsecond: 0
    )

    private static let vitals = [
        ("9279-1", "16", "/min"), ("59408-5", "95", "%"), ("8480-6", "118", "mm[Hg]"),
        ("8867-4", "95", "/min"), ("8310-5", "101.3", "[degF]"), ("3151-8", "2", "L/min"),
    ]

    /// The body of a call of about so many bytes: full sets of vital signs, the newest first.
    package static func body(bytes: Int, now: Instant = Self.now) -> [UInt8] {
        var entries: [String] = []
        var size = 400
        while size < bytes {
            let entry = Self.entry(entries.count, now: now)
            entries.append(entry)
            size += entry.utf8.count + 1
        }
        return Array(
            #"""
            {"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",\#
            "context":{"userId":"Practitioner/p","patientId":"p1"},"prefetch":{"patient":\#
            {"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"},"observations":\#
            {"resourceType":"Bundle","type":"searchset","entry":[\#(entries.joined(separator: ","))]}}}
            """#.utf8
        )
    }

    private static func entry(_ index: Int, now: Instant) -> String {
        let at = now.advanced(byMicroseconds: Int64(-600 - index * 300) * 1_000_000).text
        let (code, value, unit) = vitals[index % vitals.count]
        let isConsciousness = index % 7 == 6
        let coding =
            isConsciousness
            ? #"{"system":"http://snomed.info/sct","code":"248234008","display":"Mentally alert"}"#
            : #"{"system":"http://loinc.org","code":"\#(code)","display":"Vital sign"}"#
        let quantity =
            isConsciousness
            ? ""
            : #"""
            ,"valueQuantity":{"value":\#(value),"unit":"\#(unit)",\#
            "system":"http://unitsofmeasure.org","code":"\#(unit)"}
            """#
        return #"""
            {"fullUrl":"https://fhir.example/Observation/o\#(index)","resource":{\#
            "resourceType":"Observation","id":"o\#(index)","meta":{"versionId":"1",\#
            "lastUpdated":"\#(at)"},"status":"final","category":[{"coding":[{"system":\#
            "http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],\#
            "code":{"coding":[\#(coding)]},"subject":{"reference":"Patient/p1"},\#
            "effectiveDateTime":"\#(at)"\#(quantity)}}
            """#
    }
}

import Basics
import Crypto
import Posix

/// A patient with charted values, as the body of a hook call of this moment.
struct ChartedPatient {
    var hookInstance = UUIDBytes.version4().text
    var observations: [String] = []

    private static let snomed = "http://snomed.info/sct"
    private static let effective = Clock.now().advanced(byMicroseconds: -1_200_000_000).text

    /// Adds a measured value under a LOINC code.
    mutating func measure(_ loinc: String, _ value: String, _ unit: String) {
        observations.append(
            #"{"resourceType":"Observation","id":"o\#(observations.count)","status":"final","#
                + #""code":{"coding":[{"system":"http://loinc.org","code":"\#(loinc)"}]},"#
                + #""subject":{"reference":"Patient/p1"},"#
                + #""effectiveDateTime":"\#(Self.effective)","valueQuantity":{"value":\#(value),"#
                + #""system":"http://unitsofmeasure.org","code":"\#(unit)"}}"#
        )
    }

    /// Adds a fact that stands in the code alone, under a SNOMED CT code.
    mutating func state(_ code: String, _ value: String = "") {
        observations.append(
            #"{"resourceType":"Observation","id":"o\#(observations.count)","status":"final","#
                + #""code":{"coding":[{"system":"\#(Self.snomed)","code":"\#(code)"}]},"#
                + #""subject":{"reference":"Patient/p1"},"#
                + #""effectiveDateTime":"\#(Self.effective)"\#(value)}"#
        )
    }

    /// Adds the level of consciousness on the ACVPU scale.
    mutating func consciousness(_ level: String) {
        let codes = [
            "A": "248234008", "C": "130987000", "V": "300202002", "P": "450847001",
            "U": "422768004",
        ]
        state(
            "1104441000000107",
            #","valueCodeableConcept":{"coding":[{"system":"\#(Self.snomed)","#
                + #""code":"\#(codes[level] ?? "")"}]}"#
        )
    }

    /// Says which SpO2 scale a clinician has set, by the UK sub-score.
    mutating func scale(_ scale: String) {
        state(
            scale == "2" ? "1104321000000108" : "1104311000000102",
            #","valueQuantity":{"value":0,"system":"http://unitsofmeasure.org","code":"{score}"}"#
        )
    }

    /// The request body.
    var body: String {
        let entries = observations.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"hook":"patient-view","hookInstance":"\#(hookInstance)","#
            + #""context":{"userId":"Practitioner/u1","patientId":"p1"},"prefetch":{"#
            + #""patient":{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"},"#
            + #""observations":{"resourceType":"Bundle","type":"searchset","#
            + #""entry":[\#(entries)]}}}"#
    }
}

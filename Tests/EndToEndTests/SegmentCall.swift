import Basics
import Posix

/// A patient-view call of the shipped segmentation.
struct SegmentCall {
    let patient: String
    let user: String
    let instance: String
    var systolic = "128"
    var diastolic = "82"
    var bodyMassIndex = "27"

    private func observation(_ id: String, _ code: String, _ value: String, _ unit: String)
        -> String
    {
        let effective = Clock.now().advanced(byMicroseconds: -3_600_000_000).text
        return #"{"resource":{"resourceType":"Observation","id":"\#(id)","status":"final","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/\#(patient)"},"effectiveDateTime":"\#(effective)","#
            + #""valueQuantity":{"value":\#(value),"unit":"\#(unit)","#
            + #""system":"http://unitsofmeasure.org","code":"\#(unit)"}}}"#
    }

    /// The body.
    var text: String {
        let entries = [
            observation("s", "8480-6", systolic, "mm[Hg]"),
            observation("d", "8462-4", diastolic, "mm[Hg]"),
            observation("b", "39156-5", bodyMassIndex, "kg/m2"),
        ].joined(separator: ",")
        return #"{"hook":"patient-view","hookInstance":"\#(instance)","#
            + #""context":{"userId":"\#(user)","patientId":"\#(patient)"},"prefetch":{"#
            + #""patient":{"resourceType":"Patient","id":"\#(patient)","birthDate":"1960-01-01"},"#
            + #""observations":{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}}}"#
    }
}

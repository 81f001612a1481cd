import Basics

/// Builds the bodies of hook calls from charted values.
struct HookBody {
    var hook = "patient-view"
    var instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    var patientID = "p1"
    var birthDate: String? = "1960-01-01"
    var observations: [String] = []
    var extensions = ""
    var more = ""

    /// When the observations were made: an hour before the tests' now.
    static let effective = GatewayFixture.now.advanced(byMicroseconds: -3_600_000_000).text

    static func quantity(
        _ id: String,
        loinc: String,
        _ value: String,
        _ unit: String,
        subject: String = "Patient/p1",
        effective: String = effective,
        status: String = "final"
    ) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"\#(status)","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"\#(loinc)"}]},"#
            + #""subject":{"reference":"\#(subject)"},"effectiveDateTime":"\#(effective)","#
            + #""valueQuantity":{"value":\#(value),"unit":"\#(unit)","#
            + #""system":"http://unitsofmeasure.org","code":"\#(unit)"}}"#
    }

    static func coded(_ id: String, system: String, _ code: String, value: String = "") -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final","#
            + #""code":{"coding":[{"system":"\#(system)","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"effectiveDateTime":"\#(effective)"\#(value)}"#
    }

    /// The observations of a full NEWS2 set; a nil value leaves one out.
    static func vitals(
        rr: String? = "16",
        spo2: String? = "97",
        spo2Unit: String = "%",
        scale: String? = nil,
        oxygen: Bool? = false,
        systolic: String? = "120",
        systolicUnit: String = "mm[Hg]",
        pulse: String? = "70",
        acvpu: String? = "A",
        temperature: String? = "37.0",
        temperatureUnit: String = "Cel"
    ) -> [String] {
        var all: [String] = []
        let snomed = "http://snomed.info/sct"
        if let rr { all.append(quantity("rr", loinc: "9279-1", rr, "/min")) }
        if let spo2 { all.append(quantity("spo2", loinc: "59408-5", spo2, spo2Unit)) }
        if let systolic {
            all.append(quantity("sbp", loinc: "8480-6", systolic, systolicUnit))
        }
        if let pulse { all.append(quantity("pulse", loinc: "8867-4", pulse, "/min")) }
        if let temperature {
            all.append(quantity("temp", loinc: "8310-5", temperature, temperatureUnit))
        }
        if let oxygen {
            all.append(
                oxygen
                    ? quantity("o2", loinc: "3151-8", "2", "L/min")
                    : coded("air", system: snomed, "722742002")
            )
        }
        let codes = [
            "A": "248234008", "C": "130987000", "V": "300202002", "P": "450847001",
            "U": "422768004",
        ]
        if let acvpu, let code = codes[acvpu] {
            all.append(coded("acvpu", system: snomed, code))
        }
        if let scale {
            let code = scale == "2" ? "1104321000000108" : "1104311000000102"
            all.append(
                coded(
                    "scale",
                    system: snomed,
                    code,
                    value: #","valueQuantity":{"value":0,"code":"{score}","system":"#
                        + #""http://unitsofmeasure.org"}"#
                )
            )
        }
        return all
    }

    var text: String {
        let entries = observations.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let birth = birthDate.map { #","birthDate":"\#($0)""# } ?? ""
        return #"{"hook":"\#(hook)","hookInstance":"\#(instance)","#
            + #""context":{"userId":"Practitioner/pr1","patientId":"\#(patientID)"},"#
            + #""prefetch":{"patient":{"resourceType":"Patient","id":"p1"\#(birth)},"#
            + #""observations":{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}}"#
            + (extensions.isEmpty ? "" : #","extension":{\#(extensions)}"#) + more + "}"
    }
}

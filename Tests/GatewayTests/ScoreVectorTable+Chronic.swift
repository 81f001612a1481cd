import Basics

extension ScoreVectorTable {
    /// The tables of the scores of chronic disease and of discharge.
    static let chronic = [
        fibrillation("cha2ds2-vasc", result: "total"),
        fibrillation("cha2ds2-va", result: "cha2ds2va"),
        filtration,
        liver("meld", result: "meld_initial_rounded"),
        liver("meld-na", result: "meld_na_2016"),
        liver("meld-3", result: "meld_3_0"),
        lace,
        hospital,
    ]

    // MARK: Atrial fibrillation

    private static func fibrillation(
        _ profile: String,
        result: String
    ) -> ScoreVectorTable {
        ScoreVectorTable(
            file: "cha2ds2vasc_vectors.csv",
            profile: profile,
            count: 13,
            result: result,
            parts: ["age": "pt_age"],
            // What is recommended does not depend on the point for sex.
            card: { row in
                switch Int(row["cha2ds2va"]) ?? -1 {
                case 0: "none"
                case 1: "considered"
                default: "recommended"
                }
            },
            birthDate: { birthDate(years: $0["age_years"]) },
            patient: { #","gender":"\#($0["sex"])""# },
            resources: { row in
                let columns = [
                    ("chf", "84114007"), ("hypertension", "38341003"), ("diabetes", "73211009"),
                    ("stroke_tia_te", "230690007"), ("vascular", "22298006"),
                ]
                return [condition("af", "49436004")]
                    + columns.filter { row[$0.0] == "true" }.map { condition($0.0, $0.1) }
            }
        )
    }

    /// The first day of the year in which someone of that age was born.
    private static func birthDate(years: String) -> String { "\(2026 - (Int(years) ?? 0))-01-01" }

    private static func condition(_ id: String, _ code: String) -> String {
        #"{"resourceType":"Condition","id":"\#(id.replacing("_", with: "-"))","#
            + #""clinicalStatus":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"onsetDateTime":"2015-03-01"}"#
    }

    // MARK: Kidney and liver

    private static let filtration = ScoreVectorTable(
        file: "egfr_ckdepi2021_vectors.csv",
        profile: "egfr-ckd-epi-2021",
        count: 70,
        result: "egfr_exact",
        tolerance: 1e-6,
        card: { row in
            switch row["kdigo_stage_from_exact"] {
            case "G4", "G5": "low"
            case "G3a", "G3b": "reduced"
            default: "result"
            }
        },
        birthDate: { birthDate(years: $0["age_years"]) },
        patient: { #","gender":"\#($0["sex"])""# },
        resources: { [quantity("crea", "2160-0", $0["creatinine_mg_dL"], "mg/dL")] }
    )

    private static func liver(_ profile: String, result: String) -> ScoreVectorTable {
        ScoreVectorTable(
            file: "meld_vectors.csv",
            profile: profile,
            count: 12,
            result: result,
            card: { (Int($0[result]) ?? 0) >= 15 ? "high" : "result" },
            patient: { #","gender":"\#($0["sex"])""# },
            resources: { row in
                let days = row["dialysis_2x_week"] == "true" ? ["01", "03"] : []
                return [
                    quantity("crea", "2160-0", row["creatinine_mg_dL"], "mg/dL"),
                    quantity("bili", "1975-2", row["bilirubin_mg_dL"], "mg/dL"),
                    quantity("inr", "6301-6", row["inr"], "{INR}"),
                    quantity("na", "2951-2", row["sodium_mmol_L"], "mmol/L"),
                    quantity("alb", "1751-7", row["albumin_g_dL"], "g/dL"),
                ] + days.map { procedure("302497006", day: $0) }
            }
        )
    }

    private static func procedure(_ code: String, day: String) -> String {
        #"{"resourceType":"Procedure","id":"p\#(day)","status":"completed","#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"#
            + #""performedDateTime":"2026-05-\#(day)T08:00:00Z"}"#
    }

    // MARK: Discharge

    private static let lace = ScoreVectorTable(
        file: "lace_vectors.csv",
        profile: "lace",
        count: 10,
        parts: [
            "lengthOfStay": "pt_l", "acuteAdmission": "pt_a", "charlson": "pt_c",
            "emergencyVisits": "pt_e",
        ],
        card: { $0["high_ge10"] == "true" ? "high" : "below" },
        resources: { row in
            let visits = 0..<(Int(row["ed_visits_6m"]) ?? 0)
            return [
                stay(days: row["los_days"], isAcute: row["acute_admission"] == "true"),
                HookBody.coded(
                    "charlson",
                    system: "http://limen.example/codes",
                    "charlson-lace",
                    value: #","valueQuantity":{"value":\#(row["charlson_lace"]),"#
                        + #""system":"http://unitsofmeasure.org","code":"{score}"}"#
                ),
            ]
                + visits.map { visit in
                    let day = "2026-03-1\(visit)"
                    return encounter("EMER", "e\(visit)", day + "T08:00:00Z", day + "T12:00:00Z")
                }
        }
    )

    private static let hospital = ScoreVectorTable(
        file: "hospital_vectors.csv",
        profile: "hospital",
        count: 12,
        result: "total_2016",
        card: { row in
            switch row["risk_2016"] {
            case "low": "below"
            case "intermediate": "intermediate"
            default: "high"
            }
        },
        resources: { row in
            let earlier = 0..<(Int(row["admissions_prev_year"]) ?? 0)
            let service = row["oncology_service"] == "true" ? "394593009" : "394802001"
            return [
                quantity("hb", "718-7", row["hemoglobin_g_dL"], "g/dL"),
                quantity("na", "2951-2", row["sodium_mmol_L"], "mmol/L"),
                stay(
                    days: row["los_days"],
                    isAcute: row["nonelective"] == "true",
                    more: #","serviceType":{"coding":[{"system":"http://snomed.info/sct","#
                        + #""code":"\#(service)"}]}"#
                ),
            ] + (row["procedure"] == "true" ? [procedure("80146002", day: "03")] : [])
                + earlier.map { number in
                    let month = number + 6 < 10 ? "2025-0\(number + 6)" : "2025-\(number + 6)"
                    return encounter(
                        "IMP",
                        "a\(number)",
                        month + "-01T08:00:00Z",
                        month + "-03T08:00:00Z"
                    )
                }
        }
    )

    /// The stay that goes on, begun so many days ago.
    private static func stay(days: String, isAcute: Bool, more: String = "") -> String {
        let microseconds = (Int64(days) ?? 0) * 86_400_000_000
        let start = GatewayFixture.now.advanced(byMicroseconds: -microseconds)
        return #"{"resourceType":"Encounter","id":"now","status":"in-progress","#
            + #""class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"#
            + #""priority":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/v3-ActPriority","#
            + #""code":"\#(isAcute ? "EM" : "EL")"}]},"subject":{"reference":"Patient/p1"},"#
            + #""period":{"start":"\#(start.text)"}\#(more)}"#
    }

    private static func encounter(
        _ code: String,
        _ id: String,
        _ start: String,
        _ end: String
    ) -> String {
        #"{"resourceType":"Encounter","id":"\#(id)","status":"finished","#
            + #""class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","#
            + #""code":"\#(code)"},"subject":{"reference":"Patient/p1"},"#
            + #""period":{"start":"\#(start)","end":"\#(end)"}}"#
    }
}

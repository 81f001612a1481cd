import Basics

extension ScoreVectorTable {
    /// The tables of the acute scores.
    static let acute = [sirs, sofa, sepsis3, mews, shockIndex, curb65]

    private static let sirs = ScoreVectorTable(
        file: "sirs_vectors.csv",
        profile: "sirs",
        count: 14,
        parts: [
            "temperature": "pt_temp", "pulse": "pt_hr", "respiration": "pt_resp",
            "leukocytes": "pt_wbc",
        ],
        card: { $0["met_ge2"] == "true" ? "met" : "not-met" },
        resources: { row in
            [
                quantity("t", "8310-5", row["temperature_Cel"], "Cel"),
                quantity("hr", "8867-4", row["heart_rate"], "/min"),
                quantity("rr", "9279-1", row["respiratory_rate"], "/min"),
                quantity("gas", "2019-8", row["paco2_mmHg"], "mm[Hg]"),
                quantity("wbc", "6690-2", row["wbc_10*9_per_L"], "10*9/L"),
                quantity("bands", "26508-2", row["bands_percent"], "%"),
            ]
        }
    )

    private static let sofa = ScoreVectorTable(
        file: "sofa_vectors.csv",
        profile: "sofa",
        count: 77,
        parts: [
            "respiration": "resp", "coagulation": "coag", "liver": "liver",
            "cardiovascular": "cardio", "consciousness": "cns", "renal": "renal",
        ],
        card: { (Int($0["total"]) ?? 0) >= 2 ? "baseline-unknown" : "score" },
        resources: { row in
            [
                // The table has the ratio: that is the pressure on pure oxygen.
                quantity("o2", "2703-7", row["pao2_fio2_mmHg"], "mm[Hg]"),
                quantity("fi", "3150-0", "100", "%"),
                flag("support", "respiratory-support", row["resp_support"]),
                quantity("plt", "777-3", row["platelets_10*3_per_uL"], "10*3/uL"),
                quantity("bili", "1975-2", row["bilirubin_mg_dL"], "mg/dL"),
                quantity("map", "8478-0", row["map_mmHg"], "mm[Hg]"),
                quantity("gcs", "9269-2", row["gcs"], "{score}"),
                quantity("crea", "2160-0", row["creatinine_mg_dL"], "mg/dL"),
                quantity("urine", "9192-6", row["urine_mL_24h"], "mL/d"),
                infusion("dop", rxNorm: "3628", row["dopamine_ug_kg_min"]),
                infusion("dob", rxNorm: "3616", row["dobutamine_ug_kg_min"]),
                infusion("epi", rxNorm: "3992", row["epinephrine_ug_kg_min"]),
                infusion("nor", rxNorm: "7512", row["norepinephrine_ug_kg_min"]),
            ]
        }
    )

    private static let sepsis3 = ScoreVectorTable(
        file: "sepsis3_vectors.csv",
        profile: "sepsis-3",
        count: 10,
        card: { row in
            if row["septic_shock"] == "true" { return "septic-shock" }
            return row["sepsis"] == "true" ? "sepsis" : "not-met"
        },
        expected: { row in
            if row["septic_shock"] == "true" { return 2 }
            return row["sepsis"] == "true" ? 1 : 0
        },
        resources: { row in
            var all = [
                flag("inf", "suspected-infection", row["suspected_infection"]),
                flag("vol", "hypovolaemia-uncorrected", row["hypovolaemia_uncorrected"]),
                quantity("lac", "2524-7", row["lactate_mmol_L"], "mmol/L"),
                sofaTotal("now", 2 + (Int(row["sofa_rise"]) ?? 0), HookBody.effective),
                sofaTotal("before", 2, "2026-05-02T08:00:00Z"),
            ]
            if row["vasopressor_to_keep_map65"] == "true" {
                all.append(infusion("nor", rxNorm: "7512", "0.1"))
            }
            return all
        }
    )

    private static func sofaTotal(_ id: String, _ total: Int, _ time: String) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final","#
            + #""code":{"coding":[{"system":"http://limen.example/codes","code":"sofa-total"}]},"#
            + #""subject":{"reference":"Patient/p1"},"effectiveDateTime":"\#(time)","#
            + #""valueQuantity":{"value":\#(total),"system":"http://unitsofmeasure.org","#
            + #""code":"{score}"}}"#
    }

    private static let mews = ScoreVectorTable(
        file: "mews_vectors.csv",
        profile: "mews",
        count: 38,
        parts: [
            "systolic": "pt_sbp", "pulse": "pt_hr", "respiratoryRate": "pt_rr",
            "temperature": "pt_temp", "consciousness": "pt_avpu",
        ],
        card: { $0["ge5"] == "true" ? "high" : "below" },
        resources: { row in
            [
                quantity("sbp", "8480-6", row["systolic_mmHg"], "mm[Hg]"),
                quantity("hr", "8867-4", row["heart_rate"], "/min"),
                quantity("rr", "9279-1", row["respiratory_rate"], "/min"),
                quantity("t", "8310-5", row["temperature_Cel"], "Cel"),
                HookBody.coded(
                    "avpu",
                    system: "http://limen.example/codes",
                    "avpu",
                    value: #","valueString":"\#(row["avpu"])""#
                ),
            ]
        }
    )

    private static let shockIndex = ScoreVectorTable(
        file: "shock_index_vectors.csv",
        profile: "shock-index",
        count: 10,
        result: "exact",
        tolerance: 1e-15,
        card: { row in
            if row["ge_1_0"] == "true" { return "very-high" }
            if row["ge_0_9"] == "true" { return "high" }
            return row["gt_0_7"] == "true" ? "raised" : "not-raised"
        },
        resources: { row in
            [
                quantity("hr", "8867-4", row["heart_rate"], "/min"),
                quantity("sbp", "8480-6", row["systolic_mmHg"], "mm[Hg]"),
            ]
        }
    )

    private static let curb65 = ScoreVectorTable(
        file: "curb65_vectors.csv",
        profile: "curb-65",
        count: 11,
        parts: [
            "confusion": "pt_c", "urea": "pt_u", "respiratoryRate": "pt_r",
            "bloodPressure": "pt_b", "age": "pt_65",
        ],
        card: { row in
            ["low": "mild", "intermediate": "intermediate", "high": "severe"][row["group"]] ?? ""
        },
        // The birthday of the year is long past on the day of evaluation.
        birthDate: { "\(2026 - (Int($0["age_years"]) ?? 0))-01-01" },
        resources: { row in
            [
                flag("c", "new-confusion", row["confusion"]),
                quantity("u", "22664-7", row["urea_mmol_L"], "mmol/L"),
                quantity("rr", "9279-1", row["respiratory_rate"], "/min"),
                quantity("sbp", "8480-6", row["systolic_mmHg"], "mm[Hg]"),
                quantity("dbp", "8462-4", row["diastolic_mmHg"], "mm[Hg]"),
            ]
        }
    )
}

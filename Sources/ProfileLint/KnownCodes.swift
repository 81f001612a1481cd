/// The codes of vital signs that everybody uses, to notice when one stands in the wrong place.
///
/// From the vital signs profile of FHIR R4 and LOINC's names of the same measurements.
enum KnownCodes {
    /// What is known of a code.
    struct Entry {
        let meaning: String
        /// Words of which an input's name holds one when it means this.
        let words: [String]
        /// A unit of the measurement; `nil` for panels.
        let unit: String?

        var isPanel: Bool { unit == nil }
    }

    static let table: [String: Entry] = {
        var table: [String: Entry] = [:]
        for (codes, entry) in list {
            for code in codes {
                let isLOINC = code.contains("-")
                table[(isLOINC ? CodeSystems.loinc : CodeSystems.snomed) + "|" + code] = entry
            }
        }
        return table
    }()

    private static let list: [([String], Entry)] = [
        (
            ["85354-9", "55284-4", "75367002", "35094-2", "96607-7"],
            Entry(meaning: "blood pressure panel", words: [], unit: nil)
        ),
        (["85353-1"], Entry(meaning: "vital signs panel", words: [], unit: nil)),
        (["34565-2"], Entry(meaning: "vital signs panel", words: [], unit: nil)),
        (
            ["8480-6", "271649006", "72313002"],
            Entry(
                meaning: "systolic blood pressure",
                words: ["systol", "sbp", "sysbp"],
                unit: "mm[Hg]"
            )
        ),
        (
            ["8462-4", "271650006"],
            Entry(
                meaning: "diastolic blood pressure",
                words: ["diastol", "dbp", "diabp"],
                unit: "mm[Hg]"
            )
        ),
        (
            ["8867-4", "364075005", "78564009", "8889-8"],
            Entry(meaning: "heart rate", words: ["heart", "pulse", "hr"], unit: "/min")
        ),
        (
            ["9279-1", "86290005"],
            Entry(meaning: "respiratory rate", words: ["resp", "breath"], unit: "/min")
        ),
        (
            ["8310-5", "8331-1", "276885007", "386725007"],
            Entry(meaning: "body temperature", words: ["temp"], unit: "Cel")
        ),
        (
            ["59408-5", "2708-6", "2710-2", "431314004", "103228002"],
            Entry(meaning: "oxygen saturation", words: ["spo2", "sao2", "satur"], unit: "%")
        ),
        (["29463-7", "3141-9"], Entry(meaning: "body weight", words: ["weight"], unit: "kg")),
        (["8302-2"], Entry(meaning: "body height", words: ["height"], unit: "cm")),
        (["39156-5"], Entry(meaning: "body mass index", words: ["bmi", "mass"], unit: "kg/m2")),
        (
            ["3151-8"],
            Entry(meaning: "oxygen flow", words: ["oxygen", "o2", "flow"], unit: "L/min")
        ),
    ]

    /// The measurement that a name speaks of, when the code means another.
    static func contradiction(_ entry: Entry, name: String) -> String? {
        guard !entry.words.contains(where: { name.contains($0) }) else { return nil }
        let other = list.first { _, other in
            other.meaning != entry.meaning
                && other.words.contains { $0.count > 3 && name.contains($0) }
        }
        return other?.1.meaning
    }
}

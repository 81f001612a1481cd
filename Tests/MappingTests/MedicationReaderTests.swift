import Basics
import JSON
import Testing

@testable import Mapping

/// Which Medication a record names, and when it is over.
@Suite("Medicines and the Medications they name")
struct MedicationReaderTests {
    private static let ours = "https://ehr.example/fhir"
    private static let theirs = "https://other.example/fhir"

    private static func json(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: text).root
    }

    private static func medication(_ id: String, _ code: String) throws -> JSONValue {
        try json(
            #"{"resourceType":"Medication","id":"\#(id)","code":{"coding":[{"system":"#
                + #""http://www.whocc.no/atc","code":"\#(code)"}]}}"#
        )
    }

    private static func record(
        _ type: String = "MedicationRequest",
        status: String = "active",
        reference: String = "Medication/m1",
        more: String = ""
    ) throws -> JSONValue {
        let status = status.isEmpty ? "" : #""status":"\#(status)","#
        return try json(
            #"{"resourceType":"\#(type)","id":"r1",\#(status)"subject":{"reference":"Patient/p1"},"#
                + #""medicationReference":{"reference":"\#(reference)"}\#(more)}"#
        )
    }

    /// A reader that was sent one Medication, under a `fullUrl` or none.
    private static func reader(
        _ fullURL: String?,
        patient: [String] = [ours + "/Patient/p1"]
    ) throws -> MedicationReader {
        MedicationReader(
            [.init(try medication("m1", "B01AA03"), fullURL: fullURL)],
            patientID: "p1",
            patientFullURLs: patient
        )
    }

    @Test("A name without a letter is none, and the next one is taken")
    func blankNames() throws {
        func name(_ concept: String) throws -> String? {
            let record = #"{"resourceType":"MedicationStatement","id":"r1","status":"active","#
            let subject = #""subject":{"reference":"Patient/p1"},"medicationCodeableConcept":"#
            var reader = MedicationReader([], patientID: "p1", patientFullURLs: [])
            return try #require(reader.read(try Self.json(record + subject + concept + "}"))).name
        }
        #expect(
            try name(#"{"text":"","coding":[{"display":" "},{"display":"warfarin"}]}"#)
                == "warfarin"
        )
        #expect(try name(#"{"text":"\t\n"}"#) == nil)
        #expect(try name(#"{"text":" a"}"#) == " a")
    }

    @Test(
        "A Medication of another server is not the one of the same id on the patient's",
        arguments: [
            (nil, "Medication/m1", true), (nil, ours + "/Medication/m1", true),
            (nil, ours + "/Medication/m1/_history/3", true),
            (nil, theirs + "/Medication/m1", false),
            (nil, theirs + "/Medication/m1/_history/3", false),
            (ours + "/Medication/m1", "Medication/m1", true),
            (ours + "/Medication/m1", ours + "/Medication/m1", true),
            (ours + "/Medication/m1", theirs + "/Medication/m1", false),
            // What came from elsewhere goes by its whole name alone.
            (theirs + "/Medication/m1", theirs + "/Medication/m1", true),
            (theirs + "/Medication/m1", ours + "/Medication/m1", false),
            (theirs + "/Medication/m1", "Medication/m1", false),
            ("urn:uuid:m", "Medication/m1", true), ("urn:uuid:m", "urn:uuid:m", true),
            ("urn:uuid:m", "urn:uuid:n", false), (nil, "Medication/m2", false),
            (nil, "../Medication/m1", false), (nil, "x/y/Medication/m1", false),
            (nil, "m1", false), (nil, "", false), (nil, "#m1", false), (nil, "Substance/m1", false),
        ] as [(String?, String, Bool)]
    )
    func servers(fullURL: String?, reference: String, isFound: Bool) throws {
        var reader = try Self.reader(fullURL)
        let found = try #require(reader.read(try Self.record(reference: reference)))
        #expect(found.doubt == (isFound ? nil : .notSent))
        #expect(found.medicine?.codings.map(\.code) == (isFound ? ["B01AA03"] : nil))
    }

    @Test("Where the patient's server is not known, the end of the reference decides")
    func unknownServer() throws {
        for patient in [[], ["urn:uuid:p"]] {
            var reader = try Self.reader(nil, patient: patient)
            let record = try Self.record(reference: Self.theirs + "/Medication/m1")
            #expect(reader.read(record)?.doubt == nil)
        }
    }

    private static func reader(of medications: [JSONValue]) -> MedicationReader {
        MedicationReader(
            medications.map { .init($0, fullURL: nil) },
            patientID: "p1",
            patientFullURLs: []
        )
    }

    private static func codes(_ record: MedicationRecord?) -> [String] {
        let concepts = [record?.medicine].compactMap { $0 } + (record?.ingredients ?? [])
        return concepts.flatMap(\.codings).map(\.code)
    }

    @Test("Two Medications under one name that differ are both, and it is said")
    func ambiguous() throws {
        var reader = Self.reader(of: [
            try Self.medication("m1", "B01AA03"), try Self.medication("m1", "C10AA01"),
            try Self.medication("m1", "B01AA03"),
        ])
        let both = reader.read(try Self.record())
        #expect(both?.doubt == nil)
        #expect(both?.blur == .versions)
        #expect(Self.codes(both) == ["B01AA03", "C10AA01"])
        // One that another server has under the same id makes nothing doubtful.
        var apart = MedicationReader(
            [
                .init(try Self.medication("m1", "B01AA03"), fullURL: Self.ours + "/Medication/m1"),
                .init(
                    try Self.medication("m1", "C10AA01"),
                    fullURL: Self.theirs + "/Medication/m1"
                ),
            ],
            patientID: "p1",
            patientFullURLs: [Self.ours + "/Patient/p1"]
        )
        let found = apart.read(try Self.record())
        #expect(found?.medicine?.codings.map(\.code) == ["B01AA03"])
        #expect(found?.blur == nil)
    }

    @Test(
        "A Medication that was sent twice is one, however its copies are written",
        arguments: [
            #"{ "code": {"coding": [{"code": "c1", "system": "s"}]}, "id": "m1", "#
                + #""resourceType": "Medication" }"#,
            #"{"resourceType":"Medication","id":"m1","meta":{"lastUpdated":"2024-01-01T00:00:00Z"},"#
                + #""code":{"coding":[{"system":"s","code":"c1"}]}}"#,
            #"{"resourceType":"Medication","id":"m1","status":"active","code":{"text":"T","#
                + #""coding":[{"system":"s","code":"c1","display":"D"}]}}"#,
        ]
    )
    func copies(other: String) throws {
        let first = try Self.json(
            #"{"resourceType":"Medication","id":"m1","#
                + #""code":{"coding":[{"system":"s","code":"c1"}]}}"#
        )
        for sent in [[first, try Self.json(other)], [try Self.json(other), first]] {
            var reader = Self.reader(of: sent)
            let record = reader.read(try Self.record())
            #expect(record?.doubt == nil)
            #expect(record?.blur == nil)
            #expect(Self.codes(record) == ["c1"])
        }
    }

    @Test("Of several versions of a Medication the newest counts, also where it says another thing")
    func versions() throws {
        func version(_ number: Int, _ code: String) throws -> JSONValue {
            try Self.json(
                #"{"resourceType":"Medication","id":"m1","meta":{"versionId":"\#(number)"},"#
                    + #""code":{"coding":[{"system":"s","code":"\#(code)"}]}}"#
            )
        }
        for sent in [
            [try version(1, "old"), try version(2, "new")],
            [try version(2, "new"), try version(1, "old")],
            [try version(1, "new"), try version(2, "new")],
        ] {
            var reader = Self.reader(of: sent)
            let record = reader.read(try Self.record())
            #expect(record?.blur == nil)
            #expect(Self.codes(record) == ["new"])
        }
    }

    @Test("A Substance that was sent twice and differs is both")
    func substances() throws {
        func substance(_ code: String) throws -> JSONValue {
            try Self.json(
                #"{"resourceType":"Substance","id":"s1","code":{"coding":[{"code":"\#(code)"}]}}"#
            )
        }
        let medication = try Self.json(
            #"{"resourceType":"Medication","id":"m1","ingredient":[{"itemReference":{"reference":"#
                + #""Substance/s1"}},{"itemReference":{"reference":"Medication/m1"}}]}"#
        )
        for (codes, blur) in [
            (["c1", "c1"], nil), (["c1", "c2"], .versions),
        ] as [([String], MedicationRecord.Blur?)] {
            var reader = Self.reader(of: [medication] + (try codes.map(substance)))
            let record = reader.read(try Self.record())
            #expect(Self.codes(record) == (blur == nil ? ["c1"] : ["c1", "c2"]))
            #expect(record?.blur == blur)
        }
    }

    @Test(
        "What a Medication is made of in a form that is not read is told beside its code",
        arguments: [
            (#""ingredient":{"itemCodeableConcept":{"coding":[{"code":"c2"}]}}"#, true),
            (#""ingredient":"c2""#, true),
            (#""package":{"content":[{"itemReference":{"reference":"Medication/m2"}}]}"#, true),
            (#""product":{"ingredient":[{"item":{"reference":"Substance/s1"}}]}"#, true),
            (#""ingredient":[]"#, false), (#""ingredient":null"#, false),
            (#""package":{"container":{"text":"box"}}"#, false),
            (#""ingredient":[{"itemCodeableConcept":{"coding":[{"code":"c2"}]}}]"#, false),
        ]
    )
    func unreadParts(member: String, isTold: Bool) throws {
        let medication = try Self.json(
            #"{"resourceType":"Medication","id":"m1","code":{"coding":[{"code":"c1"}]},\#(member)}"#
        )
        var reader = Self.reader(of: [medication])
        let record = try #require(reader.read(try Self.record()))
        #expect(record.doubt == nil)
        #expect(record.blur == (isTold ? .part : nil))
        #expect(record.medicine?.codings.map(\.code) == ["c1"])
    }

    @Test(
        "A medicine that was handed out or given counts; what is over, refused or not done does not",
        arguments: [
            ("MedicationDispense", "completed", true),
            ("MedicationAdministration", "completed", true),
            ("MedicationRequest", "completed", false), ("MedicationStatement", "completed", false),
            ("MedicationDispense", "in-progress", true),
            ("MedicationDispense", "preparation", true),
            ("MedicationDispense", "cancelled", false), ("MedicationDispense", "declined", false),
            ("MedicationDispense", "stopped", false),
            ("MedicationDispense", "entered-in-error", false),
            ("MedicationAdministration", "not-done", false),
            ("MedicationAdministration", "entered-in-error", false),
            ("MedicationAdministration", "stopped", false),
            ("MedicationRequest", "active", true), ("MedicationRequest", "on-hold", true),
            ("MedicationRequest", "draft", true), ("MedicationRequest", "stopped", false),
            ("MedicationRequest", "ended", false), ("MedicationStatement", "not-taken", false),
            // Leaving one out is the greater harm.
            ("MedicationRequest", "", true), ("MedicationRequest", "Completed", true),
            ("MedicationRequest", "whatever", true),
        ]
    )
    func statuses(type: String, status: String, counts: Bool) throws {
        var reader = try Self.reader(nil)
        let record = try #require(reader.read(try Self.record(type, status: status)))
        #expect(record.exclusion == (counts ? nil : .status))
        #expect(record.medicine?.codings.map(\.code) == ["B01AA03"])
    }

    @Test("A Medication that many records name is read as far as the codes of a call go")
    func amplification() throws {
        let ingredient = #"{"itemCodeableConcept":{"coding":[{"system":"s","code":"c"}]}}"#
        let count = Limits.medicationCodingsMax / 3
        let ingredients = Array(repeating: ingredient, count: count).joined(separator: ",")
        let medication = try Self.json(
            #"{"resourceType":"Medication","id":"m1","ingredient":[\#(ingredients)]}"#
        )
        var reader = MedicationReader(
            [.init(medication, fullURL: nil)],
            patientID: "p1",
            patientFullURLs: []
        )
        let over = try Self.record("MedicationRequest", status: "completed")
        for _ in 0..<10 { #expect(reader.read(over)?.exclusion == .status) }
        for _ in 0..<3 {
            let record = try #require(reader.read(try Self.record()))
            #expect(record.doubt == nil)
            #expect(record.ingredients.count == count)
        }
        for _ in 0..<2 {
            let record = try #require(reader.read(try Self.record()))
            #expect(record.doubt == .tooManyCodes)
            #expect(record.ingredients.isEmpty)
        }
        // A code of its own beside the reference changes nothing, of what is over neither.
        let own = #","medicationCodeableConcept":{"text":"own","coding":[{"code":"c"}]}"#
        for status in ["active", "completed"] {
            let record = try #require(reader.read(try Self.record(status: status, more: own)))
            #expect(record.doubt == .tooManyCodes)
            #expect(record.medicine == nil && record.ingredients.isEmpty)
            #expect(record.name == "own")
        }
        // One that has fewer codes still finds room.
        let concept = #","medicationCodeableConcept":{"coding":[{"code":"c"}]}"#
        let small = try #require(
            reader.read(try Self.record(reference: "Medication/none", more: concept))
        )
        #expect(small.doubt == nil)
    }

    @Test("Local references name what is contained, once, in the resource around them")
    func contained() throws {
        let substance = #"{"resourceType":"Substance","id":"s1","code":{"coding":[{"code":"c1"}]}}"#
        let medication =
            #"{"resourceType":"Medication","id":"m2","ingredient":[{"itemReference":{"reference":"#
            + ##""#s1"}}]}"##
        var reader = MedicationReader([], patientID: "p1", patientFullURLs: [])
        for (contained, codes) in [
            ([medication, substance], ["c1"]), ([medication], []),
            ([medication, substance, substance], []), ([medication, medication, substance], nil),
        ] as [([String], [String]?)] {
            let list = contained.joined(separator: ",")
            let record = try #require(
                reader.read(
                    try Self.record(reference: "#m2", more: #","contained":[\#(list)]"#)
                )
            )
            #expect(record.doubt == (codes == nil ? .notSent : codes == [] ? .noCode : nil))
            #expect(record.ingredients.flatMap(\.codings).map(\.code) == codes ?? [])
        }
    }

    @Test("A completed dispense that says it was not done is none")
    func negated() throws {
        var reader = try Self.reader(nil)
        for member in ["notDone", "notGiven", "wasNotGiven", "doNotPerform"] {
            let record = try Self.record(
                "MedicationDispense",
                status: "completed",
                more: #","\#(member)":true"#
            )
            #expect(reader.read(record)?.exclusion == .negation)
        }
    }
}

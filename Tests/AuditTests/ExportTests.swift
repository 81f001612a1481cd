import Audit
import Basics
import JSON
import StructureDefinitions
import Testing

@Suite("An exported event")
struct ExportTests {
    static func cells(_ event: StoredEvent) -> [String] {
        // Enough of RFC 4180 for one record whose cells hold no line end.
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        for character in String(decoding: AuditCSV.line(event), as: UTF8.self) {
            if character == "\"" { isQuoted.toggle() }
            if (character == "," || character == "\r\n") && !isQuoted {
                cells.append(cell)
                cell = ""
            } else {
                cell.append(character)
            }
        }
        return cells
    }

    @Test("has a cell for each column, and ends as RFC 4180 says")
    func columns() {
        let line = AuditCSV.line(StoryTests.decision)
        #expect(line.suffix(2) == [13, 10])
        #expect(Self.cells(StoryTests.decision).count == AuditCSV.columns.count)
        #expect(AuditCSV.header.suffix(2) == [13, 10])
    }

    @Test(
        "is no formula in a spreadsheet, whatever a client is called",
        arguments: [
            "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
            "\u{FF1D}1", "\u{FEFF}=1", "=1,\"2\"",
        ]
    )
    func formulas(text: String) throws {
        let event = StoryTests.event(.decision) { $0.client = text }
        let line = String(decoding: AuditCSV.line(event), as: UTF8.self)
        let cell =
            "'"
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        let start = try #require(line.firstRange(of: cell))
        let before = line[..<start.lowerBound].last
        #expect(before == "," || before == "\"")
    }

    @Test("leaves harmless text as it is", arguments: ["ward-7", "a=b", "1", "", "2026-05-04"])
    func harmless(text: String) {
        let event = StoryTests.event(.decision) { $0.client = text }
        #expect(Self.cells(event)[8] == text)
    }

    @Test("gives the reason of a batch with each of its rows, as CSV and as AuditEvent")
    func batch() throws {
        let cells = Self.cells(StoryTests.batch)
        let row = Dictionary(uniqueKeysWithValues: zip(AuditCSV.columns, cells))
        #expect(row["question"] == "batch")
        #expect(row["reason"] == "weekly review")
        var writer = JSONWriter()
        FHIRAuditEvent.write(StoryTests.batch, serverName: "gateway-1", to: &writer)
        #expect(StrictReading.findings(in: writer.bytes).isEmpty, "\(writer.text)")
        let root = try JSONDocument(parsing: writer.bytes).root
        let purposes = root["purposeOfEvent"]?.elements.map { $0["text"]?.stringValue }
        #expect(purposes == ["weekly review"])
        #expect(writer.text.contains("00000000-0000-0001-0000-000000000002"))
    }

    @Test("is a FHIR AuditEvent by our own definitions", arguments: AuditRecord.Kind.allCases)
    func auditEvents(kind: AuditRecord.Kind) throws {
        for outcome in AuditRecord.Outcome.allCases {
            for isFull in [false, true] {
                let event = StoryTests.event(kind, outcome) { record in
                    guard isFull else {
                        record.hookInstance = nil
                        return
                    }
                    record.client = "ward"
                    record.service = "news2"
                    record.patientPseudonym = [UInt8](repeating: 1, count: 32)
                    record.userReference = "Practitioner/7"
                    record.traceID = [UInt8](repeating: 2, count: 16)
                    record.tokenDigest = [UInt8](repeating: 3, count: 32)
                    record.peerAddress = "192.0.2.7"
                    record.durationMicroseconds = 812
                    record.reasonCode = "LIMEN-TEST"
                    record.causedBy = UUIDBytes(high: 3, low: 3)
                    record.details = Array(#"{"question":"list","reason":"why","rows":2}"#.utf8)
                    record.artifacts = StoryTests.decision.record.artifacts
                }
                var writer = JSONWriter()
                FHIRAuditEvent.write(event, serverName: "gateway-1", to: &writer)
                #expect(StrictReading.findings(in: writer.bytes).isEmpty, "\(writer.text)")
                let root = try JSONDocument(parsing: writer.bytes).root
                // BALP: recorded once, an outcome, client and server with who.
                #expect(["0", "4", "8", "12"].contains(root["outcome"]?.stringValue ?? ""))
                let agents = try #require(root["agent"]).elements.map { $0 }
                #expect(agents.count >= 2)
                #expect(agents.count { $0["requestor"]?.boolValue == true } == 1)
                for agent in agents { #expect(agent["who"] != nil) }
                #expect(root["source"]?["observer"] != nil)
                #expect(root["entity"]?.elements.contains { $0["what"] != nil } == true)
            }
        }
    }

    @Test("names patient and user by pseudonym alone, unless they could be opened")
    func people() throws {
        var writer = JSONWriter()
        FHIRAuditEvent.write(StoryTests.decision, serverName: "limen", to: &writer)
        #expect(writer.text.contains(String(repeating: "ab", count: 32)))
        #expect(writer.text.contains("pseudonym/demo/patient"))
        #expect(!writer.text.contains("\"reference\""))
        var opened = StoryTests.decision
        opened.record.patientReference = "Patient/p1"
        var second = JSONWriter()
        FHIRAuditEvent.write(opened, serverName: "limen", to: &second)
        #expect(second.text.contains(#""reference":"Patient/p1""#))
        opened.hidePeople { _, _ in nil }
        var third = JSONWriter()
        FHIRAuditEvent.write(opened, serverName: "limen", to: &third)
        #expect(!third.text.contains("Patient/p1"))
    }

    @Test("has a Provenance that names the resources of its inputs, the model and the cards")
    func provenance() throws {
        var event = StoryTests.decision
        event.record.inputs = Array(
            (#"[{"name":"a","value":1,"unit":"1","source":{"resource":"Observation/1"}},"#
                + #"{"name":"b","value":2,"unit":"1","aggregate":{"of":["#
                + #"{"source":{"resource":"Observation/2"}},"#
                + #"{"source":{"resource":"entry[3]"}}]}}]"#).utf8
        )
        var writer = JSONWriter()
        FHIRProvenance.write(event, serverName: "limen", to: &writer)
        #expect(StrictReading.findings(in: writer.bytes).isEmpty, "\(writer.text)")
        let root = try JSONDocument(parsing: writer.bytes).root
        #expect(root["target"]?.elements.count(where: { _ in true }) == 2)
        for part in [#""reference":"Observation/1""#, "Observation/2", #""display":"entry[3]""#] {
            #expect(writer.text.contains(part))
        }
        #expect(FHIRProvenance.applies(to: event.record))
        #expect(!FHIRProvenance.applies(to: StoryTests.event(.fetch).record))
    }

    /// A row in which every place that can hold an id or a value holds one that is made up.
    static var planted: StoredEvent {
        var event = StoryTests.decision
        event.sealing = .opened
        event.record.patientReference = "Patient/MRN-0042-JANE"
        event.record.userReference = "Practitioner/PRAC-0042-ROE"
        event.record.encounterReference = "Encounter/ENC-0042-DOE"
        event.record.encounterPseudonym = [UInt8](repeating: 0xEF, count: 32)
        event.record.pseudonymEpoch = 2
        event.record.inputs = Array(
            (#"[{"name":"a","value":"VALUE-0042","unit":"1","source":{"resource":"#
                + #""Patient/MRN-0042-JANE"}},{"name":"b","value":2,"aggregate":{"of":["#
                + #"{"source":{"resource":"Observation/OBS-0042-JANE"}},"#
                + #"{"source":{"resource":"Encounter/ENC-0042-DOE"}},"#
                + #"{"source":{"resource":"urn:uuid:0042-JANE"}},"#
                + #"{"source":{"resource":"JANE0042"}},{"source":{"resource":"JANE[0042]"}},"#
                + #"{"source":{"resource":"Observation[3]"}}]}}]"#).utf8
        )
        event.record.rejections = Array(#"{"items":[{"resource":"Observation/R-0042"}]}"#.utf8)
        event.record.result = Array(#"{"value":"VALUE-0042"}"#.utf8)
        event.record.cards = Array(#"[{"summary":"JANE 0042 is ill"}]"#.utf8)
        var item = AuditFeedback(cardID: UUIDBytes(high: 9, low: 9), outcome: "accepted")
        item.userComment = "JANE 0042"
        event.record.feedback = [item]
        return event
    }

    static func texts(_ event: StoredEvent) -> [String] {
        var audit = JSONWriter()
        FHIRAuditEvent.write(event, serverName: "limen", to: &audit)
        var provenance = JSONWriter()
        FHIRProvenance.write(event, serverName: "limen", to: &provenance)
        var row = JSONWriter()
        event.write(to: &row)
        return [
            String(decoding: AuditCSV.line(event), as: UTF8.self), audit.text, provenance.text,
            row.text,
        ]
    }

    @Test("holds no id and no value in any form while people are hidden")
    func hidden() throws {
        let open = Self.texts(Self.planted).joined()
        for marker in ["MRN-0042", "PRAC-0042", "OBS-0042"] { #expect(open.contains(marker)) }
        for hasKey in [false, true] {
            var event = Self.planted
            event.hidePeople { name, epoch in
                hasKey ? Array("key \(epoch) of \(name.utf8.count)".utf8) : nil
            }
            for text in Self.texts(event) {
                #expect(!text.contains("0042"), "\(text)")
                #expect(!text.uppercased().contains("JANE"), "\(text)")
            }
            var writer = JSONWriter()
            FHIRProvenance.write(event, serverName: "limen", to: &writer)
            #expect(StrictReading.findings(in: writer.bytes).isEmpty, "\(writer.text)")
            #expect(writer.text.contains("Observation[3]"), "a place is no id")
            #expect(writer.text.contains("urn:limen:inputs:withheld") == !hasKey)
        }
    }

    @Test("names a hidden resource by its type and a pseudonym that stays joinable")
    func joinable() throws {
        var event = Self.planted
        let pseudonym = event.record.patientPseudonym
        event.hidePeople { name, epoch in
            name == "Patient/MRN-0042-JANE" && epoch == 2
                ? pseudonym : [UInt8](repeating: 0x11, count: 32)
        }
        var writer = JSONWriter()
        FHIRProvenance.write(event, serverName: "limen", to: &writer)
        let root = try JSONDocument(parsing: writer.bytes).root
        let sources = try #require(root["entity"]).elements.compactMap { entity in
            entity["role"]?.isString("source") == true ? entity["what"] : nil
        }
        let base = "https://limen.example/ids/pseudonym/demo/"
        let patient = try #require(sources.first)
        #expect(patient["type"]?.isString("Patient") == true)
        let system = patient["identifier"]?["system"]?.stringValue
        #expect(system == base + "patient/2", "the system of the patient of an AuditEvent")
        let value = patient["identifier"]?["value"]?.stringValue
        #expect(value == String(repeating: "ab", count: 32))
        #expect(sources[1]["type"]?.isString("Observation") == true)
        #expect(sources[1]["identifier"]?["system"]?.isString(base + "resource/2") == true)
        #expect(sources.count == 7)
        #expect(sources[3]["type"] == nil, "only a type that is known is no part of an id")
    }

    @Test(
        "has the lifecycle code of what was done, and none for what was only ordered or refused",
        arguments: [
            (AuditRecord.Kind.legalHold, ["set"], AuditRecord.Outcome.done, "hold", "U", "0"),
            (.legalHold, ["follow"], .done, "hold", "U", "0"),
            (.legalHold, ["lift"], .done, "110100", "E", "0"),
            (.legalHold, ["lift", "ordered"], .done, "110100", "E", "0"),
            (.legalHold, ["lift", "done"], .done, "unhold", "U", "0"),
            (.legalHold, ["lift", "refused"], .refused, "unhold", "U", "4"),
            (.erasure, ["ordered"], .done, "110100", "E", "0"),
            (.erasure, ["done"], .done, "destroy", "D", "0"),
            (.erasure, ["refused"], .refused, "destroy", "D", "4"),
            (.retention, ["policy", "ordered"], .done, "110100", "E", "0"),
            (.retention, ["policy", "done"], .done, "110100", "U", "0"),
            (.retention, ["policy", "refused"], .refused, "110100", "U", "4"),
            (.retention, ["drop"], .done, "110100", "E", "0"),
            (.retention, ["drop", "done"], .done, "destroy", "D", "0"),
            (.retention, ["refused"], .refused, "destroy", "D", "4"),
        ]
    )
    func lifecycle(
        kind: AuditRecord.Kind,
        flags: [String],
        outcome: AuditRecord.Outcome,
        code: String,
        action: String,
        result: String
    ) throws {
        let event = StoryTests.event(kind, outcome) { $0.flags = flags }
        var writer = JSONWriter()
        FHIRAuditEvent.write(event, serverName: "limen", to: &writer)
        #expect(StrictReading.findings(in: writer.bytes).isEmpty, "\(writer.text)")
        let root = try JSONDocument(parsing: writer.bytes).root
        #expect(root["type"]?["code"]?.stringValue == code)
        #expect(root["action"]?.stringValue == action)
        #expect(root["outcome"]?.stringValue == result)
    }

    @Test("says of a reader who was added that the rights of a user changed")
    func readers() throws {
        let event = StoryTests.event(.configurationChange) { $0.reasonCode = "reader-added" }
        var writer = JSONWriter()
        FHIRAuditEvent.write(event, serverName: "limen", to: &writer)
        #expect(writer.text.contains(#""code":"110137""#))
        #expect(StrictReading.findings(in: writer.bytes).isEmpty)
    }

    @Test("says when its inputs are sealed or erased")
    func sealed() {
        var event = StoryTests.decision
        event.sealing = .erased
        var writer = JSONWriter()
        FHIRProvenance.write(event, serverName: "limen", to: &writer)
        #expect(writer.text.contains("urn:limen:inputs:erased"))
        #expect(StrictReading.findings(in: writer.bytes).isEmpty)
    }
}

@Suite("Working hours")
struct WorkingHoursTests {
    @Test(
        "hold what lies in them, by the zone that is stated",
        arguments: [
            // 2026-05-04 is a Monday.
            ("2026-05-04T07:00", 0, true), ("2026-05-04T06:59", 0, false),
            ("2026-05-04T18:59", 0, true), ("2026-05-04T19:00", 0, false),
            ("2026-05-04T05:30", 120, true), ("2026-05-04T17:30", 120, false),
            ("2026-05-09T12:00", 0, false), ("2026-05-10T12:00", 0, false),
            ("2026-05-08T23:30", -720, true), ("1969-12-31T12:00", 0, true),
        ]
    )
    func contains(text: String, zone: Int, isIn: Bool) throws {
        let numbers = text.split { "-T:".contains($0) }.compactMap { Int($0) }
        let day = try #require(CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]))
        let moment = Instant(
            date: day,
            hour: numbers[3],
            minute: numbers[4],
            second: 0,
            microsecond: 0
        )
        let hours = try #require(
            WorkingHours(hours: "07:00-19:00", includesWeekend: false, zoneMinutes: zone)
        )
        #expect(hours.contains(moment) == isIn)
        #expect(WorkingHours(reading: hours.json) == hours)
    }

    @Test(
        "are refused when they are none",
        arguments: ["", "7-19", "19:00-07:00", "07:00", "07:00-25:00", "07:60-19:00", "a:b-c:d"]
    )
    func refused(text: String) {
        #expect(WorkingHours(hours: text, includesWeekend: true, zoneMinutes: 0) == nil)
    }
}

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
        opened.hidePeople()
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

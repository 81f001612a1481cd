import Audit
import Basics
import Foundation
import HTTPMessages
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("Evaluating named inputs")
struct ModelEvaluationTests {
    private static let news2 =
        #"{"respiratoryRate":22,"spo2":95,"onOxygen":true,"systolic":101,"pulse":112,"#
        + #""consciousness":"A","temperature":{"value":101.3,"unit":"[degF]"}}"#

    private static func segment(_ bodyMassIndex: String = "23.0") -> String {
        #"{"age":33,"systolic":117,"diastolic":74,"bodyMassIndex":\#(bodyMassIndex)}"#
    }

    @Test("One row gives the result with its grounds, after one audit row")
    func oneRow() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/models/news2/evaluate", Self.news2)
        #expect(response.status == 200)
        #expect(response.fields["content-type"] == "application/json; charset=utf-8")
        let body = try response.json
        let row = try #require(body["rows"].map { Array($0.elements) }?.first)
        #expect(row["status"]?.stringValue == "complete")
        // 2 + 1 + 2 + 1 + 2 + 0 + 1
        #expect(row["value"]?.integerValue == 9)
        #expect(row["lower"]?.integerValue == 9)
        #expect(row["applicability"]?.stringValue == "not-checked")
        #expect(row["contributions"].map { Array($0.elements).count } ?? 0 >= 7)
        #expect(row["completeness"]?["present"]?.integerValue == 7)
        let substituted = row["completeness"]?["substituted"].map { Array($0.elements) }
        #expect(substituted?.map(\.stringValue) == ["spo2Scale"])
        let inputs = try #require(row["inputs"].map { Array($0.elements) })
        let temperature = inputs.first { $0["name"]?.stringValue == "temperature" }
        #expect(temperature?["value"]?.numberText == "38.5")
        #expect(temperature?["conversion"]?["originalUnit"]?.stringValue == "[degF]")
        #expect(body["model"]?["id"]?.stringValue == "news2")
        #expect(body["model"]?["sha256"]?.stringValue?.utf8.count == 64)
        #expect(body["model"]?["version"]?.stringValue?.isEmpty == false)
        let codes = body["notChecked"].map { $0.elements.compactMap { $0["code"]?.stringValue } }
        #expect(codes?.contains("age-under-16") == true)

        let records = fixture.sink.records
        #expect(records.count == 1)
        let record = try #require(records.first)
        #expect(record.kind == .evaluation)
        #expect(record.outcome == .done)
        #expect(record.tenant == "hospital-a")
        #expect(record.client == "ehr")
        #expect(record.service == "news2")
        #expect(record.arm == .live)
        #expect(record.status == 200)
        #expect(record.flags == ["applicability-unchecked", "assumed-input"])
        #expect(record.eventID.text == row["eventId"]?.stringValue)
        let result = try JSONDocument(parsing: try #require(record.result)).root
        #expect(result["value"]?.integerValue == 9)
        let artifacts = try JSONDocument(parsing: try #require(record.artifacts)).root
        #expect(artifacts["model"]?["sha256"] != nil)
        #expect(artifacts["profile"]?["version"] != nil)
        #expect(record.inputs != nil)
        #expect(record.requestDigest != nil)
        #expect(record.responseDigest != nil)
    }

    @Test(
        "Rows of a batch stand for themselves: a bad one has its errors and the rest goes on",
        arguments: [true, false]
    )
    func batch(isWrapped: Bool) async throws {
        let fixture = try GatewayFixture()
        let rows =
            "[\(Self.segment()),{\"age\":\"old\",\"Erika\":1},\(Self.segment("29.9")),"
            + "{\"age\":50},7,\(Self.segment("{\"value\":230,\"unit\":\"g/dm2\"}"))]"
        let body = isWrapped ? "{\"rows\":\(rows)}" : rows
        let response = await fixture.post("/models/segments/evaluate", body)
        #expect(response.status == 200)
        let answer = try response.json
        let found = try #require(answer["rows"].map { Array($0.elements) })
        #expect(
            found.map { $0["status"]?.stringValue } == [
                "complete", "rejected", "complete", "refused", "rejected", "complete",
            ]
        )
        #expect(found.map { $0["row"]?.integerValue } == [0, 1, 2, 3, 4, 5])
        #expect(found[0]["segment"]?["name"]?.stringValue == "Younger, lower pressure")
        #expect(found[0]["segment"]?["isUncertain"]?.boolValue == false)
        #expect(found[0]["segment"]?["margin"]?.decimalValue ?? DecimalNumber(0) > DecimalNumber(0))
        #expect(found[2]["segment"]?["isUncertain"]?.boolValue != nil)
        #expect(found[5]["segment"]?["name"]?.stringValue == "Younger, lower pressure")
        let errors = try #require(found[1]["errors"].map { Array($0.elements) })
        #expect(errors.map { $0["code"]?.stringValue } == ["LIMEN-ROW-003", "LIMEN-ROW-002"])
        #expect(errors[0]["input"]?.stringValue == "age")
        #expect(!response.text.contains("Erika"))
        #expect(found[3]["refusal"]?["code"]?.stringValue == "missing-value")
        let missing = found[3]["completeness"]?["missing"].map { $0.elements.map(\.stringValue) }
        #expect(missing == ["systolic", "diastolic", "bodyMassIndex"])
        #expect(answer["counts"]?["complete"]?.integerValue == 3)
        #expect(answer["counts"]?["rejected"]?.integerValue == 2)

        let records = fixture.sink.records
        #expect(records.count == 6)
        #expect(Set(records.map(\.eventID)).count == 6)
        #expect(records.allSatisfy { $0.kind == .evaluation })
        let ids = Set(records.map(\.eventID.text))
        #expect(Set(found.compactMap { $0["eventId"]?.stringValue }) == ids)
        let outcomes = Dictionary(grouping: records, by: \.outcome).mapValues(\.count)
        #expect(outcomes == [.done: 3, .rejected: 2, .incomplete: 1])
        #expect(records.contains { $0.reasonCode == "LIMEN-ROW-003" })
        let metrics = fixture.registry.text
        #expect(
            metrics.contains(
                #"limen_evaluations_total{model="segments",outcome="complete"} 3"#
            )
        )
    }

    @Test("1,000 rows have 1,000 audit rows, and 1,001 are too many")
    func cap() async throws {
        let fixture = try GatewayFixture()
        let rows = Array(repeating: Self.segment(), count: Limits.evaluationRowsMax)
        let full = "[" + rows.joined(separator: ",") + "]"
        #expect(await fixture.post("/models/segments/evaluate", full).status == 200)
        #expect(fixture.sink.records.count == Limits.evaluationRowsMax)
        fixture.sink.removeAll()
        let more = "[" + (rows + [Self.segment()]).joined(separator: ",") + "]"
        let response = await fixture.post("/models/segments/evaluate", more)
        #expect(response.status == 413)
        #expect(try response.json["code"]?.stringValue == "LIMEN-GATE-043")
        #expect(fixture.sink.records.map(\.kind) == [.rejectedRequest])
    }

    @Test("A single row that cannot be used is a problem that names the inputs, with its audit row")
    func singleBadRow() async throws {
        let fixture = try GatewayFixture()
        let body = #"{"pulse":"fast","temperature":101.3,"Erika":true}"#
        let response = await fixture.post("/models/news2/evaluate", body)
        #expect(response.status == 422)
        #expect(response.fields["content-type"] == "application/problem+json")
        let problem = try response.json
        #expect(problem["status"]?.integerValue == 422)
        #expect(problem["code"]?.stringValue == "LIMEN-GATE-044")
        let errors = try #require(problem["errors"].map { Array($0.elements) })
        #expect(errors.map { $0["pointer"]?.stringValue } == ["#/pulse", "#/temperature", nil])
        #expect(
            errors.map { $0["code"]?.stringValue } == [
                "LIMEN-ROW-003", "LIMEN-ROW-009", "LIMEN-ROW-002",
            ]
        )
        #expect(!response.text.contains("Erika"))
        #expect(!response.text.contains("fast"))
        let record = try #require(fixture.sink.records.first)
        #expect(fixture.sink.records.count == 1)
        #expect(record.kind == .evaluation)
        #expect(record.outcome == .rejected)
        #expect(record.artifacts != nil)
        #expect(!fixture.lines.text.contains("Erika"))
    }

    @Test("Missing inputs give bounds, and a fact that bars the model gives no score")
    func withoutResult() async throws {
        let fixture = try GatewayFixture()
        let partial =
            #"[{"respiratoryRate":26,"spo2":90,"pulse":135},{"pregnant":true,"pulse":80}]"#
        let rows = try #require(
            try await fixture.post("/models/news2/evaluate", partial).json["rows"]
                .map { Array($0.elements) }
        )
        #expect(rows[0]["status"]?.stringValue == "incomplete")
        #expect(rows[0]["value"] == nil)
        #expect(rows[0]["lower"]?.integerValue == 9)
        #expect(rows[0]["upper"]?.integerValue == 20)
        #expect(rows[1]["status"]?.stringValue == "not-applicable")
        #expect(rows[1]["applicabilityCode"]?.stringValue == "pregnancy")
        #expect(rows[1]["value"] == nil)
        #expect(
            fixture.sink.records.map(\.outcome).sorted { $0.rawValue < $1.rawValue } == [
                .incomplete, .refused,
            ]
        )
    }

    @Test(
        "What is no row, no model or no caller is refused with its status and one audit row",
        arguments: [
            ("news2", "", 400), ("news2", "{", 400), ("news2", "[]", 400), ("news2", "7", 400),
            ("news2", #"{"rows":{}}"#, 400), ("news2", #"{"rows":[],"x":1}"#, 400),
            ("news2", #"{"pulse":1,"pulse":2}"#, 400), ("nothing", "{}", 404),
            ("interactions-onc", "{}", 422),
        ]
    )
    func refused(model: String, body: String, status: Int) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/models/\(model)/evaluate",
            body,
            fields: [("Content-Type", "application/json")]
        )
        #expect(response.status == status)
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(try response.json["title"]?.stringValue?.isEmpty == false)
        #expect(fixture.sink.records.count == 1)
        #expect(fixture.sink.records.first?.status == status)
        #expect(fixture.sink.records.first?.tenant == "hospital-a")
    }

    @Test("Callers are known, and kept to the models of their services")
    func callers() async throws {
        let fixture = try GatewayFixture()
        let path = "/models/news2/evaluate"
        #expect(await fixture.post(path, Self.news2, key: nil).status == 401)
        #expect(fixture.sink.records.map(\.kind) == [.authenticationFailure])
        let plain = GatewayFixture.plainKey
        #expect(await fixture.post(path, Self.news2, key: plain).status == 200)
        #expect(fixture.sink.records.last?.tenant == "hospital-b")
        let other = await fixture.post("/models/segments/evaluate", "{}", key: plain)
        #expect(other.status == 403)
        #expect(await fixture.send("GET", path).status == 405)
        let form = await fixture.post(path, "x=1", fields: [("Content-Type", "text/plain")])
        #expect(form.status == 415)
    }

    @Test("Without a durable audit row there is no answer", arguments: [1, 40])
    func unrecorded(rowCount: Int) async throws {
        let fixture = try GatewayFixture()
        fixture.sink.fail(with: AuditError(code: .unavailable))
        let rows = Array(repeating: Self.news2, count: rowCount).joined(separator: ",")
        let response = await fixture.post("/models/news2/evaluate", "[\(rows)]")
        #expect(response.status == 503)
        #expect(!response.text.contains("\"value\""))
        #expect(response.fields["retry-after"] != nil)
    }

    @Test("Rows that take too long are not answered")
    func deadline() async throws {
        let fixture = try GatewayFixture()
        fixture.clock.setStep(Int64(Limits.evaluationMicrosecondsMax))
        let rows = Array(repeating: Self.segment(), count: 40).joined(separator: ",")
        let response = await fixture.post("/models/segments/evaluate", "[\(rows)]")
        #expect(response.status == 503)
        #expect(fixture.sink.records.map(\.outcome) == [.failed])
    }

    @Test(
        "The project vectors of NEWS2 give their totals from named inputs, in one call",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func vectors() async throws {
        let lines = try Shared.text("models-reference/news2_vectors.csv")
            .split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        let rows = lines.dropFirst().map { cells in
            """
            {"respiratoryRate":\(cells[1]),"spo2":\(cells[2]),"spo2Scale":\(cells[3]),\
            "onOxygen":\(cells[4]),"systolic":\(cells[5]),"pulse":\(cells[6]),\
            "consciousness":"\(cells[7])","temperature":\(cells[8])}
            """
        }
        #expect(rows.count == 110)
        let fixture = try GatewayFixture()
        let body = "[" + rows.joined(separator: ",") + "]"
        let response = await fixture.post("/models/news2/evaluate", body)
        let found = try #require(try response.json["rows"].map { Array($0.elements) })
        #expect(found.count == 110)
        for (cells, row) in zip(lines.dropFirst(), found) {
            #expect(row["status"]?.stringValue == "complete", "\(cells[0])")
            #expect(row["value"]?.numberText == cells[16], "\(cells[0])")
        }
        #expect(fixture.sink.records.count == 110)
    }
}

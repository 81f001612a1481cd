import Basics
import Foundation
import Gateway
import HTTPMessages
import HTTPServer
import JSON
import Support
import Testing

@testable import limen

@Suite("The check of a CDS Hooks service")
struct ConformTests {
    static func failed(_ ledger: ConformLedger) -> [Int] {
        ledger.verdicts.filter { $0.verdict.word == "fail" }.map(\.requirement.id)
    }

    @Test(
        "knows every requirement that binds a service, and how binding it is",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func rows() throws {
        var rows: [Int: String] = [:]
        let table = try Shared.lines("conformance/cds-hooks-requirements/requirements.tsv")
        for line in table.dropFirst() {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns[1].contains("Service"), let id = Int(columns[0]) else { continue }
            rows[id] = String(columns[2])
        }
        #expect(rows.count == 120)
        #expect(Set(ConformRequirement.all.map(\.id)) == Set(rows.keys))
        for requirement in ConformRequirement.all {
            #expect(rows[requirement.id] == requirement.level.rawValue, "\(requirement.id)")
            #expect(!requirement.words.isEmpty && !requirement.reason.isEmpty)
        }
    }

    @Test("finds nothing in our own services, each called with every kind of call")
    func ours() async throws {
        let gateway = try ConformGateway.make()
        let ledger = try await ConformGateway.run(gateway).run()
        #expect(Self.failed(ledger) == [], "\(ConformReport(ledger: ledger).text(showsAll: false))")
        let passed = ledger.verdicts.count { $0.verdict.word == "pass" }
        #expect(passed > 100)
    }

    @Test("goes over HTTP as the command does")
    func overHTTP() async throws {
        let gateway = try ConformGateway.make()
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) {
            await gateway.respond(to: $0)
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-conform-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appendingPathComponent("key")
        let credential = ConformGateway.fields["authorization"]?.dropFirst("Bearer ".count) ?? ""
        try Data(credential.utf8).write(to: key)
        let url = "http://127.0.0.1:\(server.localPort)"
        let common = ["hook", "conform", url, "--key-file", key.path, "--service", "parts-test"]
        let run = try BuiltProgram.run(
            common + ["--origin", ConformGateway.origin, "--json"],
            home: Shared.checkout
        )
        #expect(run.exitCode == 0, "\(run.output) \(run.error)")
        let json = try JSONDocument(parsing: run.output).root
        #expect(json["fail"]?.integerValue == 0)
        #expect(json["requirements"]?.elements.count { _ in true } == 120)
        // Without the key every call is refused, and nothing is held against cards.
        let refused = try BuiltProgram.run(
            ["hook", "conform", url, "--service", "parts-test", "--all", "--state", folder.path],
            home: folder
        )
        #expect(refused.output.contains("not applicable  83"))
        let nobody = try BuiltProgram.run(
            ["hook", "conform", "http://127.0.0.1:1"],
            home: Shared.checkout
        )
        #expect(nobody.exitCode == 4)
        _ = await server.drain(withinMilliseconds: 1_000)
    }

    @Test("finds nothing in a sound service of others, and looks at nearly everything")
    func sound() async throws {
        let ledger = try await BrokenService().run().run()
        #expect(Self.failed(ledger) == [], "\(ConformReport(ledger: ledger).text(showsAll: false))")
        #expect(ledger.verdicts.count { $0.verdict.word == "pass" } > 100)
    }

    @Test(
        "finds each fault of a discovery document",
        arguments: [
            (#"{"services":["#, #"{"service":["#, 6),
            (#""services":[{"#, #""services":[7,{"#, 6),
            (#""hook":"patient-view","#, "", 7),
            (#""title":"T","#, "", 8),
            (#""description":"D","#, #""description":3,"#, 9),
            (
                #""id":"s","title":"T","description":"D","usage"#,
                #""title":"T","description":"D","usage"#, 10
            ),
            (#""id":"s","#, #""id":"s/t","#, 10),
            (#""usageRequirements":"U""#, #""usageRequirements":"""#, 3),
            (#""usageRequirements":"U""#, #""usageRequirements":["U"]"#, 12),
            (#""extension":{"org.example":{"a":1}}"#, #""extension":[1]"#, 214),
            (#""extension":{"org.example":{"a":1}}"#, #""extension":{"mine":1}"#, 215),
            (#""hook":"encounter-start""#, #""hook":"patient-view""#, 211),
            ("Patient/{{context.patientId}}", "Patient/{context.patientId}", 55),
            ("Patient/{{context.patientId}}", "Patient/{{context.patientId", 55),
            ("Patient/{{context.patientId}}", "Patient/{{Patient.id}}", 59),
            ("Patient/{{context.patientId}}", "Patient/{{Patient.id}}", 56),
            ("Patient/{{context.patientId}}", "Patient/{{context.patient.id}}", 57),
            ("Patient/{{context.patientId}}", "Patient/{{context.draftOrders}}", 57),
            ("&_count=5", "&status.x=1", 58),
            ("&_count=5", "&status:not=1", 58),
            ("&_count=5", "&_revinclude=A:b", 58),
            ("&_count=5", "&_has:Group:member:_id=1", 58),
            ("Encounter?", "encounter?", 58),
            (#""visits":"Encounter?patient={{context.patientId}}&_count=5""#, #""visits":7"#, 29),
            (#""user":"#, #""":"#, 36),
        ]
    )
    func discovery(_ old: String, _ new: String, _ id: Int) async throws {
        var service = BrokenService()
        #expect(service.discovery.contains(old))
        service.discovery = service.discovery.replacing(old, with: new)
        let ledger = try await service.run().run()
        #expect(Self.failed(ledger).contains(id), "\(ConformReport(ledger: ledger).summary)")
    }

    @Test(
        "finds each fault of an answer",
        arguments: [
            (#"{"cards":["#, #"{"cads":["#, 74),
            (#"{"cards":[{"#, #"{"cards":[1,{"#, 74),
            (#""detail":"D""#, #""detail":null"#, 3),
            (#""detail":"D""#, #""detail":7"#, 85),
            (#""uuid":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea""#, #""uuid":7"#, 80),
            (#""summary":"S""#, #""summary":"\#(String(repeating: "x", count: 140))""#, 83),
            (#""summary":"S","#, "", 83),
            (#""indicator":"info","#, "", 87),
            (#""indicator":"info""#, #""indicator":"hard-stop""#, 88),
            (#""source":{"#, #""sauce":{"#, 90),
            (#"{"label":"L","#, "{", 105),
            (#""url":"https://s.example""#, #""url":"s.example""#, 107),
            (#""url":"https://s.example""#, #""url":"https://s.example?p=limen-example""#, 109),
            (#""icon":"https://s.example/i.png""#, #""icon":"i.png""#, 111),
            (#""topic":{"code":"c","#, #""topic":{"#, 216),
            (#""system":"https://t.example","#, "", 217),
            (#""topic":{"#, #""topic":"c","tropic":{"#, 115),
            (#","display":"R""#, "", 100),
            (#""overrideReasons":[{"code""#, #""overrideReasons":{"a":1},"x":[{"code""#, 98),
            (#""links":[{"#, #""links":{"a":1},"x":[{"#, 103),
            (#"{"label":"A","#, "{", 138),
            (#""url":"https://a.example","#, "", 139),
            (#""url":"https://a.example""#, #""url":"/a""#, 139),
            (#""type":"absolute"}"#, #""x":1}"#, 141),
            (#""type":"absolute""#, #""type":"relative""#, 142),
            (#""type":"smart""#, #""type":"absolute""#, 147),
            (#""type":"smart""#, #""type":"other""#, 146),
            (#""appContext":"x""#, #""appContext":{"a":1}"#, 144),
            (#""selectionBehavior":"any","#, "", 93),
            (#""selectionBehavior":"any""#, #""selectionBehavior":"all""#, 95),
            (#""selectionBehavior":"any""#, #""selectionBehavior":["any"]"#, 96),
            (#""selectionBehavior":"any""#, #""selectionBehavior":"at-most-one""#, 122),
            (#""suggestions":[{"#, #""suggestions":[7,{"#, 92),
            (#"{"label":"One","#, "{", 117),
            (#""uuid":"u1""#, #""uuid":1"#, 119),
            (
                #""isRecommended":true,"actions":[{"type":"create""#,
                #""isRecommended":"true","actions":[{"type":"create""#, 121
            ),
            (#""uuid":"u1","#, #""uuid":"u1","actionSelectionBehavior":"any","#, 125),
            (#""actions":[{"type":"delete""#, #""actions":{"a":1},"x":[{"type":"delete""#, 124),
            (#""type":"create""#, #""type":"make""#, 127),
            (#""description":"C","#, "", 128),
            (
                #""description":"C","resource":\#(BrokenService.resource)"#, #""description":"C""#,
                131
            ),
            (
                #""description":"C","resource":\#(BrokenService.resource)"#,
                #""description":"C","resource":{"a":1}"#, 130
            ),
            (
                #""description":"U","resource":\#(BrokenService.resource)}]}"#,
                #""description":"U","resource":{"resourceType":"Task","id":"t"}}]}"#, 132
            ),
            (#""resourceId":"Task/t""#, #""resource":"t""#, 133),
            (#","resourceId":"Task/t""#, "", 134),
            (#""resourceId":"Task/t""#, #""resourceId":7"#, 135),
            (#""systemActions":["#, #""systemActions":{"a":1},"x":["#, 75),
            (#""extension":{"org.example":{"a":1}}}],"#, #""extension":[1]}],"#, 214),
        ]
    )
    func answer(_ old: String, _ new: String, _ id: Int) async throws {
        var service = BrokenService()
        #expect(service.answer.contains(old))
        service.answer = service.answer.replacing(old, with: new)
        let ledger = try await service.run().run()
        #expect(Self.failed(ledger).contains(id), "\(ConformReport(ledger: ledger).summary)")
        let text = ConformReport(ledger: ledger).text(showsAll: false)
        #expect(text.contains("FAIL            \(id)  "))
        #expect(!text.contains("xxxxxxxx"))
    }

    typealias Breaking = @Sendable (inout BrokenService) -> Void

    static let behaviours: [(Int, Breaking)] = [
        (1, { $0.mediaType = "text/html" }),
        (5, { $0.discoveryStatus = 204 }),
        (13, { $0.discoveryStatus = 500 }),
        (74, { $0.status = 204 }),
        (76, { $0.status = 302 }),
        (54, { $0.withoutData = (200, #"{"cards":[]}"#) }),
        (54, { $0.withoutData = (404, "{}") }),
        (54, { $0.withoutData = (500, "{}") }),
        (52, { $0.withErrors = (200, #"{"cards":[]}"#) }),
        (52, { $0.withErrors = (500, "{}") }),
        (28, { $0.withNull = 500 }),
        (214, { $0.withExtension = 400 }),
        (76, { $0.malformed = 200 }),
        (148, { $0.feedback = 500 }),
        (201, { $0.accepts = ["eyJhbGciOiJub25l"] }),
        (203, { $0.accepts = ["eyJhbGciOiJIUzI1NiIs"] }),
        (195, { $0.accepts = ["eyJhbGciOiJFUzM4NCIs"] }),
        (208, { $0.allowedOrigin = nil }),
        (208, { $0.allowedOrigin = "https://other.example" }),
        (208, { $0.allowedHeaders = "Content-Type" }),
        (27, { $0.milliseconds = 900 }),
    ]

    @Test("finds each fault of behaviour", arguments: behaviours.indices)
    func behaviour(_ position: Int) async throws {
        let (id, breaking) = Self.behaviours[position]
        var service = BrokenService()
        breaking(&service)
        let ledger = try await service.run().run()
        #expect(Self.failed(ledger).contains(id), "\(ConformReport(ledger: ledger).summary)")
    }

    @Test("says of what it cannot see that it does not apply, and why")
    func unseen() async throws {
        var service = BrokenService()
        service.answer = #"{"cards":[]}"#
        service.stranger = 200
        service.feedback = 404
        let ledger = try await service.run().run()
        #expect(Self.failed(ledger) == [])
        for (requirement, verdict) in ledger.verdicts
        where [83, 117, 138, 201, 148].contains(
            requirement.id
        ) {
            guard case .notApplicable(let reason) = verdict else {
                Issue.record("\(requirement.id) is \(verdict.word)")
                continue
            }
            #expect(!reason.isEmpty)
        }
        let insecure = ConformRun(
            base: "http://cds.example",
            serviceID: nil,
            origin: nil,
            credentials: HTTPFields(),
            sample: try ConformSample(file: nil, now: .init(microseconds: 0))
        ) { BrokenService().respond($0, $1, $2, $3) }
        #expect(Self.failed(try await insecure.run()).contains(168))
        let other = ConformRun(
            base: "https://cds.example",
            serviceID: "nope",
            origin: nil,
            credentials: HTTPFields(),
            sample: try ConformSample(file: nil, now: .init(microseconds: 0))
        ) { BrokenService().respond($0, $1, $2, $3) }
        await #expect(throws: CommandError.self) { try await other.run() }
    }

    @Test("judges no service by a context that only its organisation can make")
    func ownHook() async throws {
        var service = BrokenService()
        service.discovery =
            #"{"services":[{"hook":"org.example.round","id":"s","title":"T","description":"D","#
            + #""prefetch":{"patient":"Patient/{{context.patientId}}"}}]}"#
        service.status = 400
        service.withoutData = (status: 400, body: "{}")
        let ledger = try await service.run().run()
        let verdict = ledger.verdicts.first { $0.requirement.id == 54 }?.verdict
        guard case .notApplicable = verdict else {
            Issue.record("requirement 54 is judged: \(String(describing: verdict))")
            return
        }
    }
}

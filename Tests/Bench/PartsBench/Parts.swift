import Audit
import Basics
import CDSHooks
import ClinicalEngine
import Crypto
import FHIR
import FHIRPath
import Gateway
import HTTPMessages
import JOSE
import JSON
import Ledger
import Mapping
import Vault
import Workload

/// A part of the path that can be measured by itself.
struct Part {
    /// What it is, as `part.name`.
    let name: String
    /// How many bytes one round works on, when it is about bytes.
    var byteCount: Int?
    /// One round.
    let work: () throws -> Void

    /// Runs so many rounds: the function by whose name instructions are counted.
    @inline(never)
    func run(rounds: Int) throws {
        for _ in 0..<rounds { try work() }
    }
}

/// The parts of a `patient-view` of 20 KB.
struct Parts {
    let all: [Part]

    /// The parts that one call runs through once each, whose sum the whole is held against.
    ///
    /// Two mappings and two evaluations are due: NEWS2 is held against the one before.
    private static let onTheWay = [
        "http.request", "json.tape", "mapping.news2", "mapping.news2", "engine.news2",
        "engine.news2", "card.news2", "crypto.sha256", "http.response",
    ]

    /// Makes the parts whose names begin with a prefix.
    ///
    /// What only others need is not read: counting instructions starts the program often.
    init(_ prefix: String) async throws {
        func asks(_ families: String...) -> Bool {
            families.contains { $0.hasPrefix(prefix) || prefix.hasPrefix($0) }
        }
        let body = PatientView.body(bytes: 20_000)
        var parts: [Part] = []
        if asks("http.") { parts += Self.messages(body) }
        if asks("json.", "fhir.", "fhirpath.") { parts += try Self.language(body) }
        if asks("mapping.", "engine.", "card.") {
            let files = try MeasuredConfiguration().files
            parts += try Self.clinical(body, Catalogue(files: files, now: PatientView.now))
        }
        if asks("crypto.") { parts += Self.tokens(body) }
        if asks("tls.") { parts += try Self.security(body) }
        if asks("audit.") {
            parts += try Self.rows(await WholePath(isCounted: true).sampleRecord())
        }
        all = parts.filter { $0.name.hasPrefix(prefix) }
    }

    /// What the whole path of 20 KB costs, and what its measured parts do, in nanoseconds; `nil`
    /// when one of them was not measured.
    static func sum(of figures: [Figure]) -> (whole: Double, parts: Double)? {
        let named = Dictionary(figures.map { ($0.name, $0.nanoseconds) }) { first, _ in first }
        let parts = onTheWay.compactMap { named[$0] }
        guard let whole = named["path.20KB"], parts.count == onTheWay.count else { return nil }
        return (whole, parts.reduce(0, +))
    }

    /// What the whole path costs above its measured parts.
    static func rest(of figures: [Figure]) -> String? {
        guard let sum = sum(of: figures) else { return nil }
        func text(_ nanoseconds: Double) -> String { String(Int((nanoseconds / 1_000).rounded())) }
        return "The whole path of 20 KB costs \(text(sum.whole)) us, its parts "
            + "\(text(sum.parts)); \(text(sum.whole - sum.parts)) us are matching, checks, the "
            + "texts and the row."
    }

    private static func messages(_ body: [UInt8]) -> [Part] {
        let request = HTTPRequest(
            method: "POST",
            path: "/cds-services/news2",
            fields: ["Content-Type": "application/json", "Authorization": "Bearer bench.key"],
            body: body
        )
        let bytes = RequestSerializer.bytes(request, host: "127.0.0.1")
        let response = HTTPResponse(
            status: 200,
            fields: ["Content-Type": "application/json"],
            body: Array(body.prefix(2_000))
        )
        let framing = ResponseSerializer.Framing(isHead: false, keepsAlive: true, minorVersion: 1)
        let date = Array("Mon, 04 May 2026 10:00:00 GMT".utf8)
        return [
            Part(name: "http.request", byteCount: bytes.count) {
                var parser = RequestParser()
                let progress = parser.consume(bytes, 0..<bytes.count)
                precondition(progress.outcome == .complete, "the request was not read")
                precondition(parser.take().request.body.count == body.count, "a body was lost")
            },
            Part(name: "http.response") {
                var output: [UInt8] = []
                output.reserveCapacity(4_096)
                let isLeft = ResponseSerializer.write(response, framing, date: date, to: &output)
                precondition(!isLeft, "the response was not written")
            },
        ]
    }

    private static func language(_ body: [UInt8]) throws -> [Part] {
        let document = try JSONDocument(parsing: body)
        let bundle = document.root["prefetch"]?["observations"]
        let observation = bundle?["entry"]?.elements.first(where: { _ in true })?["resource"]
        guard let bundle, let observation else { preconditionFailure("the body has no bundle") }
        let expression = try FHIRPathExpression(
            parsing: "code.coding.exists(system='http://loinc.org')"
                + " and value.ofType(Quantity).value > 2"
        )
        let environment = FHIRPathEnvironment(
            focus: [.element(observation)],
            variables: [:],
            now: PatientView.now
        )
        return [
            Part(name: "json.tape", byteCount: body.count) {
                let kind = try JSONDocument(parsing: body).root.kind
                precondition(kind == .object, "no object")
            },
            Part(name: "fhir.bundle", byteCount: body.count) {
                guard let read = Bundle(bundle) else { preconditionFailure("no bundle") }
                try read.check()
                var count = 0
                for entry in read.entries {
                    guard let resource = entry.resource, let view = Observation(resource.json)
                    else { continue }
                    count += try view.readValue() == nil ? 0 : 1
                    count += try view.readEffective() == nil ? 0 : 1
                }
                precondition(count > 0, "nothing was read")
            },
            Part(name: "fhirpath.evaluate") {
                let answer = try expression.evaluate(in: environment)
                precondition(answer.count == 1, "no answer")
            },
        ]
    }

    private static func clinical(_ body: [UInt8], _ catalogue: Catalogue) throws -> [Part] {
        guard let loaded = catalogue.profiles["news2"] else {
            preconditionFailure("the profile news2 is missing")
        }
        let document = try JSONDocument(parsing: body)
        let prefetch = document.root["prefetch"]
        let patient = prefetch?["patient"]
        let resources = (prefetch?["observations"]?["entry"]?.elements ?? document.root.elements)
            .compactMap { $0["resource"] }
        let now = PatientView.now
        var data = PatientData(patientID: "p1")
        data.patient = patient
        data.resources = resources
        guard let service = catalogue.services(id: "news2").first,
            let sample = CardSample(service: service, profile: loaded, data: data, at: now)
        else { preconditionFailure("the service news2 is missing, or not for the patient") }
        let report = loaded.profile.map(
            patient: patient,
            resources: resources,
            patientID: "p1",
            now: now
        )
        return [
            Part(name: "mapping.news2", byteCount: body.count) {
                let report = loaded.profile.map(
                    patient: patient,
                    resources: resources,
                    patientID: "p1",
                    now: now
                )
                precondition(!report.inputs.isEmpty, "nothing was mapped")
            },
            Part(name: "engine.news2") {
                precondition(loaded.evaluate(report).status == .complete, "no result")
            },
            Part(name: "card.news2") {
                let cards = try sample.cards()
                precondition(!cards.isEmpty, "no card")
            },
        ]
    }

    private static func tokens(_ bytes: [UInt8]) -> [Part] {
        var parts = [
            Part(name: "crypto.sha256", byteCount: bytes.count) {
                precondition(Digest.sha256(bytes).count == 32, "no hash")
            }
        ]
        for algorithm in [JWSAlgorithm.es384, .rs384] {
            let signer = TokenSigner.generate(algorithm, keyID: "key-1")
            let claims = TokenClaims(
                issuer: "https://ehr.example",
                audiences: ["https://limen.example/cds-services/news2"],
                issuedAt: PatientView.now,
                tokenID: "b1c9a3e2-6d3b-4b0e-9c8f-0a1b2c3d4e5f"
            )
            let token = Array(signer.sign(claims).utf8)
            let policy = TokenPolicy(
                issuer: claims.issuer,
                audiences: claims.audiences,
                algorithms: [algorithm],
                keys: KeySet([signer.publicKey])
            )
            parts.append(
                Part(name: "crypto.token." + algorithm.rawValue.lowercased()) {
                    _ = try TokenVerifier.verify(token, policy: policy, now: PatientView.now)
                }
            )
        }
        return parts
    }

    private static func rows(_ record: AuditRecord) throws -> [Part] {
        let sealer = RecordSealer(KeyRing([TenantKeys.generate(tenant: "bench", name: "k1")])) {
            PatientView.now
        }
        let sealed = try sealer.seal(record)
        sealer.settle(sealed.newKeys)
        let row = AuditRow(sealed)
        let canonical = row.canonical
        let previous = MerkleHash.leaf([])
        return [
            Part(name: "audit.seal") {
                let sealed = try sealer.seal(record)
                precondition(sealed.newKeys.isEmpty, "a key was made anew")
            },
            Part(name: "audit.encode", byteCount: canonical.count) {
                precondition(AuditRow(sealed).canonical.count == canonical.count, "not the same")
            },
            Part(name: "audit.hash", byteCount: canonical.count) {
                let hash = RowHash.make(
                    canonical: canonical,
                    logID: record.eventID,
                    sequence: 7,
                    previous: previous
                )
                precondition(hash != previous, "no hash")
            },
        ]
    }
}

import Crypto
import Foundation
import HTTPMessages
import Support
import Synchronization
import Testing

@testable import Gateway

/// A gateway with one client that has FHIR servers, and calls of it that lack their data.
struct FetchFixture {
    static let base = "https://fhir.ehr-a.test/r4"
    static let token = "tok-0123456789.secret_value~x+/="

    let gateway: GatewayFixture

    /// - Parameters:
    ///   - fetcher: who fetches.
    ///   - servers: the member `fhirServers` of the client.
    ///   - deadline: the deadline of NEWS2.
    ///   - allServices: whether every service is loaded, which takes a while, or NEWS2 alone.
    /// - Throws: what the catalogue throws.
    init(
        _ fetcher: any FHIRFetching,
        servers: String = #"[{"base":"https://fhir.ehr-a.test/r4","subject":"limen"}]"#,
        deadline: String = "PT60S",
        allServices: Bool = false
    ) throws {
        let key = GatewayFixture.client("fetching")
        let hook = String(decoding: Self.files["Hooks/news2.json"] ?? [], as: UTF8.self)
        // Two keys, as most services have; NEWS2 itself asks for old facts under two more.
        let twoKeys =
            #""prefetch": {"patient": "Patient/{{context.patientId}}", "observations": "#
            + #""Observation?patient={{context.patientId}}&category=vital-signs&_count=500"}"#
        let authority = Shared.checkout.appendingPathComponent("Tests/Cases/tls/authority.pem")
        let files = [
            "Hooks/news2.json": Array(
                hook.replacing(#""deadline": "PT0.4S""#, with: #""deadline": "\#(deadline)""#)
                    .replacing(#""prefetch": "auto""#, with: twoKeys).utf8
            ),
            "Hooks/clients/authority.pem": Array(try Data(contentsOf: authority)),
            "Hooks/clients/fetching.json": Array(
                #"""
                {"format":"limen-client/1","id":"fetching","tenant":"hospital-a",
                 "mayReplay":true,"fhirServers":\#(servers),
                 "apiKey":{"salt":"\#(key.salt)","sha256":"\#(key.sha256)"}}
                """#.utf8
            ),
        ]
        gateway = try GatewayFixture(
            extraFiles: allServices ? files : [:],
            catalogue: allServices ? nil : try Self.catalogue(files, named: servers + deadline)
        ) { $0.fetcher = fetcher }
    }

    private static let catalogues = Mutex<[String: Catalogue]>([:])

    /// The catalogue of NEWS2 and these files, loaded once for each name.
    private static func catalogue(
        _ extra: [String: [UInt8]],
        named name: String
    ) throws -> Catalogue {
        try catalogues.withLock { known in
            if let catalogue = known[name] { return catalogue }
            let catalogue = try GatewayFixture.catalogue(files.merging(extra) { _, new in new })
            known[name] = catalogue
            return catalogue
        }
    }

    /// NEWS2 and nothing else: to load every service takes a second.
    private static let files = ((try? GatewayFixture.files()) ?? [:]).filter { name, _ in
        name.hasPrefix("Profiles/news2/") || name == "Hooks/news2.json"
    }

    /// A call of NEWS2.
    static func call(
        prefetch: String? = nil,
        server: String? = base,
        authorization: String? = authorization(),
        patientID: String = "p1",
        more: String = ""
    ) -> String {
        var text =
            #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
            + #""context":{"userId":"Practitioner/pr1","patientId":"\#(patientID)"}"#
        if let server { text += #","fhirServer":"\#(server)""# }
        if let authorization { text += #","fhirAuthorization":\#(authorization)"# }
        if let prefetch { text += #","prefetch":\#(prefetch)"# }
        return text + more + "}"
    }

    /// An authorization as clients send it.
    static func authorization(
        token: String = token,
        type: String = "Bearer",
        expiresIn: Int = 300,
        scope: String = "user/Patient.read user/Observation.read",
        subject: String = "limen",
        more: String = ""
    ) -> String {
        #"{"access_token":"\#(token)","token_type":"\#(type)","expires_in":\#(expiresIn),"#
            + #""scope":"\#(scope)","subject":"\#(subject)"\#(more)}"#
    }

    /// Posts a call to NEWS2.
    func post(_ call: String = call()) async -> HTTPResponse {
        await gateway.post(
            "/cds-services/news2",
            call,
            key: GatewayFixture.client("fetching").key
        )
    }

    static let patient = PrefetchDecisionTests.patient

    /// A Bundle of a search.
    static func bundle(
        _ resources: [String] = HookBody.vitals(),
        next: String? = nil,
        more: String = ""
    ) -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let link = next.map {
            #","link":[{"relation":"self","url":"x"},{"relation":"next","url":"\#($0)"}]"#
        }
        return
            #"{"resourceType":"Bundle","type":"searchset"\#(link ?? "")\#(more),"entry":[\#(entries)]}"#
    }
}

/// A fetcher that answers by a closure and keeps what it was asked.
final class ScriptedFetcher: FHIRFetching {
    struct Asked: Sendable {
        let target: String
        let form: String?
        let token: String?
        let tenant: String
    }

    private let asked = Mutex<[Asked]>([])
    private let script: @Sendable (String) -> Result<FHIRAnswer, FetchFailure>

    init(_ script: @escaping @Sendable (String) -> Result<FHIRAnswer, FetchFailure>) {
        self.script = script
    }

    /// A fetcher with a good Patient and one answer for observations.
    convenience init(observations: String, status: Int = 200) {
        self.init { target in
            target.contains("/Patient/")
                ? Self.answer(FetchFixture.patient) : Self.answer(observations, status: status)
        }
    }

    static func answer(_ body: String, status: Int = 200) -> Result<FHIRAnswer, FetchFailure> {
        .success(FHIRAnswer(status: status, body: Array(body.utf8)))
    }

    var requests: [Asked] { asked.withLock { $0.sorted { $0.target < $1.target } } }

    func fetch(_ request: FHIRRequest) async -> Result<FHIRAnswer, FetchFailure> {
        var token: [UInt8] = []
        token.reserveCapacity(request.token?.count ?? 0)
        request.token?.append(to: &token)
        let entry = Asked(
            target: request.target,
            form: request.form.map { String(decoding: $0, as: UTF8.self) },
            token: request.token == nil ? nil : String(decoding: token, as: UTF8.self),
            tenant: request.tenant
        )
        asked.withLock { $0.append(entry) }
        return script(request.target)
    }
}

/// A number that grows.
final class MutexedInt: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

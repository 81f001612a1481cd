import Audit
import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON
import Support
import Testing

@testable import Gateway

/// The row says who called and how, by which program, how long it took and what led to it.
@Suite("The full row")
struct FullRowTests {
    static let body: String = {
        var body = HookBody()
        body.observations = HookBody.vitals()
        return body.text
    }()

    @Test("A signed token is told by its key, its algorithm and a keyed hash of its jti")
    func token() async throws {
        let fixture = try AccessFixture { $0.version = "9.8.7" }
        let token = AccessFixture.signer.sign(AccessFixture.claims("one-time-identifier"))
        #expect(await fixture.post(token).status == 200)
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.clientMethod == "token")
        #expect(row.clientKey == "k1")
        #expect(row.clientAlgorithm == "ES384")
        #expect(row.tokenDigest?.count == 32)
        #expect(row.tokenDigest != Digest.sha256("one-time-identifier"), "it is keyed")
        #expect(row.certificateDigest == nil)
        #expect(row.programVersion == "9.8.7")
        #expect(row.hookVersion != nil)
        #expect(row.peerAddress == "127.0.0.1")
        #expect(row.durationMicroseconds != nil)
        #expect(!String(describing: row).contains("one-time-identifier"))
        let other = AccessFixture.rsa.sign(AccessFixture.claims("another"))
        #expect(await fixture.post(other).status == 200)
        let second = try #require(fixture.gateway.sink.records.last)
        #expect(second.clientKey == "r1" && second.clientAlgorithm == "RS384")
        #expect(second.tokenDigest != row.tokenDigest)
    }

    @Test("An API key is told from another by a keyed hash, and nothing of it is kept")
    func apiKey() async throws {
        let fixture = try GatewayFixture()
        #expect(await fixture.post("/cds-services/news2", Self.body).status == 200)
        let row = try #require(fixture.sink.records.last)
        #expect(row.clientMethod == "api-key")
        let key = try #require(row.clientKey)
        #expect(key.hasPrefix("api-key-") && key.count == 24)
        #expect(row.clientAlgorithm == nil && row.tokenDigest == nil)
        let secret = GatewayFixture.key.split(separator: ".").last.map(String.init) ?? ""
        #expect(!String(describing: row).contains(secret))
        #expect(await fixture.post("/cds-services/news2", Self.body).status == 200)
        #expect(fixture.sink.records.last?.clientKey == key, "the same key, the same name")
    }

    @Test("A refused login says what was tried and why, and names no credential")
    func refusedLogin() async throws {
        let fixture = try AccessFixture()
        let token = AccessFixture.stranger.sign(AccessFixture.claims())
        #expect(await fixture.post(token).status == 401)
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.kind == .authenticationFailure)
        let details = try JSONDocument(parsing: try #require(row.details)).root
        #expect(details["tried"]?.stringValue == "token")
        #expect(details["refused"]?.stringValue == "token-signature")
        #expect(details["claimed"]?.stringValue == "signer")
        #expect(row.clientMethod == nil, "nobody proved anything")
        #expect(row.peerAddress == "127.0.0.1")
        #expect(!String(decoding: row.details ?? [], as: UTF8.self).contains(token))
        #expect(await fixture.post(nil).status == 401)
        let nobody = try #require(fixture.gateway.sink.records.last?.details)
        let what = try JSONDocument(parsing: nobody).root
        #expect(what["refused"]?.stringValue == "no-credentials")
        #expect(what["claimed"] == nil)
    }

    @Test("The whole address is kept, of a proxy that is believed that which it saw")
    func address() async throws {
        let fixture = try GatewayFixture()
        let whole = "2001:db8:1:2:3:4:5:6"
        _ = await fixture.post("/cds-services/news2", Self.body, peer: whole)
        #expect(fixture.sink.records.last?.peerAddress == whole)
    }

    @Test("The row of what was fetched names the decision that it was for, and the same caller")
    func fetch() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        _ = await fixture.post()
        let records = fixture.gateway.sink.records
        let decision = try #require(records.first { $0.kind == .decision })
        let fetch = try #require(records.first { $0.kind == .fetch })
        #expect(fetch.causedBy == decision.eventID)
        #expect(decision.causedBy == nil)
        #expect(fetch.clientKey == decision.clientKey && fetch.clientMethod == "api-key")
        #expect(fetch.peerAddress == decision.peerAddress)
        #expect(fetch.programVersion == decision.programVersion)
        #expect(fetch.hookVersion == decision.hookVersion && fetch.hookVersion != nil)
        #expect(fetch.traceID == decision.traceID)
    }

    @Test("A change of configuration says what was added, removed and changed")
    func configuration() throws {
        let before = try Catalogue(files: try GatewayFixture.files(), now: GatewayFixture.now)
        var files = try GatewayFixture.files([
            "Hooks/clients/new.json": AccessFixture.client(
                "new",
                jwt: #""issuer":"https://new.example","# + AccessFixture.keys(AccessFixture.signer)
            )
        ])
        files["Hooks/clients/plain.json"] = nil
        let old = try #require(files["Hooks/clients/ehr.json"])
        files["Hooks/clients/ehr.json"] = old + [UInt8(ascii: "\n")]
        let after = try Catalogue(files: files, now: GatewayFixture.now)
        let change = CatalogueChange(from: before, to: after)
        #expect(change.added == ["client/new"])
        #expect(change.removed == ["client/plain"])
        #expect(change.changed == ["client/ehr"])
        #expect(
            String(decoding: change.json(), as: UTF8.self)
                == #"{"added":["client/new"],"removed":["client/plain"],"changed":["client/ehr"]}"#
        )
        let first = CatalogueChange(from: nil, to: before)
        #expect(first.added.count > 10 && first.removed == [] && first.changed == [])
        let short = try JSONDocument(parsing: first.json(namesMax: 2)).root
        #expect(short["added"].map { Array($0.elements).count } == 2)
        #expect(short["addedCount"] != nil)
        #expect(
            CatalogueChange(from: before, to: before).json()
                == Array(
                    #"{"added":[],"removed":[],"changed":[]}"#.utf8
                )
        )
    }
}

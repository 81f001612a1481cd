import Audit
import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("Callers and what they may do")
struct CallerAccessTests {
    static let jwt = #""issuer":"https://ehr.example","# + AccessFixture.keys(AccessFixture.signer)
    static let edge = EdgeTrust(
        proxies: [IPNetwork("10.0.0.0/24")].compactMap { $0 },
        certificateField: "x-forwarded-client-cert",
        addressField: "x-forwarded-for"
    )

    // MARK: Keys

    @Test("two keys of a client are valid at once, the old one until its time")
    func rotation() async throws {
        func key(_ byte: UInt8) -> (key: String, salt: String, sha256: String) {
            Client.makeKey(
                client: "a",
                secret: [UInt8](repeating: byte, count: 32),
                salt: [UInt8](repeating: 9, count: 16)
            )
        }
        let (old, new) = (key(1), key(2))
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                #"""
                "apiKeys":[{"salt":"\#(old.salt)","sha256":"\#(old.sha256)",
                            "until":"2026-05-04T11:00:00Z"},
                           {"salt":"\#(new.salt)","sha256":"\#(new.sha256)"}]
                """#
            )
        ])
        #expect(await fixture.post(old.key).status == 200)
        #expect(await fixture.post(new.key).status == 200)
        #expect(await fixture.post(key(3).key).status == 401)
        #expect(fixture.flags == ["wrong-key", "claimed-a"])
        fixture.gateway.clock.advance(seconds: 3_600)
        #expect(await fixture.post(old.key).status == 401)
        #expect(fixture.flags == ["expired-key", "claimed-a"])
        #expect(await fixture.post(new.key).status == 200)
    }

    @Test("a key and a token must be of one client")
    func agreement() async throws {
        let (own, other) = (AccessFixture.apiKey("signer"), AccessFixture.apiKey("other"))
        let fixture = try AccessFixture([
            "Hooks/clients/signer.json": AccessFixture.client("signer", jwt: Self.jwt, own.member),
            "Hooks/clients/other.json": AccessFixture.client(
                "other",
                tenant: "hospital-b",
                other.member
            ),
        ])
        func post(_ id: String, _ key: String) async -> Int {
            let token = AccessFixture.signer.sign(AccessFixture.claims(id))
            return await fixture.post(token, fields: [("X-API-Key", key)]).status
        }
        #expect(await post("a", own.key) == 200)
        #expect(await post("b", other.key) == 401)
        #expect(fixture.flags == ["tenant-disagreement"])
        #expect(await post("c", own.key + "0") == 401)
        let twice = await fixture.post(own.key, fields: [("X-API-Key", own.key)])
        #expect(twice.status == 401 && fixture.flags == ["malformed-credentials"])
    }

    // MARK: Certificates

    static func certified() throws -> (fixture: AccessFixture, key: String) {
        let (a, b) = (AccessFixture.apiKey("a"), AccessFixture.apiKey("b"))
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                a.member + #","certificate":{"subject":"CN=a,O=A"}"#
            ),
            "Hooks/clients/b.json": AccessFixture.client(
                "b",
                tenant: "hospital-b",
                b.member + #","certificate":{"names":["b.example"],"alone":true}"#
            ),
        ]) { $0.edge = Self.edge }
        return (fixture, a.key)
    }

    @Test(
        "a certificate counts from a proxy that is believed, and must fit",
        arguments: [
            (#"Subject="CN=a,O=A""#, "10.0.0.7", 200, ""),
            (#"Hash=00;Subject="CN=a,O=A";URI=urn:x"#, "10.0.0.7", 200, ""),
            (#"Subject="CN=b""#, "10.0.0.7", 401, "certificate-mismatch"),
            (#"Subject="CN=a,O=A""#, "10.0.1.7", 401, "certificate-missing"),
            (#"Subject="CN=a,O=A",Subject="CN=b""#, "10.0.0.7", 401, "malformed-certificate"),
            (#"Subject="CN=a,O=A"#, "10.0.0.7", 401, "malformed-certificate"),
            (#"Subject="CN=a,O=A";DNS=b.example"#, "10.0.0.7", 401, "tenant-disagreement"),
            ("", "10.0.0.7", 401, "malformed-certificate"),
        ]
    )
    func certificates(_ field: String, _ peer: String, _ status: Int, _ flag: String) async throws {
        let (fixture, key) = try Self.certified()
        let fields = [("X-Forwarded-Client-Cert", field)]
        #expect(await fixture.post(key, fields: fields, peer: peer).status == status)
        if !flag.isEmpty { #expect(fixture.flags.first == flag) }
    }

    @Test(
        "a certificate that our own listener was shown counts, unless a proxy reports another",
        arguments: [
            ("CN=a,O=A", "127.0.0.1", nil, true),
            ("CN=b", "127.0.0.1", nil, false),
            // From a stranger the header is only text; the certificate is what counts.
            ("CN=a,O=A", "127.0.0.1", #"Subject="CN=b""#, true),
            ("CN=b", "127.0.0.1", #"Subject="CN=a,O=A""#, false),
            // The certificate of a proxy that is believed is not the client's.
            ("CN=a,O=A", "10.0.0.7", nil, false),
            ("CN=proxy", "10.0.0.7", #"Subject="CN=a,O=A""#, true),
        ] as [(String, String, String?, Bool)]
    )
    func shownCertificates(_ subject: String, _ peer: String, _ field: String?, _ fits: Bool) throws
    {
        var request = HTTPRequest(method: "POST", path: "/", peerAddress: peer)
        request.peerCertificate = PeerCertificate(fingerprint: "00", subject: subject, names: [])
        if let field { request.fields.append("x-forwarded-client-cert", field) }
        let registration = CertificateRegistration(
            fingerprint: nil,
            subject: "CN=a,O=A",
            names: nil,
            isEnough: true
        )
        let certificate = try Self.edge.certificate(of: request)
        #expect(certificate?.fits(registration) ?? false == fits)
        let plain = try EdgeTrust.none.certificate(of: request)
        #expect(plain?.fits(registration) ?? false == (subject == "CN=a,O=A"))
    }

    @Test(
        "a reported subject is the text of RFC 2253 with its backslashes, so no two become one",
        arguments: [
            (#"CN=ward-ehr,O=Hospital A"#, #"CN=ward-ehr,O=Hospital A"#, true),
            (#"CN=ward-ehr\,O=Hospital A"#, #"CN=ward-ehr,O=Hospital A"#, false),
            (#"CN=ward-ehr\,O=Hospital A"#, #"CN=ward-ehr\,O=Hospital A"#, true),
            (#"CN=ward-ehr\\,O=Hospital A"#, #"CN=ward-ehr\,O=Hospital A"#, false),
            // A quote of the subject does not end the text, and is not the subject without it.
            (#"CN=\"ward\",O=A"#, #"CN=\"ward\",O=A"#, true),
            (#"CN=\"ward\",O=A"#, #"CN="ward",O=A"#, false),
        ]
    )
    func escapedSubjects(_ reported: String, _ registered: String, _ fits: Bool) throws {
        let registration = CertificateRegistration(
            fingerprint: nil,
            subject: registered,
            names: nil,
            isEnough: true
        )
        let certificate = try #require(
            ClientCertificate(forwarded: #"Hash=00;Subject="\#(reported)";DNS=a.example"#)
        )
        #expect(certificate.fits(registration) == fits)
        #expect(certificate.names == ["a.example"])
        // Our own listener reads the subject in the same form.
        let shown = PeerCertificate(fingerprint: "00", subject: reported, names: [])
        #expect(ClientCertificate(shown).fits(registration) == fits)
    }

    @Test(
        "DNS names fit in whatever case, URIs as they stand",
        arguments: [
            ("WARD.example", "ward.example", true), ("ward.example", "Ward.Example", true),
            ("ward.example", "bed.example", false),
            ("spiffe://a/ehr", "spiffe://a/ehr", true), ("spiffe://a/EHR", "spiffe://a/ehr", false),
            // The sign for kelvin is a small k in lower case, and no letter of a DNS name.
            ("\u{212A}.example", "k.example", false),
        ]
    )
    func names(_ shown: String, _ registered: String, _ fits: Bool) throws {
        let registration = CertificateRegistration(
            fingerprint: nil,
            subject: nil,
            names: ["other.example", registered],
            isEnough: true
        )
        let own = PeerCertificate(fingerprint: "00", subject: "", names: [shown])
        #expect(ClientCertificate(own).fits(registration) == fits)
        let kind = shown.contains(":") ? "URI" : "DNS"
        let reported = try #require(ClientCertificate(forwarded: "\(kind)=\(shown)"))
        #expect(reported.fits(registration) == fits)
    }

    @Test("a certificate is enough only for who is registered so")
    func alone() async throws {
        let (fixture, _) = try Self.certified()
        func post(_ field: String) async -> Int {
            await fixture.post(
                nil,
                fields: [("x-forwarded-client-cert", field)],
                peer: "10.0.0.7"
            ).status
        }
        #expect(await post("DNS=b.example") == 200)
        #expect(fixture.gateway.sink.records.last?.tenant == "hospital-b")
        #expect(await post(#"Subject="CN=a,O=A""#) == 401)
        #expect(fixture.flags.first == "no-credentials")
        #expect(await post("DNS=c.example") == 401)
        #expect(fixture.flags.first == "certificate-unknown")
    }

    @Test("no header is believed unless a proxy is configured")
    func offByDefault() async throws {
        let key = AccessFixture.apiKey("b")
        let fixture = try AccessFixture([
            "Hooks/clients/b.json": AccessFixture.client(
                "b",
                key.member + #","certificate":{"names":["b.example"],"alone":true}"#
            )
        ])
        let fields = [("x-forwarded-client-cert", "DNS=b.example")]
        #expect(await fixture.post(nil, fields: fields, peer: "10.0.0.7").status == 401)
        #expect(fixture.flags == ["no-credentials"])
    }

    @Test("addresses of one IPv6 subscriber count as one, those a proxy reports as such")
    func addresses() {
        func address(_ peer: String, _ forwarded: String? = nil) -> String {
            var fields = HTTPFields()
            if let forwarded { fields.append("X-Forwarded-For", forwarded) }
            return Self.edge.address(
                of: HTTPRequest(
                    method: "GET",
                    path: "/",
                    query: nil,
                    fields: fields,
                    body: [],
                    peerAddress: peer
                )
            )
        }
        #expect(address("192.0.2.1") == "192.0.2.1")
        #expect(address("2001:db8:1:2:3::4") == address("2001:db8:1:2:ffff::1"))
        #expect(address("2001:db8:1:2::1") != address("2001:db8:1:3::1"))
        #expect(address("10.0.0.7", "203.0.113.9, 192.0.2.4") == "192.0.2.4")
        #expect(address("10.0.9.7", "203.0.113.9") == "10.0.9.7", "no proxy of ours")
        #expect(address("10.0.0.7", "nonsense") == "10.0.0.7")
        // A proxy that listens for both kinds reports IPv4 clients as mapped addresses.
        #expect(address("10.0.0.7", "::ffff:192.0.2.4") == "192.0.2.4")
        #expect(address("10.0.0.7", "::FFFF:c000:205") == "192.0.2.5")
        #expect(address("10.0.0.7", "2001:DB8:1:2::1") == "2001:db8:1:2::/64")
    }

    // MARK: Time

    @Test("every refusal has taken the time of one signature, whatever came before it")
    func cost() throws {
        let (own, other) = (AccessFixture.apiKey("signer"), AccessFixture.apiKey("other"))
        let off = AccessFixture.apiKey("off")
        let keys = AccessFixture.keys(AccessFixture.rsa)
        let fixture = try AccessFixture([
            "Hooks/clients/signer.json": AccessFixture.client("signer", jwt: Self.jwt, own.member),
            "Hooks/clients/other.json": AccessFixture.client(
                "other",
                tenant: "hospital-b",
                other.member
            ),
            "Hooks/clients/off.json": AccessFixture.client(
                "off",
                jwt: #""issuer":"https://off.example","# + keys,
                off.member + #","active":false"#
            ),
        ])
        let gateway = fixture.gateway.gateway
        func refused(_ credentials: String, key: String? = nil) -> CallerCheck.Refused? {
            var request = HTTPRequest(
                method: "POST",
                path: AccessFixture.path,
                peerAddress: "192.0.2.1"
            )
            request.fields.append("Authorization", "Bearer " + credentials)
            if let key { request.fields.append("X-API-Key", key) }
            do throws(CallerCheck.Refused) {
                _ = try gateway.identify(
                    request,
                    Route(path: request.path),
                    gateway.catalogue,
                    GatewayFixture.now
                )
                return nil
            } catch {
                return error
            }
        }
        let inactive = AccessFixture.rsa.sign(AccessFixture.claims(issuer: "https://off.example"))
        let sound = AccessFixture.signer.sign(AccessFixture.claims())
        let forged = AccessFixture.stranger.sign(AccessFixture.claims())
        for (found, refusal, isCheap) in [
            (refused(off.key), .inactive, true), (refused(off.key + "0"), .wrongKey, true),
            (refused(inactive), .inactive, false),
            (refused(sound, key: other.key), .tenantDisagreement, false),
            (refused(sound, key: own.key + "0"), .wrongKey, false),
            (refused(forged), .token(.signature), false),
            (refused("abc"), .token(.notCompact), true),
        ] as [(CallerCheck.Refused?, CallerRefusal, Bool)] {
            let found = try #require(found)
            #expect(found.refusal == refusal)
            #expect(found.isCheap == isCheap, "\(refusal)")
        }
    }

    // MARK: Roles

    @Test(
        "a role allows its routes and no other",
        arguments: [
            ("clinician-system", 200, 200, 403), ("interface-engineer", 200, 200, 200),
            ("auditor", 403, 403, 403), ("administrator", 403, 403, 200),
            ("metrics-reader", 403, 403, 200),
        ]
    )
    func roles(_ role: String, _ hook: Int, _ feedback: Int, _ metrics: Int) async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","roles":["\#(role)"]"#
            )
        ]) { $0.guardsMetrics = true }
        #expect(await fixture.post(key.key).status == hook)
        #expect(await fixture.post(key.key, AccessFixture.path + "/feedback").status == feedback)
        let response = await fixture.gateway.send("GET", "/metrics", key: key.key)
        #expect(response.status == metrics)
        if metrics == 403 {
            let row = try #require(fixture.gateway.sink.records.last)
            #expect(row.client == "a" && row.flags.contains("scope-missing"))
            #expect(row.reasonCode == "LIMEN-GATE-032")
        }
    }

    @Test("scopes narrow what the roles allow")
    func scopes() async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","scopes":["feedback.send"]"#
            )
        ])
        #expect(await fixture.post(key.key).status == 403)
        #expect(await fixture.post(key.key, AccessFixture.path + "/feedback").status == 200)
    }

    @Test("guarded metrics are for callers only, and a refusal has its row")
    func guardedMetrics() async throws {
        let open = try AccessFixture()
        #expect(await open.gateway.send("GET", "/metrics", key: nil).status == 200)
        let guarded = try AccessFixture { $0.guardsMetrics = true }
        let response = await guarded.gateway.send("GET", "/metrics", key: nil)
        #expect(response.status == 401 && response.body.isEmpty)
        #expect(guarded.gateway.sink.records.map(\.kind) == [.authenticationFailure])
    }

    @Test("a client fires the hooks that it is registered for")
    func hooks() async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","hooks":["order-sign"]"#
            )
        ])
        let response = await fixture.post(key.key)
        #expect(response.status == 403)
        #expect(response.text.contains("LIMEN-GATE-017"))
    }

    @Test("the page of one client does not call with the credentials of another")
    func origins() async throws {
        let (a, b) = (AccessFixture.apiKey("a"), AccessFixture.apiKey("b"))
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                a.member + #","corsOrigins":["https://a.example"]"#
            ),
            "Hooks/clients/b.json": AccessFixture.client("b", b.member),
        ])
        let fields = [("Origin", "https://a.example")]
        #expect(await fixture.post(a.key, fields: fields).status == 200)
        #expect(await fixture.post(b.key, fields: fields).status == 403)
        let strange = await fixture.post(b.key, fields: [("Origin", "https://x.example")])
        #expect(strange.status == 200 && strange.fields["access-control-allow-origin"] == nil)
    }

    @Test(
        "a body never says which tenant it is",
        arguments: [
            (#""tenant":"hospital-b","#, 403), (#""tenant":"hospital-a","#, 200),
            (#""extension":{"tenant":"hospital-b"},"#, 403),
            (#""extension":{"tenantId":7},"#, 403), (#""tenant":null,"#, 403),
        ]
    )
    func tenantInBody(_ member: String, _ status: Int) async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client("a", key.member)
        ])
        let body = "{" + member + HookBody(observations: HookBody.vitals()).text.dropFirst()
        let response = await fixture.gateway.post(AccessFixture.path, String(body), key: key.key)
        #expect(response.status == status)
        guard status == 403 else { return }
        #expect(!response.text.contains("hospital-b"))
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.tenant == "hospital-a" && row.reasonCode == "LIMEN-GATE-033")
    }
}

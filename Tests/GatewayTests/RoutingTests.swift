import Audit
import Basics
import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

@Suite("The other endpoints")
struct RoutingTests {
    @Test("tell clients what is on offer, and nothing private", arguments: ["", "/"])
    func discovery(_ slash: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send("GET", "/cds-services" + slash, key: nil)
        #expect(response.status == 200)
        let services = try Array(#require(try response.json["services"]).elements)
        #expect(services.map { $0["id"]?.stringValue } == GatewayFixture.shippedServices())
        for service in services {
            #expect(service["description"]?.stringValue?.isEmpty == false)
            #expect(service["limen"] == nil)
            #expect(service["version"]?.stringValue == "2.0.0")
            #expect(service["hookVersion"]?.stringValue?.isEmpty == false)
            guard service["id"]?.isString("interactions") == false else {
                let keys = service["prefetch"]?.members.map { $0.name.stringValue ?? "" }
                #expect(keys == ["medicationRequests", "medicationStatements"])
                continue
            }
            #expect(
                service["prefetch"]?["patient"]?.stringValue == "Patient/{{context.patientId}}"
            )
            // Some scores read conditions or stays alone.
            guard let template = service["prefetch"]?["observations"]?.stringValue else {
                #expect(service["prefetch"]?["conditions"] != nil)
                continue
            }
            #expect(template.hasPrefix("Observation?patient={{context.patientId}}&code=http://"))
            #expect(template.contains("%7C"))
            #expect(!template.contains("|"))
        }
        #expect(fixture.sink.records.isEmpty)
    }

    @Test("tolerate a slash at the end of a hook")
    func trailingSlash() async throws {
        let fixture = try GatewayFixture()
        #expect(await fixture.post("/cds-services/news2/", HookBody().text).status == 200)
        #expect(
            await fixture.post("/cds-services/news2/feedback/", #"{"feedback":[]}"#).status == 200
        )
    }

    @Test("A thing that /readyz warns of is not called well in the next line")
    func warned() async throws {
        let fixture = try GatewayFixture {
            $0.readinessChecks = [
                .init(name: "database", note: { "takes no rows" }, isReady: { true }),
                .init(name: "months", isReady: { true }),
            ]
        }
        let ready = await fixture.send("GET", "/readyz", key: nil, query: "verbose")
        #expect(ready.status == 200)
        #expect(ready.text.hasPrefix("[!]database takes no rows\n"))
        #expect(!ready.text.contains("[+]database"))
        #expect(ready.text.contains("[+]months ok\n"))
    }

    @Test("say whether traffic may come")
    func health() async throws {
        let fixture = try GatewayFixture()
        #expect(await fixture.send("GET", "/livez", key: nil).text == "ok\n")
        let ready = await fixture.send("GET", "/readyz", key: nil, query: "verbose")
        #expect(ready.status == 200)
        #expect(
            ready.text == "[+]configuration ok\n[+]audit ok\n[+]accepting ok\n[+]versions ok\n"
                + "[+]tokens ok\nok\n"
        )
        fixture.sink.fail(with: AuditError(code: .unavailable))
        let notReady = await fixture.send("GET", "/readyz", key: nil)
        #expect(notReady.status == 503)
        #expect(notReady.fields["retry-after"] != nil)
        #expect(ready.fields["retry-after"] == nil)
        #expect(notReady.text.contains("[-]audit failed"))
        #expect(await fixture.send("GET", "/livez", key: nil).status == 200)
        fixture.sink.fail(with: nil)
        fixture.gateway.drain()
        let draining = await fixture.send("GET", "/readyz", key: nil)
        #expect(draining.status == 503)
        #expect(
            draining.text.contains(
                "[-]accepting failed: draining, the service is about to stop\n"
            )
        )
        #expect(draining.text.contains("[+]audit ok\n"))
        #expect(await fixture.send("GET", "/livez", key: nil).status == 200)
        #expect(await fixture.post("/cds-services/news2", HookBody().text).status == 200)
    }

    @Test("write metrics that name the route and not the path")
    func metrics() async throws {
        let fixture = try GatewayFixture()
        _ = await fixture.post("/cds-services/news2", HookBody().text)
        _ = await fixture.send("GET", "/secret-path", key: nil)
        _ = await fixture.send("BREW", "/livez", key: nil)
        let response = await fixture.send("GET", "/metrics", key: nil)
        let text = response.text
        #expect(response.fields["content-type"]?.contains("version=0.0.4") == true)
        #expect(
            text.contains(
                #"limen_http_requests_total{route="/cds-services/{id}",method="POST",code="200"} 1"#
            )
        )
        #expect(text.contains(#"route="other",method="GET",code="404"} 1"#))
        #expect(text.contains(#"route="/livez",method="other",code="405"} 1"#))
        #expect(
            text.contains(#"limen_hook_duration_seconds_count{service="news2",stage="audit"} 1"#)
        )
        #expect(
            text.contains(#"limen_cards_total{service="news2",indicator="info",mode="live"} 1"#)
        )
        #expect(text.contains(#"limen_decisions_total{service="news2",outcome="incomplete"} 1"#))
        #expect(text.contains("limen_audit_queue_length 0"))
        #expect(!text.contains("secret-path"))
    }

    @Test("describe themselves")
    func openAPI() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send("GET", "/openapi.json", key: nil)
        let document = try response.json
        #expect(document["openapi"]?.stringValue == "3.1.0")
        let paths = try #require(document["paths"]).members.map { $0.name.stringValue ?? "" }
        #expect(
            paths == [
                "/cds-services", "/cds-services/{id}", "/cds-services/{id}/feedback", "/models",
                "/models/{id}", "/models/{id}/segments", "/models/{id}/evaluate", "/audit/events",
                "/audit/events/search", "/audit/events/{id}", "/audit/patients/timeline",
                "/audit/patients/who-saw", "/audit/exports", "/audit/reviews",
                "/audit/reviews/{id}", "/audit/reviews/{id}/runs", "/audit/reviews/{id}/closing",
                "/livez", "/readyz", "/metrics", "/openapi.json",
            ]
        )
    }

    @Test(
        "answer what they do not offer with problem details",
        arguments: [
            ("GET", "/", 404), ("GET", "/cds-services/a/b", 404), ("POST", "/livez", 405),
            ("POST", "/metrics", 405), ("GET", "/cds-services//", 404), ("GET", "", 404),
            ("GET", "/cds-services/../metrics", 404), ("GET", "/CDS-services", 404),
        ]
    )
    func problems(_ method: String, _ path: String, _ status: Int) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(method, path, key: nil)
        #expect(response.status == status)
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(try response.json["status"]?.integerValue == status)
        #expect(try response.json["code"]?.stringValue?.hasPrefix("LIMEN-GATE-") == true)
        if status == 405 { #expect(response.fields["allow"] == "GET, HEAD, OPTIONS") }
    }

    @Test("say what they answer, without a row and without asking who it is")
    func options() async throws {
        let fixture = try GatewayFixture()
        let paths = try #require(try OpenAPITests.document()["paths"]).members
            .map { OpenAPITests.filled($0.name.stringValue ?? "") }
        #expect(paths.count > 20)
        for path in paths {
            let response = await fixture.send("OPTIONS", path, key: nil)
            #expect(response.status == 204, "\(path)")
            let allowed = response.fields["allow"]?.components(separatedBy: ", ")
            #expect(allowed == Route(path: path).methods, "\(path)")
            #expect(allowed?.contains("OPTIONS") == true, "\(path)")
            let foreign = response.fields["access-control-allow-methods"]
            #expect(foreign == nil, "\(path)")
        }
        let all = await fixture.send("OPTIONS", "*", key: nil)
        #expect(all.status == 204)
        #expect(all.fields["allow"] == "GET, HEAD, POST, OPTIONS")
        #expect(await fixture.send("OPTIONS", "/nowhere", key: nil).status == 404)
        #expect(fixture.sink.records.isEmpty)
    }

    @Test("answer HEAD as they answer GET")
    func head() async throws {
        let paths = try #require(try OpenAPITests.document()["paths"]).members
            .map { OpenAPITests.filled($0.name.stringValue ?? "") }
        for path in paths where Route(path: path).methods.contains("GET") {
            let fixture = try GatewayFixture()
            for key in [nil, GatewayFixture.key] {
                let before = fixture.sink.records.count
                let got = await fixture.send("GET", path, key: key)
                let between = fixture.sink.records.count
                let head = await fixture.send("HEAD", path, key: key)
                let after = fixture.sink.records.count
                #expect(got.status != 405, "\(path)")
                #expect(head.status == got.status, "\(path)")
                #expect(head.fields["content-type"] == got.fields["content-type"], "\(path)")
                #expect(after - between == between - before, "\(path)")
            }
        }
    }

    @Test("refuse TRACE with the methods of its very path, and send nothing of it back")
    func trace() async throws {
        let paths = try #require(try OpenAPITests.document()["paths"]).members
            .map { OpenAPITests.filled($0.name.stringValue ?? "") }
        let marker = "MARKER-7d2e"
        for path in paths {
            let fixture = try GatewayFixture()
            for key in [nil, GatewayFixture.key] {
                let response = await fixture.send(
                    "TRACE",
                    path,
                    key: key,
                    query: marker,
                    fields: [("X-Marker", marker)]
                )
                #expect(response.status == 405, "\(path)")
                let allowed = response.fields["allow"]?.components(separatedBy: ", ")
                #expect(allowed == Route(path: path).methods, "\(path)")
                #expect(!response.text.contains(marker), "\(path)")
            }
        }
        let fixture = try GatewayFixture()
        let unknown = await fixture.send("TRACE", "/nowhere", key: nil)
        #expect(unknown.status == 404)
        #expect(unknown.fields["allow"] == nil)
    }

    @Test("let browsers of listed origins in, on every answer")
    func cors() async throws {
        let fixture = try GatewayFixture()
        let origin = [("Origin", "https://ehr.example")]
        let preflight = await fixture.send(
            "OPTIONS",
            "/cds-services/news2",
            key: nil,
            fields: origin + [("Access-Control-Request-Method", "POST")]
        )
        #expect(preflight.status == 204)
        #expect(preflight.fields["access-control-allow-origin"] == "https://ehr.example")
        #expect(preflight.fields["access-control-allow-headers"]?.contains("Authorization") == true)
        let text = HookBody().text
        for response in [
            await fixture.post("/cds-services/news2", text, fields: origin),
            await fixture.post("/cds-services/news2", "{", fields: origin),
            await fixture.post("/cds-services/news2", text, key: nil, fields: origin),
            await fixture.send("GET", "/cds-services", key: nil, fields: origin),
        ] {
            #expect(response.fields["access-control-allow-origin"] == "https://ehr.example")
            #expect(response.fields["vary"] == "Origin")
            #expect(response.fields["x-content-type-options"] == "nosniff")
            #expect(response.fields["cache-control"] == "no-store")
        }
        #expect(fixture.sink.records.count == 3)
    }

    @Test(
        "let no other origin in",
        arguments: [
            "https://evil.example", "null", "*", "https://ehr.example.evil", "",
            "https://sandbox.example",
        ]
    )
    func foreignOrigins(_ origin: String) async throws {
        let fixture = try GatewayFixture()
        for method in ["OPTIONS", "POST"] {
            let response = await fixture.send(
                method,
                "/cds-services/news2",
                Array(HookBody().text.utf8),
                fields: [("Origin", origin)]
            )
            #expect(response.fields["access-control-allow-origin"] == nil)
            #expect(response.fields["vary"] == "Origin")
        }
    }

    @Test("read a trace context by the book, and ignore what is none")
    func traceContext() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let span = "00f067aa0ba902b7"
        #expect(TraceContext("00-\(trace)-\(span)-01")?.traceID.count == 16)
        #expect(TraceContext("01-\(trace)-\(span)-01-more")?.parentSpanID.count == 8)
        for invalid in [
            "", "00", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-\(trace.uppercased())-\(span)-01",
            "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00_\(trace)-\(span)-01", "00-\(trace)-\(span)-0x",
        ] {
            #expect(TraceContext(invalid) == nil, "\(invalid)")
        }
        #expect(TraceContext(nil) == nil)
    }
}

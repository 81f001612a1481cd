import Testing

@testable import HTTPMessages

@Suite("URLs")
struct WebURLTests {
    @Test("Scheme and host come in lower case, the rest as it is")
    func parts() throws {
        let url = try WebURL(parsing: "HTTPS://FHIR.Example.ORG:8443/R4/Observation?patient=A|b")
        #expect(url.origin.scheme == .https)
        #expect(url.origin.host == .name("fhir.example.org"))
        #expect(url.origin.port == 8_443)
        #expect(url.origin.authority == "fhir.example.org:8443")
        #expect(url.path == "/R4/Observation")
        #expect(url.query == "patient=A|b")
        #expect(url.text == "https://fhir.example.org:8443/R4/Observation?patient=A|b")
    }

    @Test("The port of the scheme is the same as none", arguments: ["https", "http"])
    func defaultPorts(scheme: String) throws {
        let port = scheme == "https" ? 443 : 80
        let one = try WebURL(parsing: "\(scheme)://a.example:\(port)/x")
        #expect(one == (try WebURL(parsing: "\(scheme)://a.example/x")))
        #expect(one.origin.authority == "a.example")
    }

    @Test("A URL without a path is the root")
    func root() throws {
        #expect(try WebURL(parsing: "https://a.example").target == "/")
        #expect(try WebURL(parsing: "https://a.example?x=1").target == "/?x=1")
        #expect(
            try WebURL(parsing: "https://[2001:DB8::1]:8443/").origin.authority
                == "[2001:db8::1]:8443"
        )
    }

    @Test(
        "What readers disagree about is refused",
        arguments: [
            ("", WebURL.Fault.length), ("https://", .scheme), ("https:/a.example", .scheme),
            ("https:a.example", .scheme), ("//a.example/", .scheme), ("ftp://a.example/", .scheme),
            ("file:///etc/passwd", .scheme), ("https:///a.example", .host),
            (" https://a.example", .character), ("https://a.example/\t", .character),
            ("https://a.example\\@b.example/", .character),
            ("https://a.example/\u{E9}", .character),
            ("https://a.example/%2", .character), ("https://a.example/%zz", .character),
            ("https://a.example/?q=%", .character), ("https://a.example/x#y", .fragment),
            ("https://user@a.example/", .userInformation),
            ("https://user:word@a.example/", .userInformation),
            ("https://a.example:443@b.example/", .userInformation),
            ("https://a.example:/", .port), ("https://a.example:0/", .port),
            ("https://a.example:0443/", .port), ("https://a.example:65536/", .port),
            ("https://a.example:+443/", .port), ("https://a.example:99999999999/", .port),
            ("https://a.example./", .host), ("https://a..example/", .host),
            ("https://-a.example/", .host), ("https://a-.example/", .host),
            ("https://a%2eexample/", .host), ("https://127.1/", .host), ("https://1/", .host),
            ("https://0x7f000001/", .host), ("https://0x/", .host), ("https://1.2.3.4.5/", .host),
            ("https://a.0x1/", .host), ("https://010.0.0.1/", .host), ("https://[::1/", .host),
            ("https://[fe80::1%25eth0]/", .host), ("https://[127.0.0.1]/", .host),
            ("https://::1/", .host), ("https://a.example/a//b", .path),
            ("https://a.example//", .path), ("https://a.example/.", .path),
            ("https://a.example/a/../b", .path), ("https://a.example/a/..;x=1/b", .path),
            ("https://a.example/a/;x/b", .path), ("https://a.example/%2e%2e/b", .path),
            ("https://a.example/%2E/b", .path), ("https://a.example/a%2fb", .path),
            ("https://a.example/a%5cb", .path), ("https://a.example/a%00b", .path),
            ("https://a.example/a%252e", .path), ("https://a.example/a|b", .path),
        ]
    )
    func refused(text: String, fault: WebURL.Fault) {
        #expect(throws: fault) { try WebURL(parsing: text) }
    }

    @Test("A name may be as long as DNS allows and no longer")
    func nameLengths() throws {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(repeating: "b", count: 61)]
            .joined(separator: ".")
        #expect(longest.utf8.count == 253)
        #expect(try WebURL(parsing: "https://\(longest)/").origin.host == .name(longest))
        #expect(throws: WebURL.Fault.host) { try WebURL(parsing: "https://\(longest)c/") }
        #expect(throws: WebURL.Fault.host) { try WebURL(parsing: "https://a\(label).example/") }
    }

    @Test("A URL may be as long as the limit and no longer")
    func urlLengths() throws {
        let start = "https://a.example/"
        let rest = String(repeating: "x", count: WebURL.bytesMax - start.utf8.count)
        #expect(try WebURL(parsing: start + rest).text == start + rest)
        #expect(throws: WebURL.Fault.length) { try WebURL(parsing: start + rest + "x") }
    }
}

import Basics
import CDSHooks
import HTTPMessages
import JSON

/// The calls beside the plain one: without data, with errors, with more, of nobody.
extension ConformRun {
    private static let outcome =
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}"#

    func checkPrefetch(
        _ service: ConformDiscovery.Service,
        _ path: String,
        _ first: Answer,
        _ ledger: inout ConformLedger
    ) async {
        guard !service.templates.isEmpty else { return }
        let name = "\(service.hook) at \(path)"
        ledger.see([28, 29])
        let hasCards = first.cards?.isEmpty == false
        // The context of an organisation's own hook is not known here: a service that refuses the
        // one that is sent is not asked for data.
        let isUnderstood = HookDefinition.isWellKnown(service.hook) || first.status != 400
        if isUnderstood, let answer = await post(path, sample.body(service, everyKey: nil)) {
            // Without data a service may still have something to say; silence is no answer.
            let saysMore = answer.status == 200 && (answer.cards?.isEmpty == false || !hasCards)
            ledger.check(
                answer.status == 412 || saysMore,
                [54],
                at: name + " without prefetch",
                "status \(answer.status)"
            )
        }
        if let answer = await post(path, sample.body(service, everyKey: Self.outcome)) {
            let isSilent = answer.status == 200 && answer.cards?.isEmpty == true && hasCards
            ledger.check(
                answer.status < 500 && !isSilent,
                [52],
                at: name + " with errors as prefetch",
                isSilent ? "no cards, as if there were nothing to say" : "status \(answer.status)"
            )
        }
        if let answer = await post(path, sample.body(service, everyKey: "null")) {
            ledger.check(
                answer.status < 500,
                [28],
                at: name + " with null as prefetch",
                "status \(answer.status)"
            )
        }
    }

    /// Members that nobody knows change nothing, and what cannot be read is refused.
    func checkTolerance(
        _ service: ConformDiscovery.Service,
        _ path: String,
        _ first: Answer,
        _ ledger: inout ConformLedger
    ) async {
        let name = "\(service.hook) at \(path)"
        let more = #","extension":{"org.example.conform":{"a":1}},"conform":[1]}"#
        let body = sample.body(service).dropLast() + Array(more.utf8)
        if let answer = await post(path, Array(body)) {
            ledger.check(
                answer.status == first.status,
                [214],
                at: name + " with an extension",
                "status \(answer.status) in the place of \(first.status)"
            )
        }
        for (what, body) in [("half a document", "{"), ("an array", "[]"), ("nothing", "{}")] {
            guard let answer = await post(path, Array(body.utf8)) else {
                ledger.fault([76], at: name + " with " + what, "the connection was dropped")
                continue
            }
            ledger.check(
                answer.status >= 400,
                [76],
                at: name + " with " + what,
                "status \(answer.status) for what is no call"
            )
        }
    }

    func checkFeedback(_ uuid: String?, _ path: String, _ ledger: inout ConformLedger) async {
        guard let uuid, UUIDBytes(text: uuid) != nil else { return }
        let body =
            #"{"feedback":[{"card":"\#(uuid)","outcome":"overridden","#
            + #""overrideReason":{"userComment":"conform"},"#
            + #""outcomeTimestamp":"2026-01-01T00:00:00Z"}]}"#
        let place = path + "/feedback"
        guard let answer = await post(place, Array(body.utf8)) else { return }
        guard answer.status != 404, answer.status != 405, answer.status != 501 else {
            return ledger.leave([148], "there is no such endpoint")
        }
        ledger.check(
            answer.status >= 200 && answer.status < 300,
            [148],
            at: place,
            "status \(answer.status)"
        )
    }

    /// A browser asks before it calls, and looks for the same permission on the answer.
    func checkBrowser(
        _ service: ConformDiscovery.Service,
        _ path: String,
        _ ledger: inout ConformLedger
    ) async {
        guard let origin else { return }
        let asked: HTTPFields = [
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, authorization",
        ]
        func allows(_ answer: Answer?) -> Bool {
            let allowed = answer?.fields["access-control-allow-origin"]
            return allowed == origin || allowed == "*"
        }
        let before = await send("OPTIONS", path, asked, [])
        let methods = before?.fields["access-control-allow-methods"]?.uppercased() ?? ""
        let headers = before?.fields["access-control-allow-headers"]?.lowercased() ?? ""
        let isGranted =
            (before?.status ?? 500) < 300 && allows(before) && methods.contains("POST")
            && headers.contains("content-type") && headers.contains("authorization")
        ledger.check(isGranted, [208], at: "OPTIONS " + path, "the call is not granted")
        var fields = credentials
        fields.append("Origin", origin)
        let answer = await post(path, sample.body(service), fields: fields)
        ledger.check(allows(answer), [208], at: "POST " + path, "the answer may not be read")
        let found = await send("GET", "/cds-services", fields, [])
        ledger.check(allows(found), [208], at: "GET /cds-services", "it may not be read")
    }

    // MARK: Trust

    /// Tokens that nobody may accept: without a signature, with a shared secret, of a stranger.
    func checkTrust(
        _ service: ConformDiscovery.Service,
        _ path: String,
        _ ledger: inout ConformLedger
    ) async {
        let nobody = await post(path, sample.body(service), fields: HTTPFields())
        guard let nobody, nobody.status == 401 || nobody.status == 403 else {
            return ledger.leave(
                [177],
                "the service answers anybody; whether that is safe only its operator can tell"
            )
        }
        ledger.see([177])
        for (algorithm, ids, signature) in [
            ("none", [201], ""), ("HS256", [203], "c2lnbmF0dXJl"),
            ("HS384", [203], "c2lnbmF0dXJl"), ("ES384", [176, 195], "c2lnbmF0dXJl"),
        ] {
            let token = Self.token(algorithm, audience: base + path) + "." + signature
            let answer = await post(
                path,
                sample.body(service),
                fields: ["Authorization": "Bearer " + token]
            )
            ledger.check(
                answer?.status == 401 || answer?.status == 403,
                ids,
                at: path + " with a token of " + algorithm,
                "it is not refused"
            )
        }
    }

    private static func token(_ algorithm: String, audience: String) -> String {
        let header = #"{"alg":"\#(algorithm)","kid":"conform","typ":"JWT"}"#
        let claims =
            #"{"iss":"https://nobody.example","aud":"\#(audience)","exp":4102444800,"#
            + #""iat":1767225600,"jti":"conform"}"#
        return base64URL(Array(header.utf8)) + "." + base64URL(Array(claims.utf8))
    }

    /// RFC 4648, section 5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            var word = piece.reduce(0) { $0 << 8 | Int($1) }
            word <<= 8 * (3 - piece.count)
            for position in 0...piece.count {
                text.append(alphabet[word >> (18 - 6 * position) & 63])
            }
        }
        return text
    }
}

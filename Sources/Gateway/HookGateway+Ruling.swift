import Basics
package import HTTPMessages

/// What is known of a request before its body comes.
extension HookGateway {
    /// Rules on a body that is large, comes in chunks or waits for `100 Continue`.
    ///
    /// What is ruled to be refused is still refused where everything is: by the handler, with its
    /// audit row and in the shape of every refusal; only the body is not there. Whether shown
    /// credentials are good is not looked at here, as that takes its time and its row.
    package func rule(on head: HTTPRequest, length: Int?) -> HTTPHeadRuling {
        let route = Route(path: head.path)
        guard route.methods.contains(head.method) else { return .answer }
        // The others read no body.
        guard head.method == "POST" else {
            return .read(bytesMax: Limits.httpUnaskedBodyBytesMax)
        }
        if let length, length > route.bodyBytesMax { return .answer }
        do throws(GatewayError) {
            if case .audit(let part) = route {
                try checkHead(head, part)
            } else {
                try checkHead(head)
            }
        } catch {
            return .answer
        }
        guard mayBeKnown(head) else { return .answer }
        // A body in chunks may be larger than the route takes, and has its row then, too.
        return .read(bytesMax: Limits.httpBodyBytesMax)
    }

    /// Whether a caller shows anything; a certificate is not told by the head.
    private func mayBeKnown(_ head: HTTPRequest) -> Bool {
        head.fields.contains("authorization") || head.fields.contains("x-api-key")
            || catalogue.clients.clients.values.contains { $0.certificate != nil }
    }
}

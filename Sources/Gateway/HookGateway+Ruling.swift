import Basics
package import HTTPMessages

/// What is known of a request before its body comes.
extension HookGateway {
    /// Rules on a body that is large, comes in chunks or waits for `100 Continue`.
    ///
    /// What is ruled to be refused is still refused where everything is: by the handler, with its
    /// audit row and in the shape of every refusal; only the body is not there. Of shown credentials
    /// the API key is looked at (`mayBeKnown`).
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

    /// Whether a caller may be let in, as far as the head tells.
    ///
    /// An API key is found good or not in the way and the time of every key, and who is asked for a
    /// body has learned what a 401 would have told: it is the same for a key of nobody, a wrong one,
    /// one that is over and one of a client that may not call. A token costs a signature and a use,
    /// which are the handler's to spend; a certificate is not told by the head.
    private func mayBeKnown(_ head: HTTPRequest) -> Bool {
        let catalogue = catalogue
        let credentials: CallerCredentials
        do throws(CallerRefusal) {
            credentials = try CallerCredentials(head, edge: .none)
        } catch {
            guard error == .noCredentials else { return false }
            return catalogue.clients.clients.values.contains { $0.certificate != nil }
        }
        guard let key = credentials.apiKey else { return true }
        let check = CallerCheck(
            registry: catalogue.clients,
            keys: keys,
            audiences: [],
            now: configuration.now()
        )
        return check.mayBeLetIn(apiKey: key)
    }
}

import Basics
import CDSHooks
import Crypto
import JSON

/// What to fetch for a request: the keys that were not sent, were sent with an error, or have more
/// pages than were sent.
struct FetchPlan: Sendable {
    /// What is fetched for one key.
    struct Key: Sendable {
        /// The key.
        let name: String
        /// What the server is asked.
        let step: Step
        /// Whether the token lets only a part of it be seen.
        let isRestricted: Bool
    }

    /// How the fetching of a key begins.
    enum Step: Sendable {
        /// With the query of the template.
        case query(PrefetchQuery)
        /// With the `next` link of what the client sent.
        case link(String)
    }

    /// The server; `nil` when nothing can be fetched.
    private(set) var server: FHIRServer?
    /// The token.
    private(set) var token: Secret?
    /// What is fetched.
    private(set) var keys: [Key] = []
    /// Which keys cannot be fetched, and why.
    private(set) var failures: [String: FetchFailure] = [:]
    /// How long the token lasts, in seconds.
    private(set) var tokenSeconds: Int?

    /// Plans for a request whose prefetch was read.
    init(
        _ call: HookRequest,
        _ sent: Prefetch,
        _ templates: [PrefetchTemplate],
        servers: [FHIRServer]
    ) {
        let lacking = zip(sent.entries, templates).filter { entry, _ in
            switch entry.state {
            case .absent, .failed, .unreadable: true
            case .empty, .resources: entry.isPaged || entry.isPartial
            }
        }
        guard !lacking.isEmpty else { return }
        do throws(FetchFailure) {
            let authorization = try prepare(call, servers)
            for (entry, template) in lacking {
                do throws(FetchFailure) {
                    let key = try key(entry, template, call, authorization)
                    if let key { keys.append(key) }
                } catch {
                    failures[entry.key] = error
                }
            }
        } catch {
            for (entry, _) in lacking { failures[entry.key] = error }
        }
    }

    /// Finds server and token.
    private mutating func prepare(
        _ call: HookRequest,
        _ servers: [FHIRServer]
    ) throws(FetchFailure) -> FHIRAuthorization? {
        guard call.replayAt == nil else { throw .replay }
        guard let named = call.fhirServer else { throw .noServer }
        guard let server = FHIRServer.matching(named, in: servers) else {
            throw .serverNotRegistered
        }
        guard call.hasAuthorization, let json = call.document["fhirAuthorization"] else {
            guard server.isOpen else { throw .noToken }
            self.server = server
            return nil
        }
        guard let authorization = FHIRAuthorization(json) else { throw .tokenMalformed }
        if let subject = server.subject, authorization.subject != subject {
            throw .tokenForAnother
        }
        if let patient = authorization.patientID, patient != call.context.patientID {
            throw .tokenForOtherPatient
        }
        if let seconds = authorization.expiresInSeconds {
            guard seconds > 0 else { throw .tokenExpired }
            tokenSeconds = seconds
        }
        self.server = server
        token = authorization.token
        return authorization
    }

    private func key(
        _ entry: Prefetch.Entry,
        _ template: PrefetchTemplate,
        _ call: HookRequest,
        _ authorization: FHIRAuthorization?
    ) throws(FetchFailure) -> Key? {
        guard let query = PrefetchQuery(template, call.context) else { throw .unresolved }
        let reach = authorization?.reach(query.type, isSearch: query.isSearch) ?? .whole
        let isRestricted: Bool
        switch reach {
        case .whole: isRestricted = false
        case .part: isRestricted = true
        case .none: throw .scope
        }
        // What came with an error is asked for anew; what has more pages is read on.
        guard entry.isPaged, entry.state == .resources || entry.state == .empty, !entry.isPartial
        else { return Key(name: entry.key, step: .query(query), isRestricted: isRestricted) }
        let bundle = call.prefetch?[entry.key]
        guard let link = bundle.flatMap(FetchedPage.nextLink) else { return nil }
        return Key(name: entry.key, step: .link(link), isRestricted: isRestricted)
    }
}

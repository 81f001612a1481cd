import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JSON
import Mapping
import Telemetry

/// The stages up to a checked request.
extension HookGateway {
    /// Opens the exchange of a request.
    func begin(_ request: HTTPRequest, _ startedAt: Instant) -> Exchange {
        var exchange = Exchange(
            request,
            eventID: makeEventID(startedAt),
            now: startedAt,
            key: configuration.systemKey
        )
        exchange.record.programVersion = configuration.version
        let address = configuration.edge.wholeAddress(of: request)
        if !address.isEmpty { exchange.record.peerAddress = String(address.prefix(63)) }
        return exchange
    }

    /// A fresh identifier of an audit row.
    func makeEventID(_ startedAt: Instant) -> UUIDBytes {
        let random = configuration.randomUUID()
        // RFC 9562, version 7: milliseconds first, so that rows lie in the order of their time.
        let milliseconds = UInt64(clamping: startedAt.microseconds / 1_000)
        return UUIDBytes(
            high: milliseconds << 16 | random.high & 0xFFFF,
            low: random.low
        ).withVersion(7)
    }

    /// Finds the services of an id that the client may call.
    func find(
        _ id: String,
        for client: Client,
        in catalogue: Catalogue,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> [LoadedService] {
        let services = catalogue.services(id: id)
        guard let first = services.first else { throw GatewayError(.unknownService) }
        exchange.record.service = first.hook.id
        if let allowed = client.services, !allowed.contains(id) {
            throw GatewayError(.serviceNotAllowed)
        }
        return services
    }

    /// Checks what can be said before the body is read.
    func checkHead(_ request: HTTPRequest) throws(GatewayError) {
        // A body has one type (RFC 9110 section 8.3); without any it is taken for JSON.
        if request.fields.repeats("content-type") {
            throw GatewayError(.mediaType, "There is more than one Content-Type.")
        }
        // What most clients send needs no reading.
        if !request.fields.has("content-type", equalTo: "application/json"),
            let text = request.fields["content-type"]
        {
            guard let type = MediaType(text), type.isJSON else { throw GatewayError(.mediaType) }
            guard type.isUTF8 else {
                throw GatewayError(.mediaType, "The only charset is UTF-8.")
            }
        }
        let codings = request.fields.members("content-encoding")
        guard codings.allSatisfy({ $0.lowercased() == "identity" }) else {
            throw GatewayError(.mediaType, "A content coding is not accepted.")
        }
        guard MediaType.acceptsJSON(request.fields) else { throw GatewayError(.notAcceptable) }
        guard max(request.body.count, request.unreadByteCount) <= Limits.hookBodyBytesMax else {
            throw GatewayError(
                .tooLarge,
                "The body is larger than \(Limits.hookBodyBytesMax) bytes."
            )
        }
    }

    /// Reads the body of a hook call.
    func read(
        _ body: [UInt8],
        for services: [LoadedService],
        _ exchange: inout Exchange
    ) throws(GatewayError) -> HookRequest {
        exchange.record.requestDigest = exchange.key.authenticate(body)
        let document: JSONDocument
        do {
            document = try Self.document(body)
        } catch {
            throw GatewayError(malformed: error)
        }
        if let client = exchange.client { try TenantClaim.check(document.root, for: client) }
        let request: HookRequest
        do {
            request = try HookRequest(reading: document) { name in
                services.first { $0.hook.hook == name }?.hook.definition ?? .named(name)
            }
        } catch {
            // What a context must hold depends on the hook, so another hook is told first.
            if let hook = document.root["hook"]?.stringValue, !hook.allSatisfy(\.isWhitespace),
                !services.contains(where: { $0.hook.hook == hook })
            {
                exchange.record.hook = HookDefinition.isWellKnown(hook) ? hook : nil
                throw GatewayError(hookMismatch: services)
            }
            throw GatewayError(malformed: error)
        }
        exchange.record.hook = HookDefinition.isWellKnown(request.hook) ? request.hook : nil
        exchange.record.hookInstance = request.hookInstance
        exchange.record.flags += request.flags.map(\.rawValue).sorted()
        name(request.context, in: &exchange)
        return request
    }

    /// Says in the row whom the request is about: by pseudonym, and by reference for who has the
    /// keys of the tenant.
    private func name(_ context: HookContext, in exchange: inout Exchange) {
        let key =
            configuration.pseudonymKey(exchange.record.tenant)
            ?? PseudonymKey(epoch: 1, key: exchange.key)
        exchange.record.pseudonymEpoch = key.epoch
        exchange.record.patientPseudonym = context.patientID.map(key.patient)
        exchange.record.encounterPseudonym = context.encounterID.map(key.encounter)
        exchange.record.userPseudonym = context.userReference.map(key.user)
        exchange.record.patientReference = context.patientID.map { "Patient/" + $0 }
        exchange.record.encounterReference = context.encounterID.map { "Encounter/" + $0 }
        exchange.record.userReference = context.userReference
    }

    static func document(_ body: [UInt8]) throws(HookRequestError) -> JSONDocument {
        do {
            return try JSONDocument(parsing: body)
        } catch {
            throw HookRequestError(error)
        }
    }

    /// Chooses the service that is offered for the hook of the request.
    func select(
        _ hook: String,
        from services: [LoadedService],
        _ exchange: inout Exchange
    ) throws(GatewayError) -> LoadedService {
        guard let service = services.first(where: { $0.hook.hook == hook }) else {
            throw GatewayError(hookMismatch: services)
        }
        if let allowed = exchange.client?.hooks, !allowed.contains(hook) {
            throw GatewayError(
                .serviceNotAllowed,
                issues: [
                    .init(
                        pointer: "/hook",
                        sentence: "This client is not registered for this hook."
                    )
                ]
            )
        }
        exchange.service = service
        exchange.record.hook = service.hook.hook
        exchange.record.artifacts = service.artifacts
        exchange.record.kind = .decision
        return service
    }

    /// How far the clock of a client may be ahead of ours: five minutes, in microseconds.
    private static let clockSkew: Int64 = 300_000_000

    /// The moment to evaluate as of: now, or the past one that a trusted client asks for.
    func evaluationMoment(
        _ call: HookRequest,
        _ client: Client,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> Instant {
        guard let moment = call.replayAt else { return exchange.record.startedAt }
        guard client.mayReplay else {
            throw GatewayError(
                .replayNotAllowed,
                issues: [
                    .init(
                        pointer: "/extension/" + HookRequest.replayExtension,
                        sentence: "This client is not registered as allowed to replay."
                    )
                ]
            )
        }
        guard moment <= exchange.record.startedAt.advanced(byMicroseconds: Self.clockSkew) else {
            throw GatewayError(
                .malformedBody,
                issues: [
                    .init(
                        pointer: "/extension/" + HookRequest.replayExtension,
                        sentence: "The moment lies in the future; accepted is a past one."
                    )
                ]
            )
        }
        exchange.record.replayedAt = moment
        exchange.record.flags.append("replay")
        return moment
    }

    /// The patient in context.
    func patientID(_ call: HookRequest) throws(GatewayError) -> String {
        guard let id = call.context.patientID else {
            throw GatewayError(
                .malformedBody,
                issues: [
                    .init(
                        pointer: "/context/patientId",
                        sentence: "The service needs a patient, and the context names none."
                    )
                ]
            )
        }
        return id
    }

    /// Reads what was sent for the keys of a service.
    func readPrefetch(
        _ call: HookRequest,
        _ service: LoadedService
    ) throws(GatewayError) -> Prefetch {
        do {
            return try Prefetch(
                reading: call.prefetch,
                templates: service.hook.prefetch
            )
        } catch {
            throw GatewayError(malformed: error)
        }
    }

    /// Makes sure that nothing the service needs is left out.
    ///
    /// CDS Hooks 2.0: data that are needed and neither sent nor to be had are answered with 412.
    /// A key that is null or an empty Bundle was asked for and has no data, which is an answer.
    func requireAll(
        _ prefetch: Prefetch,
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> Prefetch {
        // What another version asked for was declared, though not by this one.
        let isShared = service.hook.offeredPrefetch.count != service.hook.prefetch.count
        exchange.record.flags += prefetch.flags
            .filter { !isShared || $0 != .undeclaredKeys }.map(\.rawValue).sorted()
        var issues: [GatewayError.Issue] = []
        var missing: [String] = []
        for (entry, template) in zip(prefetch.entries, service.hook.prefetch) {
            let failure = exchange.fetch.failures[entry.key]
            var what: String
            switch entry.state {
            case .empty, .resources: continue
            case .absent: what = "was not sent"
            case .failed:
                what = "was sent with an error that the client reported"
            case .unreadable:
                what = "holds nothing that can be read of the type \(template.resourceType)"
            }
            if exchange.fetch.wasAbsent.contains(entry.key) { what = "was not sent" }
            if let failure { what += " and is not available, because " + failure.reason }
            guard template.isRequired else {
                exchange.note("optional-prefetch-missing")
                if entry.state != .absent { exchange.note("optional-prefetch-failed") }
                continue
            }
            missing += template.feeds.filter(service.inputNames.contains)
            issues.append(
                .init(
                    pointer: "/prefetch/" + entry.key,
                    detailCode: failure.flatMap { $0.isAttempted ? $0.rawValue : nil },
                    sentence: "The prefetch key \(entry.key) \(what). It feeds "
                        + template.feeds.joined(separator: ", ") + "."
                )
            )
        }
        guard issues.isEmpty else {
            for input in missing {
                metrics.missingInputs.add(1, [service.computation.name, input, "prefetch"])
            }
            throw GatewayError(.prefetchMissing, issues: issues, missingInputs: missing)
        }
        return prefetch
    }
}

extension GatewayError {
    /// Makes the error for a hook that none of the services is offered for.
    fileprivate init(hookMismatch services: [LoadedService]) {
        let offered = services.map(\.hook.hook).joined(separator: " or ")
        self.init(
            .hookMismatch,
            issues: [
                Issue(pointer: "/hook", sentence: "This service is offered for \(offered).")
            ]
        )
    }

    /// Makes the error for a body that cannot be read.
    init(malformed error: HookRequestError) {
        self.init(
            .malformedBody,
            issues: [
                Issue(
                    pointer: error.pointer,
                    offset: error.offset,
                    detailCode: error.code.rawValue,
                    sentence: error.sentence + "; accepted is " + error.accepted + "."
                )
            ]
        )
    }
}

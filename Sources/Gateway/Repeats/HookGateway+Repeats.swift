import Audit
import Basics
import CDSHooks
import Crypto
import JSON
import Telemetry

/// The stages of a service that does not show the same result again.
extension HookGateway {
    /// Says whom and what an answer is about, when the service has a rule for it.
    ///
    /// A patient id means something on its server only (FHIR R4, section 2.3.0.4), so the server is
    /// part of it; where a call names none, the client stands for it.
    func repeats(
        of call: HookRequest,
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) -> RepeatCheck? {
        guard let rule = service.hook.suppression, exchange.record.arm != .shadow,
            exchange.record.replayedAt == nil, let patientID = call.context.patientID
        else { return nil }
        var user = ""
        switch rule.audience {
        case .patient: break
        case .patientAndUser:
            guard let reference = call.context.userReference else {
                exchange.note("suppression-without-user")
                return nil
            }
            user = reference
        }
        let server =
            call.fhirServer.map { ["server", FHIRBase($0)?.text ?? $0] }
            ?? ["client", exchange.client?.id ?? ""]
        let subject = exchange.key.authenticate(
            parts: ["shown", service.hook.id, service.hook.hook] + server
                + ["Patient/" + patientID, user]
        )
        return RepeatCheck(rule: rule, subject: subject)
    }

    /// Asks what was shown last, when the service has a rule for it.
    ///
    /// What cannot be found out holds nothing back: the answer is shown in full and flagged. The
    /// question may take half of what is left of the deadline, so that a memory that is slow costs
    /// no card.
    func recall(_ service: LoadedService, _ exchange: inout Exchange) async {
        guard var check = exchange.repeats else { return }
        let now = configuration.now()
        let rest =
            exchange.deadlineMicroseconds(of: service) - exchange.elapsedMicroseconds(now)
        check.doubt = doubts.doubt(about: check.subject, now: now)
        do throws(AuditError) {
            guard let memory = configuration.shownMemory, check.doubt == nil else {
                throw AuditError(code: .unavailable)
            }
            guard rest > 1 else { throw AuditError(code: .timeout) }
            let sealed = try await memory.last(
                check.subject,
                of: exchange.record.tenant,
                since: exchange.record.startedAt
                    .advanced(byMicroseconds: -Int64(check.rule.withinSeconds) * 1_000_000),
                within: rest / 2
            )
            if let sealed {
                check.previous = ShownState(sealed: sealed, for: check.subject, by: exchange.key)
                if check.previous == nil { exchange.note("suppression-unknown") }
            }
        } catch {
            exchange.note("suppression-unknown")
            let reason = check.doubt == nil ? error.code.rawValue : "lost-answer"
            metrics.repeatsUnknown.add(1, [service.hook.id, reason])
        }
        exchange.repeats = check
    }

    /// Takes note that an answer was perhaps not seen: its row was not confirmed, or it is late.
    func doubt(_ exchange: Exchange) {
        guard let shown = exchange.record.shown else { return }
        doubts.add(
            shown.subject,
            startedAt: exchange.record.startedAt,
            until: shown.forgottenAt,
            now: configuration.now()
        )
    }

    /// Takes note of an answer that is durable: it ends a doubt, or is late and makes one.
    func settleDoubt(_ exchange: Exchange, isLate: Bool) {
        guard let check = exchange.repeats else { return }
        guard !isLate else { return doubt(exchange) }
        guard let doubt = check.doubt, exchange.record.shown != nil else { return }
        doubts.settle(doubt, about: check.subject, startedAt: exchange.record.startedAt)
    }

    /// The cards with short ones in the place of those that were shown before; all in full without
    /// an assessment, because then not everything could be computed.
    func withoutRepeats(
        _ cards: [Card],
        _ assessment: Assessment?,
        _ service: LoadedService,
        _ call: HookRequest,
        _ exchange: inout Exchange
    ) -> [Card] {
        guard let check = exchange.repeats else { return cards }
        guard cards.count <= Limits.repeatedCardsMax else {
            exchange.note("suppression-not-remembered")
            exchange.record.shown = nothingShown(check, exchange)
            return cards
        }
        let now = exchange.record.startedAt
        let versions = Hexadecimal.text(Digest.sha256(service.artifacts))
        var state = ShownState(
            eventID: exchange.record.eventID,
            hookInstance: call.hookInstance,
            versions: versions,
            assessment: assessment
        )
        var shown: [Card] = []
        var held: [HeldCard] = []
        for card in cards {
            let verdict = check.verdict(
                on: card,
                assessment,
                hookInstance: call.hookInstance,
                versions: versions,
                now: now
            )
            switch verdict {
            case .inFull:
                shown.append(card)
                guard let key = card.repeatKey, let assessment else { continue }
                state.cards.append(
                    .init(
                        key: key,
                        indicator: card.indicator,
                        shownAt: now,
                        eventID: exchange.record.eventID,
                        assessment: assessment
                    )
                )
            case .inShort(let earlier):
                held.append(HeldCard(card: card, earlier: earlier))
                state.cards.append(earlier)
            }
        }
        remember(state, check, &exchange)
        guard !held.isEmpty else { return cards }
        let prefix = [exchange.record.tenant, service.hook.id, call.hookInstance.text]
        for held in held {
            let name = (held.card.repeatKey ?? held.card.name) + Card.repeatedSuffix
            shown.append(
                held.card.repeated(
                    since: held.earlier,
                    until: held.end(of: check.rule),
                    now: now,
                    uuid: exchange.key.identifier(parts: prefix + [name])
                )
            )
        }
        note(held, check.rule, service, &exchange)
        return shown
    }

    /// A card that is told in short, with when it was shown in full.
    private struct HeldCard {
        let card: Card
        let earlier: ShownState.ShownCard

        func end(of rule: SuppressionRule) -> Instant {
            earlier.shownAt.advanced(byMicroseconds: Int64(rule.withinSeconds) * 1_000_000)
        }
    }

    private func remember(
        _ state: ShownState,
        _ check: RepeatCheck,
        _ exchange: inout Exchange
    ) {
        let sealed = state.sealed(for: check.subject, by: exchange.key)
        // Longer than the store takes: then the next answer is shown in full. To leave it out would
        // let the answer before this one count as the last.
        guard sealed.count <= Limits.shownStateBytesMax else {
            exchange.note("suppression-not-remembered")
            exchange.record.shown = nothingShown(check, exchange)
            return
        }
        exchange.record.shown = shown(sealed, check, exchange)
    }

    /// What is remembered of an answer without its cards: a failure, or more than can be kept.
    ///
    /// The one before it no longer counts as the last. What the user saw in between was an error,
    /// and what was worse meanwhile is not known; so the next result is told in full, also when it
    /// is the same as before.
    func nothingShown(_ check: RepeatCheck, _ exchange: Exchange) -> ShownAnswer {
        let state = ShownState(
            eventID: exchange.record.eventID,
            hookInstance: exchange.record.hookInstance ?? exchange.record.eventID,
            versions: "",
            assessment: nil
        )
        return shown(state.sealed(for: check.subject, by: exchange.key), check, exchange)
    }

    private func shown(
        _ sealed: [UInt8],
        _ check: RepeatCheck,
        _ exchange: Exchange
    ) -> ShownAnswer {
        ShownAnswer(
            subject: check.subject,
            state: sealed,
            forgottenAt: exchange.record.startedAt
                .advanced(byMicroseconds: Int64(check.rule.withinSeconds + 1) * 1_000_000)
        )
    }

    /// What was held back stands in the row, with the event that showed it.
    private func note(
        _ held: [HeldCard],
        _ rule: SuppressionRule,
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) {
        exchange.note("suppressed")
        exchange.record.causedBy = held.first?.earlier.eventID
        exchange.record.result = Self.joined(
            exchange.record.result,
            "suppressedCards",
            CDSResponse(cards: held.map(\.card)).cardsJSON
        )
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("suppressed")
        writer.beginArray()
        for held in held {
            writer.beginObject()
            writer.member("card", held.card.name)
            writer.member("indicator", held.card.indicator.rawValue)
            writer.member("shownBy", held.earlier.eventID.text)
            writer.member("shownAt", held.earlier.shownAt.text)
            writer.member("until", held.end(of: rule).text)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        exchange.record.details = writer.bytes
        for held in held {
            metrics.suppressed.add(1, [service.hook.id, held.card.indicator.rawValue])
        }
    }
}

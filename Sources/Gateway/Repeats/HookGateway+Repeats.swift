import Audit
import Basics
import CDSHooks
import Crypto
import JSON
import Telemetry

/// The stages of a service that does not show the same result again.
extension HookGateway {
    /// Asks what was shown last, when the service has a rule for it.
    ///
    /// What cannot be found out holds nothing back: the answer is shown in full and flagged.
    func recall(
        _ call: HookRequest,
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) async {
        guard let rule = service.hook.suppression, exchange.record.arm != .shadow,
            exchange.record.replayedAt == nil, let patientID = call.context.patientID
        else { return }
        var user = ""
        switch rule.audience {
        case .patient: break
        case .patientAndUser:
            guard let reference = call.context.userReference else {
                return exchange.note("suppression-without-user")
            }
            user = reference
        }
        let subject = exchange.key.authenticate(
            parts: [
                "shown", service.hook.id, service.hook.hook, "Patient/" + patientID, user,
            ]
        )
        let since = exchange.record.startedAt
            .advanced(byMicroseconds: -Int64(rule.withinSeconds) * 1_000_000)
        var previous: ShownState?
        do throws(AuditError) {
            guard let memory = configuration.shownMemory else {
                throw AuditError(code: .unavailable)
            }
            if let sealed = try await memory.last(
                subject,
                of: exchange.record.tenant,
                since: since
            ) {
                previous = ShownState(sealed: sealed, for: subject, by: exchange.key)
                if previous == nil { exchange.note("suppression-unknown") }
            }
        } catch {
            exchange.note("suppression-unknown")
            metrics.repeatsUnknown.add(1, [service.hook.id, error.code.rawValue])
        }
        exchange.repeats = RepeatCheck(rule: rule, subject: subject, previous: previous)
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
        guard let check = exchange.repeats, cards.count <= Limits.repeatedCardsMax else {
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
        // Longer than the store takes: then the next answer is shown in full.
        guard sealed.count <= Limits.shownStateBytesMax else {
            return exchange.note("suppression-not-remembered")
        }
        exchange.record.shown = ShownAnswer(
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

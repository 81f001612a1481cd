package import Basics
package import CDSHooks

import Crypto
import JSON

/// What a client would not see as it was made, found before it goes live.
///
/// Each card of each service that the client may call is made from the widest values the model can
/// give, and adapted to the dialect of the client as an answer would be.
package struct ClientLint: Sendable {
    /// One thing that a client sees in another way.
    package struct Finding: Sendable, Equatable {
        /// The id of the service.
        package let service: String
        /// The name of the card; empty for the service as a whole.
        package let card: String
        /// What is adapted.
        package let flag: DialectFlag
    }

    /// What is found, in the order of services and cards.
    package let findings: [Finding]
    /// The ids of the services that were looked at.
    package let services: [String]

    /// Looks at the cards of all services that a client may call.
    package init(_ client: Client, in catalogue: Catalogue, now: Instant) {
        var findings: [Finding] = []
        var names: [String] = []
        for service in catalogue.services where client.mayCall(service) {
            names.append(service.hook.id)
            for (name, cards) in Self.cards(of: service, now: now) {
                guard let document = try? JSONDocument(parsing: cards) else { continue }
                let adapted = DialectAdapter.adapt(document.root, to: client.dialect) { _ in
                    UUIDBytes(high: 0x4000, low: 1 << 63)
                }
                for flag in adapted?.flags ?? [] {
                    let finding = Finding(service: service.hook.id, card: name, flag: flag)
                    if !findings.contains(finding) { findings.append(finding) }
                }
            }
        }
        self.findings = findings
        services = names
    }

    /// The cards of a service in their worst cases, each an array of its own.
    private static func cards(
        of service: LoadedService,
        now: Instant
    ) -> [(name: String, cards: [UInt8])] {
        switch service.computation {
        case .profile(let profile):
            guard let samples = try? CardFacts.samples(for: service, profile, now: now) else {
                return []
            }
            return service.hook.sampleCards(in: samples).map {
                ($0.name, CDSResponse(cards: [$0]).cardsJSON)
            }
        case .interactions(let knowledge):
            return InteractionSamples(service: service, knowledge: knowledge).all
        }
    }
}

extension Client {
    /// Whether it may call a service for the hook that it is offered for.
    package func mayCall(_ service: LoadedService) -> Bool {
        let mayService = services?.contains(service.hook.id) ?? true
        return mayService && (hooks?.contains(service.hook.hook) ?? true)
    }
}

package import JSON

import Basics
import FHIRPath

/// One CDS service: a hook document of `Hooks/`, checked.
///
///     { "id": "news2", "hook": "patient-view", "title": "...", "description": "...",
///       "prefetch": "auto",
///       "limen": { "format": "limen-hook/1", "version": "1.0.0", "profile": "news2",
///                  "mode": "live", "deadline": "PT0.4S", "cards": [ ... ] } }
///
/// The top level is the discovery object of CDS Hooks verbatim; what is private lies in `limen`.
package struct HookService: Sendable {
    /// Whether cards are shown.
    package enum Mode: String, Sendable, CaseIterable {
        /// Cards are shown.
        case live
        /// Everything is computed and audited, and nothing is shown.
        case shadow
    }

    /// What a service computes: the folder in `Profiles/` that it names.
    package enum Computation: Sendable, Equatable {
        /// The model of a profile.
        case profile(String)
        /// The interactions of a knowledge base.
        case interactions(String)
    }

    /// What of the profile the generated prefetch and the checks need.
    package struct ProfileFacts: Sendable {
        /// One query's worth of what the profile asks for.
        package struct Query: Sendable {
            /// The resource type.
            package let resource: String
            /// The `system|code` tokens.
            package let codes: [String]
            /// How far back the profile looks, in seconds.
            package let windowSeconds: Int
            /// The names of the inputs and facts it feeds.
            package let feeds: [String]
            /// Whether nothing can be computed without it.
            package let isRequired: Bool

            /// Makes a query.
            package init(
                resource: String,
                codes: [String],
                windowSeconds: Int,
                feeds: [String],
                isRequired: Bool
            ) {
                self.resource = resource
                self.codes = codes
                self.windowSeconds = windowSeconds
                self.feeds = feeds
                self.isRequired = isRequired
            }
        }

        /// What it asks for, besides the Patient.
        package let queries: [Query]
        /// The names of all inputs.
        package let inputNames: [String]
        /// What all versions of the service together ask for; `nil` when there is one version.
        package let allQueries: [Query]?

        /// Makes facts.
        package init(queries: [Query], inputNames: [String], allQueries: [Query]? = nil) {
            self.queries = queries
            self.inputNames = inputNames
            self.allQueries = allQueries
        }
    }

    /// The id, which is the path segment of its endpoint.
    package let id: String
    /// The hook that calls it.
    package let hook: String
    /// What that hook puts into the context.
    package let definition: HookDefinition
    /// The human-friendly name.
    package let title: String?
    /// What it does.
    package let description: String
    /// What a client must do to use it.
    package let usageRequirements: String?
    /// The prefetch templates by key, in their order.
    package let prefetch: [PrefetchTemplate]
    /// What discovery asks for: the templates of all versions, so that each finds its data.
    package let offeredPrefetch: [PrefetchTemplate]
    /// The versions beside the one that `profile` names.
    package let versions: VersionPlan
    /// The discovery members that are passed on as they stand (`extension`).
    package let discoveryExtras: [RawMember]
    /// The version of the document.
    package let version: String
    /// What it computes.
    package let computation: Computation
    /// Whether cards are shown.
    package let mode: Mode
    /// How long an answer may take, in microseconds.
    package let deadlineMicroseconds: Int
    /// When a card is not shown in full again; `nil` when every card is shown each time.
    package let suppression: SuppressionRule?
    /// What a clinician calls the inputs.
    package let labels: [String: String]
    /// What a clinician calls certain values: by input, by code or `true` and `false`.
    package let values: [String: [String: String]]
    /// The cards in order of precedence; none for interactions, whose cards are not templates.
    package let cards: [CardDefinition]
    /// What the client is asked to do without the clinician's choice; only for clients that agreed.
    package let systemActions: [SystemActionDefinition]
    /// What a card says that states no source or override reasons of its own.
    package let cardDefaults: CardDefaults
    /// The member names that any expression reads; nothing else needs to be made for them.
    package let readNames: Set<String>

    /// The format this code reads.
    package static let format = "limen-hook/1"

    /// The folder name of the profile that a document names; read before the profile is loaded.
    package static func profileName(of document: JSONDocument) -> String? {
        document.root["limen"]?["profile"]?.stringValue
    }

    /// The folder name of the knowledge base that a document names instead of a profile.
    package static func interactionsName(of document: JSONDocument) -> String? {
        document.root["limen"]?["interactions"]?.stringValue
    }

    /// The hooks that a document offers its service for: `hook`, then those of `limen.alsoOn`.
    ///
    /// CDS Hooks 2.0, "Update stale guidance": one id stands in discovery once for each hook.
    package static func hooks(of document: JSONDocument) -> [String] {
        let others = document.root["limen"]?["alsoOn"]?.elements.compactMap(\.stringValue) ?? []
        return (document.root["hook"]?.stringValue.map { [$0] } ?? []) + others
    }

    /// Reads a document that names a profile.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - profile: what of the profile the document needs.
    ///   - hook: which of its hooks is meant; the first when none is named.
    /// - Throws: `HookServiceError` with the path of the first fault.
    package init(
        reading document: JSONDocument,
        profile: ProfileFacts,
        on hook: String? = nil
    ) throws(HookServiceError) {
        try self.init(document, profile, isAboutInteractions: false, on: hook)
    }

    /// Reads a document that names a knowledge base of interactions.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - hook: which of its hooks is meant; the first when none is named.
    /// - Throws: `HookServiceError` with the path of the first fault.
    package init(
        readingInteractions document: JSONDocument,
        on hook: String? = nil
    ) throws(HookServiceError) {
        try self.init(document, .medications, isAboutInteractions: true, on: hook)
    }

    private init(
        _ document: JSONDocument,
        _ profile: ProfileFacts,
        isAboutInteractions: Bool,
        on wanted: String?
    ) throws(HookServiceError) {
        let reader = HookDocumentReader(document.root, path: "")
        try reader.allow([
            "id", "hook", "hookVersion", "title", "description", "usageRequirements", "prefetch",
            "extension",
            "limen",
        ])
        id = try reader.text("id")
        guard FHIRIdentifier.isID(id) else {
            throw reader.error(.identifier, "id", "letters, digits, hyphens and dots are allowed")
        }
        let limen = try reader.object("limen")
        let hook = try Self.hook(wanted, reader, limen)
        self.hook = hook
        definition = try Self.definition(of: hook, reader, limen)
        title = try reader.optionalText("title")
        description = try reader.text("description")
        usageRequirements = try reader.optionalText("usageRequirements")
        if isAboutInteractions, definition.medicines == .none {
            throw reader.error(
                .valueSet,
                "hook",
                "interactions need a hook that sends medicines, such as order-sign"
            )
        }
        var offered = try Self.prefetch(
            reader,
            definition,
            profile: profile,
            readsPatient: !isAboutInteractions
        )
        try Self.readPaths(limen, definition, into: &offered)
        offeredPrefetch = offered
        prefetch =
            profile.allQueries == nil ? offered : offered.compactMap { $0.narrowed(to: profile) }
        discoveryExtras =
            try reader.optionalObject("extension").map {
                [RawMember(name: "extension", $0.json)]
            } ?? []
        let common = [
            "format", "version", "mode", "deadline", "defaults", "alsoOn", "context",
            "prefetchFHIRPath", "suppress",
        ]
        try limen.allow(
            common
                + (isAboutInteractions
                    ? ["interactions"]
                    : [
                        "profile", "labels", "values", "cards", "systemActions", "canary",
                        "shadow",
                    ])
        )
        guard try limen.text("format") == Self.format else {
            throw limen.error(.format, "format", "this release reads \(Self.format)")
        }
        version = try limen.text("version")
        computation =
            isAboutInteractions
            ? .interactions(try limen.text("interactions")) : .profile(try limen.text("profile"))
        guard let mode = Mode(rawValue: try limen.text("mode")) else {
            throw limen.error(.valueSet, "mode", "live or shadow is expected")
        }
        self.mode = mode
        versions = try VersionPlan(limen, mode: mode)
        suppression = try SuppressionRule.read(limen, mode: mode)
        deadlineMicroseconds = try Self.duration(limen, "deadline")
        labels = try limen.optionalObject("labels").map(Self.texts) ?? [:]
        values = try Self.values(limen, names: profile.inputNames)
        cardDefaults = try CardDefaults(limen, title: title ?? id)
        cards =
            isAboutInteractions
            ? []
            : try CardDefinition.readAll(
                limen,
                cardDefaults,
                names: definition.tokenNames
            )
        systemActions = try SystemActionDefinition.readAll(limen, names: definition.tokenNames)
        let conditions = cards.compactMap(\.when) + systemActions.compactMap(\.when)
        let expressions =
            conditions
            + cards.flatMap { card in
                card.summary.expressions + (card.detail?.expressions ?? [])
            }
        // What walks over children reads members without naming them.
        let readsAll = expressions.contains {
            $0.text.contains("children") || $0.text.contains("descendants")
        }
        let used = Set(expressions.flatMap { ExpressionNames.used(in: $0) })
        readNames = readsAll ? ExpressionNames.members : ExpressionNames.members.intersection(used)
    }

    private static func prefetch(
        _ reader: HookDocumentReader,
        _ definition: HookDefinition,
        profile: ProfileFacts,
        readsPatient: Bool
    ) throws(HookServiceError) -> [PrefetchTemplate] {
        guard let value = reader.json["prefetch"] else { return [] }
        if value.isString("auto") {
            // Every generated template asks by the patient in context.
            guard definition.tokenNames.contains("patientId") else {
                throw reader.error(.prefetchTemplate, "prefetch", "the hook names no patient")
            }
            let templates = PrefetchTemplate.generated(
                for: profile.ofAllVersions,
                readsPatient: readsPatient
            )
            guard templates.allSatisfy({ $0.codeCount <= Limits.prefetchCodesMax }) else {
                throw reader.error(.tooMany, "prefetch", "the profile has too many codes for auto")
            }
            return templates
        }
        let object = try reader.object("prefetch")
        let tokens = definition.tokenNames
        var templates: [PrefetchTemplate] = []
        for (name, _) in object.json.members {
            let key = name.stringValue ?? ""
            let text = try object.text(key)
            let template = PrefetchTemplate(key: key, text: text, profile: profile)
            if let fault = template.fault(contextNames: tokens) {
                throw object.error(.prefetchTemplate, key, fault)
            }
            templates.append(template)
        }
        return templates
    }

    /// Reads `limen.prefetchFHIRPath`: how clients that fill FHIRPath tokens are asked.
    private static func readPaths(
        _ limen: HookDocumentReader,
        _ definition: HookDefinition,
        into templates: inout [PrefetchTemplate]
    ) throws(HookServiceError) {
        guard let object = try limen.optionalObject("prefetchFHIRPath") else { return }
        try object.allow(templates.map(\.key))
        for position in templates.indices {
            let template = templates[position]
            guard let text = try object.optionalText(template.key) else { continue }
            let fault = PrefetchTemplate.pathFault(
                text,
                contextNames: definition.tokenNames,
                earlierKeys: templates[..<position].map(\.key)
            )
            if let fault { throw object.error(.prefetchTemplate, template.key, fault) }
            guard PrefetchTemplate.resourceType(of: text) == template.resourceType else {
                throw object.error(
                    .prefetchTemplate,
                    template.key,
                    "it asks for another type than the template that every client fills"
                )
            }
            templates[position].pathText = text
        }
    }

    /// Reads an ISO 8601 duration of seconds, such as `PT0.4S`.
    static func duration(
        _ reader: HookDocumentReader,
        _ name: String
    ) throws(HookServiceError) -> Int {
        let text = try reader.text(name)
        guard text.hasPrefix("PT"), text.hasSuffix("S"),
            let seconds = DecimalNumber(text: String(text.dropFirst(2).dropLast())),
            let microseconds = seconds.multiplied(by: DecimalNumber(1_000_000))?.integerValue,
            microseconds >= 1_000, microseconds <= 60_000_000
        else {
            throw reader.error(.duration, name, "0.001 to 60 seconds are expected, as PT0.4S")
        }
        return microseconds
    }

    /// Reads texts by name.
    private static func texts(
        _ object: HookDocumentReader
    ) throws(HookServiceError) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, _) in object.json.members {
            let key = name.stringValue ?? ""
            texts[key] = try object.text(key)
        }
        return texts
    }

    /// Reads `limen.values`; an input that does not exist would never be noticed later.
    private static func values(
        _ limen: HookDocumentReader,
        names: [String]
    ) throws(HookServiceError) -> [String: [String: String]] {
        guard let object = try limen.optionalObject("values") else { return [:] }
        try object.allow(names)
        var values: [String: [String: String]] = [:]
        for name in names {
            values[name] = try object.optionalObject(name).map(Self.texts)
        }
        return values
    }
}

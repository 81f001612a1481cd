import Basics
package import JSON
package import Lifecycle

/// Which further versions of its model a service runs beside the one that `profile` names.
///
///     "profile": "news2",
///     "canary": { "profile": "news2-2.0.0", "share": 0.1, "salt": "2026-11",
///                 "bounds": { "refusal": 0.05, "error": 0.01, "slow": 0.05, "slowAfter": "PT0.1S",
///                             "minimum": 30, "alpha": 0.01 } },
///     "shadow": [ "news2-2.1.0" ]
package struct VersionPlan: Sendable, Equatable {
    /// The version on trial.
    package struct Canary: Sendable, Equatable {
        /// The folder of the version.
        package let profile: String
        /// The share of patients it answers for, from 0 to below 1.
        package let share: Double
        /// What makes the share of this trial another than that of the next.
        package let salt: String
        /// When it is taken back.
        package let bounds: CanaryBounds
    }

    /// The version on trial, when there is one.
    package let canary: Canary?
    /// The versions that compute beside the answer and show nothing.
    package let shadows: [String]

    /// The folders of all versions that the document names beside `profile`.
    package var profiles: [String] {
        (canary.map { [$0.profile] } ?? []) + shadows
    }

    /// How many versions may compute beside the answer.
    static let shadowsMax = 4

    init(_ limen: HookDocumentReader, mode: HookService.Mode) throws(HookServiceError) {
        canary = try limen.optionalObject("canary").map { (object) throws(HookServiceError) in
            try Self.canary(object)
        }
        var names: [String] = []
        for (index, value) in (try limen.array("shadow") ?? []).enumerated() {
            guard let name = value.stringValue, !name.isEmpty else {
                throw limen.error(
                    .wrongType,
                    "shadow[\(index)]",
                    "the name of a profile is expected"
                )
            }
            names.append(name)
        }
        shadows = names
        guard names.count <= Self.shadowsMax else {
            throw limen.error(.tooMany, "shadow", "at most \(Self.shadowsMax) versions are allowed")
        }
        let all = (limen.json["profile"]?.stringValue.map { [$0] } ?? []) + profiles
        guard Set(all).count == all.count else {
            throw limen.error(.duplicate, "shadow", "each version has one place")
        }
        guard mode == .live || profiles.isEmpty else {
            throw limen.error(
                .valueSet,
                "mode",
                "a service that shows nothing has no versions on trial"
            )
        }
    }

    /// The folders that a document names beside `profile`; read before they are loaded.
    package static func profiles(of document: JSONDocument) -> [String] {
        let limen = document.root["limen"]
        let canary = limen?["canary"]?["profile"]?.stringValue
        return (canary.map { [$0] } ?? [])
            + (limen?["shadow"]?.elements.compactMap(\.stringValue) ?? [])
    }

    private static func canary(
        _ object: HookDocumentReader
    ) throws(HookServiceError) -> Canary {
        try object.allow(["profile", "share", "salt", "bounds"])
        let profile = try object.text("profile")
        guard let share = try rate("share", object) else {
            throw object.error(.missing, "share", "a required member is missing")
        }
        // A canary is judged against the live version in the same time; where nobody gets that
        // one, no bound could ever be left.
        guard share < 1 else {
            throw object.error(
                .valueSet,
                "share",
                "a number from 0 to below 1 is expected: a canary for all patients has nothing to "
                    + "be judged against; a version for all is promoted"
            )
        }
        let salt = try object.text("salt")
        let bounds = try object.optionalObject("bounds").map {
            (reader) throws(HookServiceError) in try Self.bounds(reader)
        }
        return Canary(
            profile: profile,
            share: share,
            salt: salt,
            bounds: bounds ?? CanaryBounds()
        )
    }

    private static func bounds(
        _ object: HookDocumentReader
    ) throws(HookServiceError) -> CanaryBounds {
        try object.allow(["refusal", "error", "slow", "slowAfter", "minimum", "alpha"])
        var bounds = CanaryBounds()
        bounds.refusal = try rate("refusal", object) ?? bounds.refusal
        bounds.error = try rate("error", object) ?? bounds.error
        bounds.slow = try rate("slow", object) ?? bounds.slow
        if object.json["slowAfter"] != nil {
            bounds.slowAfterMicroseconds = try HookService.duration(object, "slowAfter")
        }
        if let value = object.json["minimum"] {
            guard let minimum = value.integerValue, (10...1_000_000).contains(minimum) else {
                throw object.error(.valueSet, "minimum", "10 to 1000000 cases are expected")
            }
            bounds.minimum = minimum
        }
        if let alpha = try rate("alpha", object) {
            guard alpha >= 1e-9, alpha <= 0.2 else {
                throw object.error(.valueSet, "alpha", "0.000000001 to 0.2 is expected")
            }
            bounds.alpha = alpha
        }
        return bounds
    }

    /// Reads a number from 0 to 1.
    private static func rate(
        _ name: String,
        _ object: HookDocumentReader
    ) throws(HookServiceError) -> Double? {
        guard let value = object.json[name] else { return nil }
        guard let number = value.decimalValue?.doubleValue, number >= 0, number <= 1 else {
            throw object.error(.valueSet, name, "a number from 0 to 1 is expected")
        }
        return number
    }
}

package import Basics
package import JSON

/// The body of a hook call, checked.
///
///     { "hook": "patient-view", "hookInstance": "d1577c69-...",
///       "context": { "userId": "Practitioner/p", "patientId": "1288992" },
///       "prefetch": { "patient": { "resourceType": "Patient", "id": "1288992" } } }
///
/// CDS Hooks 2.0, "Calling a CDS Service". Members it does not know are ignored. An access token
/// is not read here: only whether one was sent is kept.
package struct HookRequest: Sendable {
    /// What a reviewer should know of a request that was accepted.
    package enum Flag: String, Sendable, CaseIterable {
        /// `context.patientId` was a reference, not a bare id.
        case patientIDPrefix = "patient-id-prefix"
        /// `context.encounterId` was a reference, not a bare id.
        case encounterIDPrefix = "encounter-id-prefix"
        /// The user stood at the top level, as before CDS Hooks 1.0.
        case legacyUser = "legacy-user"
        /// `context.userId` is no relative reference.
        case userShape = "user-shape"
        /// `fhirAuthorization` was sent without `fhirServer`.
        case authorizationWithoutServer = "authorization-without-server"
        /// A field of the context stood under another name, or in a wrapper, that is seen in the field.
        case legacyContextField = "legacy-context-field"
        /// A prefetch Bundle has a `next` link: there are more data than were sent.
        case paged = "paged-prefetch"
        /// The client reported an error for a part of what a prefetch key asks for, or a part of it is
        /// lacking.
        case partial = "partial-prefetch"
        /// A prefetch value was in the wrapper used before CDS Hooks 1.0.
        case wrapper = "prefetch-wrapper"
        /// A prefetch Bundle holds an OperationOutcome that is a mere warning.
        case outcomeWarning = "prefetch-outcome-warning"
        /// A prefetch Bundle holds an OperationOutcome by which not everything came, whatever its
        /// severity.
        case outcomeIncomplete = "prefetch-outcome-incomplete"
        /// A Bundle entry holds no resource that can be read.
        case entryWithoutResource = "entry-without-resource"
        /// A prefetch Bundle says that there are more matches than it holds, or a number that cannot
        /// be read, and has no `next` link.
        case fewerThanTotal = "prefetch-fewer-than-total"
        /// A prefetch key holds nothing of the type that its template asks for.
        case otherType = "prefetch-other-type"
        /// A prefetch Bundle holds versions that were (type `history`); nothing of it is used.
        case history = "prefetch-history"
        /// The request has prefetch keys that the service does not declare.
        case undeclaredKeys = "undeclared-prefetch-keys"
    }

    /// The whole body, for what is read only when it is needed.
    package let document: JSONValue
    /// The name of the hook.
    package let hook: String
    /// The identifier of this firing of the hook.
    package let hookInstance: UUIDBytes
    /// The base of the client's FHIR server.
    package let fhirServer: String?
    /// Whether the client sent an access token.
    package let hasAuthorization: Bool
    /// The checked context.
    package let context: HookContext
    /// The `prefetch` object, when there is one; read with `Prefetch`.
    package let prefetch: JSONValue?
    /// The moment to evaluate as of, when the client asks for a replay.
    package let replayAt: Instant?
    /// Whether the client asks for the grounds of the cards.
    package let wantsExplanation: Bool
    /// What a reviewer should know.
    package let flags: Set<Flag>

    /// The extension of a request that asks for a replay as of a moment (a FHIR instant).
    package static let replayExtension = "org.limen.replayAt"
    /// The extension of a request and of its response that holds the grounds of the cards.
    package static let explainExtension = "org.limen.explain"

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - document: the body.
    ///   - definition: what a hook puts into the context, by its name.
    /// - Throws: `HookRequestError` with the place of the first fault.
    package init(
        reading document: JSONDocument,
        definition: (String) -> HookDefinition = HookDefinition.named
    ) throws(HookRequestError) {
        let root = document.root
        guard root.kind == .object else {
            throw .wrongType(root, "", accepted: "an object")
        }
        self.document = root
        var flags: Set<Flag> = []
        hook = try root.requiredText("hook", at: "")
        hookInstance = try Self.instance(root)
        fhirServer = try root.optionalText("fhirServer", at: "")
        hasAuthorization = try root.optionalObject("fhirAuthorization", at: "") != nil
        if hasAuthorization, fhirServer == nil { flags.insert(.authorizationWithoutServer) }
        context = try HookContext(
            reading: try root.requiredObject("context", at: ""),
            legacyUser: root["user"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 },
            of: definition(hook),
            flags: &flags
        )
        prefetch = try root.optionalObject("prefetch", at: "")
        let ours = try root.optionalObject("extension", at: "")
        replayAt = try ours.flatMap { (ours) throws(HookRequestError) in try Self.replay(ours) }
        wantsExplanation =
            try ours.map { (ours) throws(HookRequestError) in
                try Self.explains(ours)
            } ?? false
        self.flags = flags
    }

    private static func instance(_ root: JSONValue) throws(HookRequestError) -> UUIDBytes {
        let text = try root.requiredText("hookInstance", at: "")
        guard let instance = UUIDBytes(text: text) else {
            throw HookRequestError(
                code: .notUUID,
                pointer: "/hookInstance",
                offset: root["hookInstance"]?.byteOffset,
                sentence: "the text is no UUID",
                accepted: "a UUID (RFC 9562)"
            )
        }
        return instance
    }

    private static func explains(_ ours: JSONValue) throws(HookRequestError) -> Bool {
        guard let value = ours[explainExtension] else { return false }
        guard let wish = value.boolValue else {
            throw .wrongType(value, "/extension/" + explainExtension, accepted: "true or false")
        }
        return wish
    }

    private static func replay(_ ours: JSONValue) throws(HookRequestError) -> Instant? {
        guard let value = ours[replayExtension] else { return nil }
        guard let text = value.stringValue, let instant = Instant(rfc3339: text) else {
            throw HookRequestError(
                code: .notInstant,
                pointer: "/extension/" + replayExtension,
                offset: value.byteOffset,
                sentence: "the value is no instant",
                accepted: "a FHIR instant, such as 2026-05-04T10:00:00Z"
            )
        }
        return instant
    }
}

package import Basics
package import JSON

/// What each check makes of a token, for the operator who asks why a client is refused.
///
/// A verifier stops at the first failure; this makes every check. It shows what the header and the
/// claims say, which is no secret. The signature is a credential while the token lives, so only its
/// length is told.
package struct TokenExplanation: Sendable {
    /// One check.
    package struct Step: Sendable, Equatable {
        /// How it ended.
        package enum Verdict: Sendable, Equatable {
            case passed
            case failed(TokenRejection)
            /// Nothing is known to check against.
            case open
        }

        /// The member or the thing that is checked, such as `aud`.
        package let name: String
        /// How it ended.
        package let verdict: Verdict
        /// What the token has there, as JSON; `nil` when it has nothing.
        package let found: String?
        /// What would be accepted.
        package let accepted: String
    }

    /// What is known of the issuer; a part that is not known leaves its checks open.
    package struct Knowledge: Sendable {
        /// What is demanded.
        package var policy: TokenPolicy
        /// Whether the issuer is known.
        package var hasIssuer: Bool
        /// Whether our own URLs are known.
        package var hasAudiences: Bool
        /// Whether the keys are known.
        package var hasKeys: Bool

        /// Knows a policy, or the defaults when there is none.
        package init(
            policy: TokenPolicy = TokenPolicy(issuer: "", audiences: [], keys: KeySet([])),
            hasIssuer: Bool = false,
            hasAudiences: Bool = false,
            hasKeys: Bool = false
        ) {
            self.policy = policy
            self.hasIssuer = hasIssuer
            self.hasAudiences = hasAudiences
            self.hasKeys = hasKeys
        }
    }

    /// The header, when it can be read.
    package let header: JSONValue?
    /// The claims, when they can be read.
    package let claims: JSONValue?
    /// The length of the signature in bytes.
    package let signatureByteCount: Int
    /// The checks in the order in which they are made.
    package let steps: [Step]

    /// Examines a token.
    package init(of compact: [UInt8], _ knowledge: Knowledge, now: Instant) {
        let signed: CompactSignature
        do throws(TokenRejection) {
            signed = try CompactSignature(parsing: compact)
        } catch {
            self.init(failed: error)
            return
        }
        let token: UnverifiedToken
        do throws(TokenRejection) {
            token = try UnverifiedToken(parsing: compact)
        } catch {
            self.init(failed: error, header: signed.header, byteCount: signed.signature.count)
            return
        }
        let examination = TokenExamination(token, knowledge.policy, now: now)
        let texts = TokenExpectation(examination: examination, knowledge: knowledge)
        let checked = TokenCheck.allCases.map { check in
            Step(
                name: check.rawValue,
                verdict: texts.verdict(of: check),
                found: texts.found(by: check),
                accepted: texts.accepted(by: check)
            )
        }
        self.init(
            header: signed.header,
            claims: token.claims,
            signatureByteCount: signed.signature.count,
            steps: [Self.form(.passed)] + checked
        )
    }

    private init(
        header: JSONValue?,
        claims: JSONValue?,
        signatureByteCount: Int,
        steps: [Step]
    ) {
        self.header = header
        self.claims = claims
        self.signatureByteCount = signatureByteCount
        self.steps = steps
    }

    private init(failed rejection: TokenRejection, header: JSONValue? = nil, byteCount: Int = 0) {
        self.init(
            header: header,
            claims: nil,
            signatureByteCount: byteCount,
            steps: [Self.form(.failed(rejection))]
        )
    }

    /// Why the token is refused: the first check that fails.
    package var rejection: TokenRejection? {
        for step in steps {
            if case .failed(let rejection) = step.verdict { return rejection }
        }
        return nil
    }

    /// Whether a check could not be made.
    package var isOpen: Bool { steps.contains { $0.verdict == .open } }

    private static func form(_ verdict: Step.Verdict) -> Step {
        Step(
            name: "form",
            verdict: verdict,
            found: nil,
            accepted: "three parts in base64url without padding, at most "
                + "\(Limits.tokenBytesMax) bytes; header and claims JSON objects, no name twice"
        )
    }
}

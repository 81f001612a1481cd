import Audit
import Basics

/// One change for each column of a row, as somebody with every right could make it.
package enum RowChanges {
    /// A change and what it is called.
    package struct Change: Sendable {
        /// The column.
        package let column: String
        /// Makes it.
        package let make: @Sendable (inout StoredRow) -> Void

        init(_ column: String, _ make: @escaping @Sendable (inout StoredRow) -> Void) {
            self.column = column
            self.make = make
        }

        fileprivate static func row(
            _ column: String,
            _ make: @escaping @Sendable (inout AuditRow) -> Void
        ) -> Change {
            Change(column) { stored in
                guard var row = stored.row else { return }
                make(&row)
                stored.row = row
            }
        }

        fileprivate static func text(
            _ column: String,
            _ path: any WritableKeyPath<AuditRow, String?> & Sendable
        ) -> Change {
            .row(column) { $0[keyPath: path] = ($0[keyPath: path] ?? "") + "x" }
        }

        fileprivate static func bytes(
            _ column: String,
            _ path: any WritableKeyPath<AuditRow, [UInt8]?> & Sendable
        ) -> Change {
            .row(column) { $0[keyPath: path]?[0] ^= 1 }
        }

        /// A change of the first card; nothing where a change before it took them all.
        fileprivate static func card(
            _ column: String,
            _ make: @escaping @Sendable (inout AuditRow.Card) -> Void
        ) -> Change {
            .row(column) { if !$0.shownCards.isEmpty { make(&$0.shownCards[0]) } }
        }

        /// A change of the first feedback; nothing where a change before it took it away.
        fileprivate static func feedback(
            _ column: String,
            _ make: @escaping @Sendable (inout AuditRow.Feedback) -> Void
        ) -> Change {
            .row(column) { if !$0.feedback.isEmpty { make(&$0.feedback[0]) } }
        }

        fileprivate static func uuid(
            _ column: String,
            _ path: any WritableKeyPath<AuditRow, UUIDBytes?> & Sendable
        ) -> Change {
            .row(column) { $0[keyPath: path] = UUIDBytes(high: 1, low: 1) }
        }
    }

    /// The changes of the columns of `audit.event`, of its cards and of its feedback.
    package static let all: [Change] = [
        .row("tenant") { $0.tenant = $0.tenant == "anna" ? "berta" : "anna" },
        .row("started_at") { $0.startedAt = $0.startedAt.advanced(byMicroseconds: 1) },
        .row("event_id") { $0.eventID = UUIDBytes(high: 2, low: 2) },
        .row("kind") { $0.kind = "evaluation" },
        .row("outcome") { $0.outcome = "no-cards" },
        .row("status") { $0.status = 412 },
        .row("schema_version") { $0.schemaVersion = 1 },
        .row("replayed_at") { $0.replayedAt = nil },
        .text("client", \.client), .text("service", \.service), .text("hook", \.hook),
        .uuid("hook_instance", \.hookInstance),
        .row("arm") { $0.arm = "canary" },
        .bytes("patient_pseudonym", \.patientPseudonym),
        .bytes("user_pseudonym", \.userPseudonym),
        .bytes("encounter_pseudonym", \.encounterPseudonym),
        .row("pseudonym_epoch") { $0.pseudonymEpoch = 2 },
        .row("card_ids") { _ = $0.cardIDs.popLast() },
        .text("indicator", \.indicator),
        .row("missing_inputs") { $0.missingInputs = [] },
        .text("reason_code", \.reasonCode),
        .bytes("trace_id", \.traceID), .bytes("parent_span_id", \.parentSpanID),
        .row("flags") { $0.flags = [] },
        .uuid("caused_by", \.causedBy),
        .bytes("artifacts", \.artifacts), .bytes("inputs", \.inputs),
        .bytes("rejections", \.rejections), .bytes("result", \.result), .bytes("cards", \.cards),
        .bytes("request_digest", \.requestDigest), .bytes("response_digest", \.responseDigest),
        .bytes("stage_microseconds", \.stageMicroseconds), .bytes("details", \.details),
        .row("duration_microseconds") { $0.durationMicroseconds = 1 },
        .text("client_method", \.clientMethod), .text("client_key", \.clientKey),
        .text("client_algorithm", \.clientAlgorithm),
        .bytes("token_digest", \.tokenDigest),
        .bytes("certificate_digest", \.certificateDigest),
        .text("peer_address", \.peerAddress), .text("hook_version", \.hookVersion),
        .text("program_version", \.programVersion),
        .uuid("key_id", \.keyID),
        .bytes("sealed_patient", \.sealedPatient), .bytes("sealed_user", \.sealedUser),
        .bytes("sealed_encounter", \.sealedEncounter), .bytes("sealed_inputs", \.sealedInputs),
        .bytes("sealed_rejections", \.sealedRejections), .bytes("sealed_result", \.sealedResult),
        .bytes("sealed_cards", \.sealedCards),
        Change("recorded_at") { $0.recordedAt = $0.recordedAt.advanced(byMicroseconds: 1) },
        Change("leaf_hash") { $0.leafHash[31] ^= 1 },
        Change("tableoid") { $0.relation = "event_197001" },
        .card("card.card_id") { $0.cardID = UUIDBytes(high: 3, low: 3) },
        .card("card.name") { $0.name = "other" },
        .row("card deleted") { _ = $0.shownCards.popLast() },
        .row("card added") {
            $0.shownCards.append(AuditRow.Card(cardID: UUIDBytes(high: 4, low: 4), name: nil))
        },
        .feedback("feedback.item") { $0.item = 1 },
        .feedback("feedback.card_id") { $0.cardID = UUIDBytes(high: 5, low: 5) },
        .feedback("feedback.outcome") { $0.outcome = "overridden" },
        .feedback("feedback.accepted_suggestions") { $0.acceptedSuggestions = [] },
        .feedback("feedback.override_reason") { $0.overrideReason = nil },
        .feedback("feedback.user_comment") { $0.userComment = "other" },
        .feedback("feedback.outcome_at") { $0.outcomeAt = nil },
        .feedback("feedback.key_id") { $0.keyID = nil },
        .feedback("feedback.sealed_comment") { $0.sealedComment?[0] ^= 1 },
        .row("feedback deleted") { $0.feedback = [] },
        .row("feedback added") { if let first = $0.feedback.first { $0.feedback.append(first) } },
    ]
}

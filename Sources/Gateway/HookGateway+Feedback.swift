import Audit
import CDSHooks
import Crypto
import JSON
import Telemetry

/// Feedback: what became of the cards (CDS Hooks 2.0, feedback).
extension HookGateway {
    /// Reads the body and notes every item; a card nobody knows is kept like any other.
    func readFeedback(
        _ body: [UInt8],
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        exchange.record.requestDigest = exchange.key.authenticate(body)
        let document: JSONDocument
        do {
            document = try Self.document(body)
        } catch {
            throw GatewayError(malformed: error)
        }
        if let client = exchange.client { try TenantClaim.check(document.root, for: client) }
        let feedback: FeedbackRequest
        do {
            feedback = try FeedbackRequest(reading: document)
        } catch {
            throw GatewayError(malformed: error)
        }
        exchange.record.kind = .feedback
        exchange.record.outcome = .done
        exchange.record.flags += feedback.flags.map(\.rawValue).sorted()
        if let seconds = exchange.client?.feedbackSeconds {
            // When the card was shown is known to the trail, which tells what came too late.
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("feedbackWithinSeconds", seconds)
            writer.endObject()
            exchange.record.details = writer.bytes
        }
        let service = exchange.record.service ?? ""
        for item in feedback.items {
            var row = AuditFeedback(cardID: item.card, outcome: item.outcome.rawValue)
            row.acceptedSuggestions = item.acceptedSuggestions
            row.overrideReason = item.overrideReason
            row.userComment = item.userComment
            row.outcomeAt = item.outcomeAt
            exchange.record.feedback.append(row)
            exchange.record.cardIDs.append(item.card)
            metrics.feedback.add(1, [service, item.outcome.rawValue])
        }
    }
}

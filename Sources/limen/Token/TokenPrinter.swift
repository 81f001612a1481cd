import Basics
import JOSE
import JSON

/// A token and its checks as text or JSON.
struct TokenPrinter {
    let explanation: TokenExplanation
    /// Whether the client may call; `nil` when none is named.
    ///
    /// It is asked last, as the gateway does: no token says it.
    let isActive: Bool?
    let now: Instant

    /// Whether the gateway would let nobody in by this token.
    var isRefused: Bool { explanation.rejection != nil || isActive == false }

    private static let inactive = (
        sentence: "the client is not active", reason: "inactive-client",
        accepted: #""active": true in its document, or nothing"#
    )

    /// Header, claims, a line for each check, and the verdict.
    var text: String {
        var lines: [String] = []
        if let header = explanation.header { lines += ["header", "  " + compact(header)] }
        if let claims = explanation.claims { lines += ["claims", "  " + compact(claims)] }
        lines.append("checks at " + now.text)
        var table = TextTable()
        for step in explanation.steps {
            table.append([mark(step.verdict), step.name, step.found ?? "-"])
        }
        if let isActive { table.append([isActive ? "ok" : "FAIL", "active", String(isActive)]) }
        let rows = table.lines(indent: "  ")
        // What would be accepted goes below the line it belongs to: columns would be too wide.
        for (step, line) in zip(explanation.steps, rows) {
            lines.append(line)
            switch step.verdict {
            case .passed: continue
            case .failed(let rejection):
                lines.append("        " + rejection.sentence + " [" + rejection.rawValue + "]")
                lines.append("        accepted: " + step.accepted)
            case .open:
                lines.append("        accepted: " + step.accepted)
            }
        }
        lines += rows.dropFirst(explanation.steps.count)
        if isActive == false {
            lines.append("        \(Self.inactive.sentence) [\(Self.inactive.reason)]")
            lines.append("        accepted: " + Self.inactive.accepted)
        }
        lines.append(verdict)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for programs.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("at", now.text)
        writer.member("accepted", !isRefused && !explanation.isOpen)
        if let rejection = explanation.rejection {
            writer.member("rejection", rejection.rawValue)
        } else if isRefused {
            writer.member("rejection", Self.inactive.reason)
        }
        if let header = explanation.header {
            writer.name("header")
            writer.compactValue(header)
        }
        if let claims = explanation.claims {
            writer.name("claims")
            writer.compactValue(claims)
        }
        writer.member("signatureBytes", explanation.signatureByteCount)
        writer.name("checks")
        writer.beginArray()
        for step in explanation.steps { write(step, &writer) }
        if let isActive { write(isActive: isActive, &writer) }
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }

    private func write(_ step: TokenExplanation.Step, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("check", step.name)
        switch step.verdict {
        case .passed: writer.member("verdict", "passed")
        case .open: writer.member("verdict", "open")
        case .failed(let rejection):
            writer.member("verdict", "failed")
            writer.member("rejection", rejection.rawValue)
            writer.member("sentence", rejection.sentence)
        }
        if let found = step.found { writer.member("found", found) }
        writer.member("accepted", step.accepted)
        writer.endObject()
    }

    private func write(isActive: Bool, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("check", "active")
        writer.member("verdict", isActive ? "passed" : "failed")
        if !isActive {
            writer.member("rejection", Self.inactive.reason)
            writer.member("sentence", Self.inactive.sentence)
        }
        writer.member("found", String(isActive))
        writer.member("accepted", Self.inactive.accepted)
        writer.endObject()
    }

    private var verdict: String {
        if let rejection = explanation.rejection {
            return "refused: " + rejection.sentence
        }
        if isRefused { return "refused: " + Self.inactive.sentence }
        if explanation.isOpen {
            return "open: nothing speaks against it, but not all could be checked; "
                + "say --client, or --jwks, --issuer and --audience"
        }
        return "accepted, unless it was used before"
    }

    private func mark(_ verdict: TokenExplanation.Step.Verdict) -> String {
        switch verdict {
        case .passed: "ok"
        case .failed: "FAIL"
        case .open: "open"
        }
    }

    private func compact(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.compactValue(value)
        return writer.text
    }
}

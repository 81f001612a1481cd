import Basics
package import JSON

extension AuditRecord {
    /// Writes the record as one JSON object, its JSON fields as they were stored.
    ///
    ///     {"eventId":"0199...","tenant":"demo","kind":"decision","outcome":"cards","status":200,
    ///      "startedAt":"2026-11-21T00:30:03.123Z","service":"news2", ... "cards":[...]}
    ///
    /// What the record does not have is left out, never null.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
    }

    /// Writes the members of that object, for a caller who adds some of his own.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("eventId", eventID.text)
        writer.member("tenant", tenant)
        writer.member("kind", kind.rawValue)
        writer.member("outcome", outcome.rawValue)
        writer.member("status", status)
        writer.member("startedAt", startedAt.text)
        writer.member("replayedAt", ifPresent: replayedAt?.text)
        writer.member("client", ifPresent: client)
        writer.member("service", ifPresent: service)
        writer.member("hook", ifPresent: hook)
        writer.member("hookInstance", ifPresent: hookInstance?.text)
        writer.member("arm", ifPresent: arm?.rawValue)
        writeCaller(to: &writer)
        writer.member("causedBy", ifPresent: causedBy?.text)
        writer.member("patient", ifPresent: patientReference)
        writer.member("user", ifPresent: userReference)
        writer.member("encounter", ifPresent: encounterReference)
        if let pseudonymEpoch { writer.member("pseudonymEpoch", pseudonymEpoch) }
        writer.member("patientPseudonym", ifPresent: patientPseudonym.map(hexadecimal))
        writer.member("userPseudonym", ifPresent: userPseudonym.map(hexadecimal))
        writer.member("encounterPseudonym", ifPresent: encounterPseudonym.map(hexadecimal))
        writer.member("traceId", ifPresent: traceID.map(hexadecimal))
        writer.member("parentSpanId", ifPresent: parentSpanID.map(hexadecimal))
        writer.member("reasonCode", ifPresent: reasonCode)
        writer.member("indicator", ifPresent: indicator)
        writer.list("missingInputs", missingInputs)
        writer.list("flags", flags)
        writer.list("cardIds", cardIDs.map(\.text))
        writer.document("details", details)
        writer.document("artifacts", artifacts)
        writer.document("inputs", inputs)
        writer.document("rejections", rejections)
        writer.document("result", result)
        writer.document("cards", cards)
        writer.document("stageMicroseconds", stageMicroseconds)
        writer.member("requestDigest", ifPresent: requestDigest.map(hexadecimal))
        writer.member("responseDigest", ifPresent: responseDigest.map(hexadecimal))
        guard !feedback.isEmpty else { return }
        writer.name("feedback")
        writer.beginArray()
        for item in feedback { item.write(to: &writer) }
        writer.endArray()
    }

    /// Writes how the caller proved who it is, and what it spoke to.
    private func writeCaller(to writer: inout JSONWriter) {
        writer.member("clientMethod", ifPresent: clientMethod)
        writer.member("clientKey", ifPresent: clientKey)
        writer.member("clientAlgorithm", ifPresent: clientAlgorithm)
        writer.member("tokenDigest", ifPresent: tokenDigest.map(hexadecimal))
        writer.member("certificateDigest", ifPresent: certificateDigest.map(hexadecimal))
        writer.member("peerAddress", ifPresent: peerAddress)
        writer.member("hookVersion", ifPresent: hookVersion)
        writer.member("programVersion", ifPresent: programVersion)
        if let durationMicroseconds {
            writer.member("durationMicroseconds", Int(clamping: durationMicroseconds))
        }
    }
}

extension AuditFeedback {
    /// Writes the item as one JSON object, named as in CDS Hooks 2.0, feedback.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
    }

    /// Writes the members of that object, for a caller who adds some of his own.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("card", cardID.text)
        writer.member("outcome", outcome)
        writer.list("acceptedSuggestions", acceptedSuggestions)
        writer.member("overrideReason", ifPresent: overrideReason)
        writer.member("userComment", ifPresent: userComment)
        writer.member("outcomeTimestamp", ifPresent: outcomeAt?.text)
    }
}

extension JSONWriter {
    /// Writes a member with a list of texts, or nothing when it is empty.
    fileprivate mutating func list(_ name: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        self.name(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    /// Writes a member with text that is JSON already, or nothing when there is none.
    fileprivate mutating func document(_ name: String, _ json: [UInt8]?) {
        guard let json else { return }
        self.name(name)
        rawValue(json)
    }
}

/// Bytes as hexadecimal text in lower case.
func hexadecimal(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
    return String(decoding: text, as: UTF8.self)
}

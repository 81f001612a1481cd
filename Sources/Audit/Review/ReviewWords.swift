package import JSON

/// Words of a person that may speak of a patient, and so are sealed where they are kept.
package struct ReviewWords: Sendable, Equatable {
    /// The words; `nil` when they cannot be read.
    package let text: String?
    /// Whether they could be read.
    package let sealing: StoredEvent.Sealing

    /// Takes words that were never sealed, or are not yet.
    package init(_ text: String) {
        self.text = text
        sealing = .plain
    }

    /// Takes words that were opened; with none, the reason why they could not be.
    package init(_ text: String?, _ sealing: StoredEvent.Sealing) {
        self.text = text
        self.sealing = sealing
    }

    /// The words for a page, or why there are none.
    package var shown: String { text ?? "(" + sealing.rawValue + ")" }

    /// Writes a member with the words; without them one that says why.
    package func write(_ name: String, to writer: inout JSONWriter) {
        if let text {
            writer.member(name, text)
        } else {
            writer.member(name + "Is", sealing.rawValue)
        }
    }
}

/// Why something of the ledger cannot be read or believed.
///
/// It carries no text of what was read.
package struct LedgerError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The text is no signed note (C2SP signed-note).
        case noteMalformed = "LIMEN-LEDGER-001"
        /// No key that is trusted has signed the note.
        case noteUntrusted = "LIMEN-LEDGER-002"
        /// A key that is trusted is named by the note, and its signature is wrong.
        case noteForged = "LIMEN-LEDGER-003"
        /// The note is no checkpoint (C2SP tlog-checkpoint).
        case checkpointMalformed = "LIMEN-LEDGER-004"
        /// The text is no key of a note.
        case keyMalformed = "LIMEN-LEDGER-005"
        /// The bytes are no entry of the tree.
        case entryMalformed = "LIMEN-LEDGER-006"
        /// The bytes are no batch.
        case batchMalformed = "LIMEN-LEDGER-007"
        /// The text is no receipt.
        case receiptMalformed = "LIMEN-LEDGER-008"
    }

    /// What is wrong.
    package let code: Code

    /// Makes an error.
    package init(_ code: Code) {
        self.code = code
    }
}

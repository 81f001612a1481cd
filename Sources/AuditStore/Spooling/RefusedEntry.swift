package import Basics
import PostgreSQL
package import Spool

/// An entry of the spool that the database has refused, without anything of its rows.
package struct RefusedEntry: Equatable, Sendable {
    /// The segment it lies in.
    package let segment: UInt64
    /// Its number in the session.
    package let sequence: UInt64
    /// The log that waits behind it.
    package let log: UUIDBytes
    /// How many rows it holds.
    package let rowCount: Int
    /// When it was taken.
    package let at: Instant
    /// The SQLSTATE; `nil` for an entry that this program cannot read.
    package let sqlState: String?

    /// Makes a note of an entry.
    package init(_ entry: SpooledEntry, sqlState: String?) {
        segment = entry.segment
        sequence = entry.sequence
        log = entry.entry.log
        rowCount = entry.entry.rowCount
        at = entry.at
        self.sqlState = sqlState
    }

    /// Reads a note: six words on a line; `nil` when it is none.
    package init?(line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 6, let segment = UInt64(words[0]), let sequence = UInt64(words[1]),
            let log = UUIDBytes(text: String(words[2])), let rowCount = Int(words[3]),
            let microseconds = Int64(words[4])
        else { return nil }
        self.segment = segment
        self.sequence = sequence
        self.log = log
        self.rowCount = rowCount
        at = Instant(microseconds: microseconds)
        sqlState = words[5] == "-" ? nil : String(words[5])
    }

    /// The note as a line.
    package var line: String {
        "\(segment) \(sequence) \(log.text) \(rowCount) \(at.microseconds) \(sqlState ?? "-")"
    }

    /// The name by which `limen audit spool show` takes it.
    package var name: String { "\(segment)/\(sequence)" }

    /// What the refusal means and what mends it (PostgreSQL manual, appendix A).
    package var sentence: String {
        guard let sqlState else {
            return
                "this version of the program does not know its form; start the version that wrote "
                + "it, or a later one"
        }
        if sqlState == "LV005" {
            return
                "its rows are sealed under a wrapping key that was removed (limen audit keys remove): "
                + "this gateway was started with an old key file while the database was away. They "
                + "are whole here and open with that file: keep it and this folder, do not start "
                + "with the file again, and bring the key file up to date (SIGHUP)"
        }
        switch sqlState.prefix(2) {
        case "23":
            return
                "a constraint of the tables refuses a row; run limen doctor, and limen migrate when "
                + "migrations are missing"
        case "42":
            return
                "a right, a table, a column or a function is missing; run limen doctor and limen "
                + "migrate"
        case "22":
            return
                "a value has a form that the tables do not take; this is a fault of the program, "
                + "please report it with the SQLSTATE"
        case "08", "25", "40", "53", "55", "57", "58", "XX":
            return
                "the server fails at it time and again, though it writes others; it is tried again "
                + "after a minute, and then ever more seldom up to once an hour; the log of the "
                + "server says why at this time"
        case "28": return "the login is refused; see to limen_writer"
        default:
            return "the server refuses it; see its log at this time for the SQLSTATE"
        }
    }

    /// The statements of an entry and how many bytes their values have; `nil` when this program
    /// does not know its form.
    package static func statements(
        of entry: SpoolEntry
    ) -> [(name: String, byteCount: Int)]? {
        FlightScript(encoded: entry.bytes)?.statements
            .map { (name: $0.name.description, byteCount: $0.values.byteCount) }
    }
}

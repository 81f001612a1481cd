import AuditStore
import Audit
import Basics
import Crypto
import JSON
import Ledger
import Posix
import PostgreSQL

/// `limen audit verify`: whether the trail is as it was written.
///
/// It needs the role `limen_verifier` and public keys, and no key of a tenant.
enum AuditVerifyCommand {
    /// Verifies the tables, or one receipt.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit")
        guard parsed.words == ["verify"] else {
            throw CommandError(.usage, "say limen audit verify, with options only")
        }
        if let path = parsed.value("receipt") { return try receipt(path, parsed) }
        let access = try LedgerAccess.choose(parsed)
        let since = try ZoneOffset.moment("since", parsed)
        var outside: [CheckpointFile] = []
        for path in parsed.all("outside") {
            let file = try CheckpointFile(path, keys: access.keys)
            guard file.isThere else {
                throw CommandError(.badInput, "\(path), named with --outside, is not there")
            }
            outside.append(file)
        }
        let namedCount = outside.count
        for path in access.copies { outside.append(try CheckpointFile(path, keys: access.keys)) }
        let started = Clock.monotonicMilliseconds()
        let report: LedgerReport
        do throws(PostgreSQLError) {
            let source = try PostgreSQLLedgerSource(access.settings, since: since)
            var verifier = LedgerVerifier(
                source,
                knowledge: .init(
                    keys: access.keys,
                    since: since,
                    now: Clock.now(),
                    unsignedMicrosecondsMax: max(
                        Limits.ledgerUnsignedMicrosecondsMax,
                        2_000_000 * Int64(LedgerKeeper.periodSeconds)
                    )
                ),
                outside: OutsideCheckpoints(runs: outside.flatMap(\.outside))
            )
            report = try verifier.run()
        } catch {
            throw CommandError(
                .unavailable,
                "the trail cannot be read as limen_verifier (\(error.code.rawValue))"
            )
        }
        if let broken = outside.first(where: \.isBroken) {
            throw CommandError(
                .unavailable,
                "what was read of \(broken.path) could not be kept in a temporary file"
            )
        }
        let milliseconds = Int(Clock.monotonicMilliseconds() - started)
        let printer = LedgerPrinter(report: report, copies: outside)
        Terminal.writeOutput(
            parsed.has("json") ? printer.json + "\n" : printer.text(milliseconds: milliseconds)
        )
        // A copy that is configured and gone is what somebody leaves who cuts off the end.
        let isLost = outside.dropFirst(namedCount).contains { $0.isLost(report) }
        let isSpoiled = outside.contains { $0.spoiledCount > 0 }
        return report.isClean && !isLost && !isSpoiled ? .ok : .findings
    }

    private static func receipt(
        _ path: String,
        _ parsed: Arguments
    ) throws(CommandError) -> ExitCode {
        let keys = try LedgerAccess.keys(parsed)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path, bytesMax: 64 << 20)
        } catch {
            throw StateFolder.failure(error, path)
        }
        do throws(LedgerError) {
            let statement = try Receipt(json: bytes).verified(by: keys)
            Terminal.writeOutput(
                "the row \(statement.row.eventID.text) of \(statement.row.startedAt.text) is as it "
                    + "was written\n  given its place  \(statement.stampedAt.text)\n  covered by     "
                    + "  the checkpoint of \(statement.checkpoint.size) leaves of "
                    + "\(statement.checkpoint.origin)\n"
            )
            return .ok
        } catch {
            Terminal.writeError("limen: the receipt does not hold (\(error.code.rawValue))\n")
            return .findings
        }
    }
}

/// `limen audit prove EVENT`: a receipt that is checked without the database.
enum AuditProveCommand {
    /// Prints the receipt of an event.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit")
        guard parsed.words.count == 2, parsed.words.first == "prove",
            let eventID = UUIDBytes(text: parsed.words[1])
        else {
            throw CommandError(
                .usage,
                "say limen audit prove EVENT, with the UUID that limen audit list shows"
            )
        }
        let access = try LedgerAccess.choose(parsed)
        let receipt: Receipt
        do throws(ReceiptMaker.Refusal) {
            receipt = try ReceiptMaker.receipt(of: eventID, access.settings)
        } catch {
            throw sentence(error)
        }
        // What does not hold is not handed out.
        do throws(LedgerError) {
            _ = try receipt.verified(by: access.keys)
        } catch {
            throw sentence(.damaged)
        }
        Terminal.writeOutput(receipt.json + "\n")
        return .ok
    }

    private static func sentence(_ refusal: ReceiptMaker.Refusal) -> CommandError {
        switch refusal {
        case .noEvent: CommandError(.findings, "there is no such event")
        case .doubled:
            CommandError(
                .findings,
                "several events bear this id, which is to name one; run limen audit verify"
            )
        case .noPlace: CommandError(.findings, "the event has no place in a log yet")
        case .notCovered:
            CommandError(
                .unavailable,
                "no checkpoint covers the event yet; the gateway signs one every few seconds"
            )
        case .damaged:
            CommandError(.findings, "the trail does not prove the event; run limen audit verify")
        case .database(let error):
            CommandError(
                .unavailable,
                "the trail cannot be read as limen_verifier (\(error.code.rawValue))"
            )
        }
    }
}

/// As whom the trail is verified, and with which public keys.
struct LedgerAccess {
    /// How to log in as `limen_verifier`.
    let settings: ConnectionSettings
    /// The keys that are trusted.
    let keys: [NoteKey]
    /// Copies of checkpoints that are known without being named.
    let copies: [String]

    /// The state folder of `limen up`; or, when `PGUSER` is set, the login that it names.
    static func choose(_ parsed: Arguments) throws(CommandError) -> LedgerAccess {
        let keys = try keys(parsed)
        let further = [Terminal.environment(CheckpointCopies.Places.fileName)].compactMap { $0 }
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            return LedgerAccess(
                settings: ConnectionSettings(conninfo: ""),
                keys: keys,
                copies: further
            )
        }
        let database = try AuditDatabase.running(parsed)
        return LedgerAccess(
            settings: try database.existingSettings(as: "limen_verifier"),
            keys: keys,
            copies: [database.state.file("ledger") + "/checkpoints"] + further
        )
    }

    /// The public keys: named, or those of the installation.
    static func keys(_ parsed: Arguments) throws(CommandError) -> [NoteKey] {
        if let path = parsed.value("verifiers") ?? Terminal.environment("LIMEN_LEDGER") {
            return try LedgerFolder.verifiers(path)
        }
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            throw CommandError(.usage, "name the file with the public keys with --verifiers")
        }
        return try LedgerFolder.verifiers(try GatewayClient.statePath(parsed) + "/ledger")
    }
}

import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Ledger
import Posix
import PostgreSQL
import Synchronization

/// What an operator does to the trail's own keys and state: a leaf of the tree and an event.
struct LedgerOperator {
    /// The folder with the key.
    let path: String
    private let chain: ConnectionSettings
    private let writer: ConnectionSettings

    /// The state folder of `limen up`; or, when `PGUSER` is set, what the environment names.
    static func choose(_ parsed: Arguments) throws(CommandError) -> LedgerOperator {
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            return LedgerOperator(
                path: try LedgerFolder.path(nil),
                chain: try login("LIMEN_CHAIN_DATABASE", "limen_chain"),
                writer: try login("LIMEN_WRITER_DATABASE", "limen_writer")
            )
        }
        let database = try AuditDatabase.running(parsed)
        return LedgerOperator(
            path: try LedgerFolder.path(database.state),
            chain: try database.existingSettings(as: "limen_chain"),
            writer: try database.existingSettings(as: "limen_writer")
        )
    }

    private static func login(
        _ name: String,
        _ role: String
    ) throws(CommandError) -> ConnectionSettings {
        guard let conninfo = Terminal.environment(name) else {
            throw CommandError(.badInput, "set \(name) to the connection string of \(role)")
        }
        return ConnectionSettings(conninfo: conninfo)
    }

    /// Whether the trail knows a key.
    func standing(of key: [UInt8]) throws(CommandError) -> SignerStanding {
        do throws(PostgreSQLError) {
            return try Sequencer.standing(of: key, writer)
        } catch {
            throw CommandError(
                .unavailable,
                "the database cannot be asked (\(error.code.rawValue))"
            )
        }
    }

    /// Puts a deed into the tree, signed by the key of a folder, and copies the checkpoint.
    func sign(
        _ deed: LedgerDeed,
        _ folder: LedgerFolder
    ) throws(CommandError) -> Checkpoint {
        let copies = try CheckpointCopies.open(folder)
        for problem in copies.problems { Terminal.writeError("limen: \(problem)\n") }
        if deed == .restored, copies.last == nil {
            throw CommandError(
                .badInput,
                "\(path)/checkpoints holds no checkpoint: what the restored database lacks is not "
                    + "known here; restore that file from outside the database first"
            )
        }
        let problem = Problem()
        let path = path
        do {
            let sequencer = try Sequencer(
                chain,
                identity: try folder.identity(),
                known: copies.last,
                trusted: try folder.keys(),
                periodMilliseconds: 1_000
            ) { event in
                switch event {
                case .signed(let note, _): problem.place = copies.keep(note)
                case .nothingKnown:
                    Terminal.writeError(
                        "limen: the trail was signed before and \(path)/checkpoints holds no copy: "
                            + "whether its end was cut off cannot be told here\n"
                    )
                case .refused, .failed, .recovered, .unreadable: break
                }
            }
            // A gateway that runs has the turn for some milliseconds now and then.
            for _ in 0..<1_000 {
                guard let checkpoint = try sequencer.record(deed) else { continue }
                if let place = problem.place {
                    throw CommandError(
                        .unavailable,
                        "the checkpoint was signed and not copied to \(place); copy it there, or "
                            + "the next start is refused"
                    )
                }
                return checkpoint
            }
        } catch let error as CommandError {
            throw error
        } catch LedgerStateError.unsignedRestore {
            throw CommandError(
                .findings,
                "a leaf since the last checkpoint outside says that a restored database is in force, "
                    + "and nobody has signed it: nothing was signed; run limen audit verify"
            )
        } catch LedgerStateError.rolledBack, LedgerStateError.forked {
            throw CommandError(
                .findings,
                "the database does not go on from the last checkpoint outside of it, and nothing "
                    + "was signed: run limen audit verify; a restored database is put on record "
                    + "with limen audit restored"
            )
        } catch let error as PostgreSQLError {
            throw CommandError(
                .unavailable,
                "the tree cannot be signed as limen_chain (\(error.code.rawValue))"
            )
        } catch {
            throw CommandError(.unavailable, "the tree cannot be signed")
        }
        throw CommandError(.unavailable, "a gateway keeps the tree to itself; try again")
    }

    /// Writes who did it and why as an event of the tenant `system`.
    func record(
        _ kind: AuditRecord.Kind,
        flag: String,
        reason: String,
        _ folder: LedgerFolder,
        _ checkpoint: Checkpoint
    ) async throws(CommandError) {
        let now = Clock.now()
        var record = AuditRecord(
            eventID: .version7(at: now),
            tenant: "system",
            kind: kind,
            outcome: .done,
            startedAt: now,
            status: 200
        )
        var details = JSONWriter()
        details.beginObject()
        details.member("reason", reason)
        details.member("treeSize", Int(clamping: checkpoint.size))
        details.member("key", folder.signer.key.text)
        details.endObject()
        record.flags = [flag]
        record.details = details.bytes
        record.programVersion = RunningService.version
        let migrations = try AuditDatabase.migrationFiles(home: try ConfigurationFiles.home())
        do throws(AuditStoreError) {
            let sink = try PostgreSQLAuditSink.open(
                writer,
                migrations: migrations,
                identity: try Self.identity(folder),
                writerCount: 1
            )
            defer { sink.close() }
            do {
                try await sink.append(record)
            } catch {
                throw AuditStoreError(code: .database)
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    private static func identity(_ folder: LedgerFolder) throws(AuditStoreError) -> LogIdentity {
        do throws(CommandError) {
            return try folder.identity()
        } catch {
            throw AuditStoreError(code: .database)
        }
    }

    /// Where the copy could not be written, as the sequencer tells it.
    private final class Problem: Sendable {
        private let state = Mutex<String?>(nil)

        var place: String? {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }
}

import Audit
import AuditStore
import Basics
import Crypto
import Ledger
import Posix

/// `limen audit signer`: which key signs the trail, and how another one is begun.
///
/// `new` has the old key vouch for the new one in a leaf of the tree. With `--unvouched` the new key
/// vouches for itself: for a gateway that has none yet, and when the old key is lost.
enum SignerCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit signer")
        switch parsed.words {
        case []: return try show(try LedgerOperator.choose(parsed))
        case ["new"]: return try await begin(parsed, try LedgerOperator.choose(parsed))
        default:
            throw CommandError(
                .usage,
                "say limen audit signer, or limen audit signer new --reason TEXT [--unvouched]"
            )
        }
    }

    private static func show(_ access: LedgerOperator) throws(CommandError) -> ExitCode {
        let folder = try LedgerFolder.open(access.path)
        let standing = try access.standing(of: folder.signer.key.bytes)
        let sentence =
            switch standing {
            case .known: "the trail knows it"
            case .other: "THE TRAIL DOES NOT KNOW IT"
            case .none: "nothing was signed yet"
            }
        Terminal.writeOutput("\(folder.signer.key.text)\n\(sentence)\n")
        return standing == .other ? .findings : .ok
    }

    private static func begin(
        _ parsed: Arguments,
        _ access: LedgerOperator
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let hasKey = File.exists(path: access.path + "/signer")
        guard parsed.has("unvouched") != hasKey else {
            throw CommandError(
                .usage,
                hasKey
                    ? "\(access.path)/signer is there, so it vouches for the new key: leave "
                        + "--unvouched out, or move that file away first"
                    : "\(access.path)/signer is missing, so it cannot vouch for a new key: say "
                        + "--unvouched to begin one all the same"
            )
        }
        let old = hasKey ? try LedgerFolder.open(access.path) : nil
        let next = try LedgerFolder.prepareKey(in: access.path)
        let checkpoint =
            if let old {
                try access.sign(.keyChanged(next.signer.key.bytes), old)
            } else {
                try access.sign(.keyBegun, next)
            }
        try LedgerFolder.adoptKey(in: access.path)
        try await access.record(
            .keyChange,
            flag: old == nil ? "signer-begun" : "signer-changed",
            reason: reason,
            next,
            checkpoint
        )
        Terminal.writeOutput(next.signer.key.text + "\n")
        Terminal.writeError(
            old == nil
                ? "limen: this key signs from leaf \(checkpoint.size) on, and no earlier one vouches "
                    + "for it: give its public half to whoever verifies\n"
                : "limen: this key signs from the next start of each gateway on; the old one, kept "
                    + "beside it, vouches for it\n"
        )
        return .ok
    }
}

/// `limen audit restored`: puts on record that a restored database is in force.
///
/// Without it, a database that is older than the checkpoints outside of it is taken for one that
/// somebody has put back, and nothing more is signed.
enum RestoredCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit")
        guard parsed.words == ["restored"] else {
            throw CommandError(.usage, "say limen audit restored --reason TEXT")
        }
        let reason = try VaultAccess.reason(parsed)
        let access = try LedgerOperator.choose(parsed)
        let folder = try LedgerFolder.open(access.path)
        let known = try CheckpointCopies.open(folder).last?.size ?? 0
        let checkpoint = try access.sign(.restored, folder)
        // Further logs go on from what is there, not from what was lost.
        try folder.forgetLastLog()
        try await access.record(
            .configurationChange,
            flag: "database-restored",
            reason: reason,
            folder,
            checkpoint
        )
        Terminal.writeOutput(
            "on record: the restored database is in force; \(known) leaves were signed before, and "
                + "limen audit verify says how many of them are lost\n"
        )
        Terminal.writeError("limen: start the gateway now, or start it again\n")
        return .ok
    }
}

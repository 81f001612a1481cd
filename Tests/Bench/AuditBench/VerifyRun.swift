import AuditStore
import Foundation
import Ledger
import PostgreSQL

/// `limen audit verify` on the trail that the sink has written, in a process of its own.
struct VerifyRun {
    let place: ConnectionSettings
    /// `host` and `port` of the server as `PGHOST` and `PGPORT`.
    let server: [String: String]
    let database: String
    let identity: LogIdentity

    /// What came of it.
    struct Report {
        let rowCount: Int
        let seconds: Double
        let residentKilobytes: Int
        let isClean: Bool
    }

    /// Signs the tree and verifies it.
    func run() throws -> Report {
        let sequencer = try Sequencer(
            place.asUser("limen_chain"),
            identity: identity,
            known: nil,
            periodMilliseconds: 1_000
        ) { _ in }
        guard let checkpoint = try sequencer.signNow(),
            let note = checkpoint.signed(by: identity.signer)
        else { throw CocoaError(.executableLoad) }
        let folder = FileManager.default.temporaryDirectory.path
        let keys = folder + "/limen-bench-verifiers"
        let copy = folder + "/limen-bench-checkpoints"
        try Data((identity.signer.key.text + "\n").utf8).write(to: URL(filePath: keys))
        try Data((note.serialized + "\n").utf8).write(to: URL(filePath: copy))
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "limen").path
        let start = Date()
        let output = try RawInsert.run(
            program,
            ["audit", "verify", "--json", "--verifiers", keys, "--outside", copy],
            server.merging(
                ["PGUSER": "limen_verifier", "PGDATABASE": database],
                uniquingKeysWith: { $1 }
            ),
            expected: [0, 1]
        )
        let seconds = Date().timeIntervalSince(start)
        let report = try JSONDecoder().decode(Verdict.self, from: Data(output.utf8))
        return Report(
            rowCount: report.rows,
            seconds: seconds,
            residentKilobytes: Self.largestChild(),
            isClean: report.clean
        )
    }

    private struct Verdict: Decodable {
        let clean: Bool
        let rows: Int
    }

    /// The most memory that a finished child had, in KB; the others are far smaller.
    private static func largestChild() -> Int {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return usage.ru_maxrss
    }
}

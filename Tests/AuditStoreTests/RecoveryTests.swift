import Foundation
import Support
import Testing

/// What the scripts call.
private enum RecoveryPrograms {
    static let arePresent = ["openssl", "perl", "gzip", "tar", "curl", "pgrep"].allSatisfy { name in
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }
}

/// The scripts of `Deploy/`, on throw-away clusters of their own.
@Suite(
    "Backup and restore",
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)"),
    .enabled(if: RecoveryPrograms.arePresent, "openssl, perl, curl or pgrep is missing")
)
struct RecoveryTests {
    @Test("A cluster that is lost comes back from its sealed backup and log, but for the last rows")
    func roundTrip() throws {
        let (status, output) = try Self.run(
            "recovery-drill --rows 300 --archive-timeout 1",
            ["LIMEN": Self.program, "LIMEN_HOME": Shared.checkout.path]
        )
        #expect(status == 0, "\(output)")
        let lines = output.split(separator: "\n").map(String.init)
        // Beside the 607 rows of evaluations there are those of a start and of a tenant.
        #expect(lines.contains { $0.hasPrefix("RPO      7 of 6") }, "\(output)")
        #expect(lines.contains { $0.hasPrefix("RTO ") })
        #expect(lines.contains { $0.hasPrefix("service  ") }, "a gateway goes on with the trail")
        #expect(lines.contains { $0.hasPrefix("rows     event 6") }, "\(output)")
        #expect(lines.contains { $0.hasPrefix("checked  pages: every row of ") }, "\(output)")
        #expect(lines.contains("checked  doctor: every fence stands"), "\(output)")
        #expect(lines.contains { $0.hasPrefix("checked  chain: 6") }, "\(output)")
        #expect(!lines.contains { $0.hasPrefix("NOT DONE") }, "\(output)")
        #expect(lines.last == "whole    all of it was checked, no finding", "\(output)")
    }

    @Test("A drill without the program of Limen shows nothing, and says so")
    func noProgram() throws {
        let (status, output) = try Self.run(
            "recovery-drill --rows 10 --archive-timeout 1",
            ["LIMEN": "/nowhere/limen"]
        )
        #expect(status == 4, "\(output)")
        #expect(output.contains("no program limen; name it with LIMEN"))
    }

    /// What may happen to a sealed file, as shell text; `f` is the file.
    static let tampering = [
        ("a byte of the ciphertext changed", "printf X | dd of=f bs=1 seek=40 conv=notrunc"),
        ("a byte of the salt changed", "printf X | dd of=f bs=1 seek=9 conv=notrunc"),
        ("the last byte cut off", "truncate -s -1 f"),
        ("a byte added", "printf X >> f"),
        ("emptied", ": > f"),
        ("its tag changed", "tr 0-9 1-90 < f.tag > t; mv t f.tag"),
        ("its tag removed", "rm f.tag"),
        ("another key", "rm k; (umask 077; openssl rand -hex 32 > k)"),
        ("another name", "n=other"),
    ]

    @Test(
        "A sealed file that was tampered with gives no byte, and exit code 3",
        arguments: tampering
    )
    func tampered(_ name: String, _ change: String) throws {
        let script = """
            set -e; . common; cd "$PLACE"; (umask 077; openssl rand -hex 32 > k); n=name
            (open_keys k; printf 'row of a patient' | seal name f)
            ! grep -q patient f
            [ "$(open_keys k; unseal name f)" = 'row of a patient' ]
            { \(change); } 2>/dev/null
            set +e
            out=$( (open_keys k; unseal "$n" f) 2>err ); echo "status $? bytes ${#out}"
            """
        let (status, output) = try Self.shell(script)
        #expect(status == 0, "\(output)")
        #expect(output.contains("status 3 bytes 0"), "\(name): \(output)")
    }

    @Test(
        "A key file that others may read, or that is too short, is refused",
        arguments: [
            "openssl rand -hex 32 > k; chmod 644 k", "(umask 077; echo short > k)", "rm -f k",
        ]
    )
    func keyFile(make: String) throws {
        let (_, output) = try Self.shell(
            "set -e; . common; cd \"$PLACE\"; \(make); set +e; (open_keys k); echo \"status $?\""
        )
        #expect(output.contains("status 3"), "\(output)")
    }

    @Test("A segment is archived once: the same again is fine, another is refused, a bad one stops")
    func segments() throws {
        let (status, output) = try Self.shell(
            """
            d=$PWD; cd "$PLACE"; (umask 077; openssl rand -hex 32 > k)
            s=000000010000000000000001; echo one > a; echo two > b
            "$d/archive-wal" --to x --key k a $s; echo "first $?"
            "$d/archive-wal" --to x --key k a $s; echo "again $?"
            "$d/archive-wal" --to x --key k b $s 2>/dev/null; echo "other $?"
            "$d/fetch-wal" --from x --key k $s back; echo "fetch $? $(cat back)"
            "$d/fetch-wal" --from x --key k 000000010000000000000002 none; echo "none $?"
            printf X | dd of=x/wal/$s.sealed bs=1 seek=20 conv=notrunc 2>/dev/null
            "$d/fetch-wal" --from x --key k $s bad 2>/dev/null; echo "bad $? $(ls bad* 2>/dev/null)"
            cp x/wal/$s.sealed x/wal/000000010000000000000002.sealed
            "$d/fetch-wal" --from x --key k 000000010000000000000002 bad 2>/dev/null; echo "untagged $?"
            """
        )
        #expect(status == 0, "\(output)")
        #expect(
            output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == [
                "first 0", "again 0", "other 3", "fetch 0 one", "none 1", "bad 200", "untagged 200",
            ]
        )
    }

    // MARK: Steps

    private static let folder = Shared.checkout.appendingPathComponent("Deploy").path

    /// The program as it was built beside the tests.
    private static let program: String = {
        let named = ProcessInfo.processInfo.environment["LIMEN_PROGRAM"] ?? ""
        guard named.isEmpty else { return named }
        return Shared.checkout.appendingPathComponent(".build/debug/limen").path
    }()

    private static func run(
        _ command: String,
        _ environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        try shell("./\(command)", environment)
    }

    /// Runs a text in the folder of the scripts, with a temporary folder of its own in `PLACE`.
    private static func shell(
        _ text: String,
        _ environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let place = "/tmp/limen-recovery-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", "-c", text]
        process.currentDirectoryURL = URL(filePath: folder)
        var variables = ProcessInfo.processInfo.environment
        variables["PLACE"] = place
        for (name, value) in environment { variables[name] = value }
        process.environment = variables
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}

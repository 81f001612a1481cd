import Foundation
import Testing

/// `Deploy/backup` with programs that die half-way: nothing that looks like a backup is left.
@Suite("The backup script")
struct BackupScriptTests {
    /// A folder with programs in place of PostgreSQL's, a key, and a place for backups.
    struct Scene {
        let path: String
        var target: String { path + "/backups" }

        init(_ programs: [String: String]) throws {
            path =
                FileManager.default.temporaryDirectory.path + "/backup-"
                + UUID().uuidString.prefix(8)
            try FileManager.default.createDirectory(
                atPath: path + "/bin",
                withIntermediateDirectories: true
            )
            let usual = ["psql": "echo 'event 3'", "pg_basebackup": "head -c 3000000 /dev/zero"]
            for (name, body) in usual.merging(programs, uniquingKeysWith: { $1 }) {
                let file = path + "/bin/" + name
                try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(filePath: file))
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755],
                    ofItemAtPath: file
                )
            }
            try Data((String(repeating: "ab", count: 32) + "\n").utf8)
                .write(to: URL(filePath: path + "/key"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: path + "/key"
            )
        }

        /// Runs the script with our programs first, and answers its exit code.
        func backUp() throws -> Int32 {
            let home = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = [
                home.appending(path: "Deploy/backup").path, "--to", target, "--key", path + "/key",
            ]
            process.environment = [
                "PATH": path + "/bin:/usr/bin:/bin", "LIMEN_POSTGRESQL_BIN": path + "/bin",
                "TMPDIR": path,
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }

        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: target).sorted()
        }

        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test("A backup that is whole is sealed, with its counts, and each has its tag")
    func whole() throws {
        let scene = try Scene([:])
        defer { scene.remove() }
        #expect(try scene.backUp() == 0)
        let endings = try scene.files().map { String($0.drop { $0 != "." }) }
        #expect(
            endings == [
                ".counts.sealed", ".counts.sealed.tag", ".tar.gz.sealed", ".tar.gz.sealed.tag",
            ]
        )
    }

    @Test(
        "A program that dies half-way leaves nothing sealed",
        arguments: [
            ["pg_basebackup": "head -c 3000000 /dev/zero; exit 1"],
            ["pg_basebackup": "head -c 3000000 /dev/zero; kill -9 $$"],
            ["pg_basebackup": "exit 1"],
            ["gzip": "head -c 1000; exit 1"],
            ["gzip": "head -c 1000; cat >/dev/null; kill -9 $$"],
            ["openssl": "head -c 1000; cat >/dev/null; exit 1"],
            ["sync": "exit 1"],
            ["mv": "exit 1"],
            ["perl": "case \"$*\" in *Digest::SHA=*) echo 00;; *) exit 1;; esac"],
        ]
    )
    func cut(programs: [String: String]) throws {
        let scene = try Scene(programs)
        defer { scene.remove() }
        #expect(try scene.backUp() != 0)
        #expect(try scene.files() == [])
    }
}

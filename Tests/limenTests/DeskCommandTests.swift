import AuditStore
import Foundation
import PostgreSQL
import Testing
import Vault

@testable import limen

/// The words of `limen tenant` and `limen auditor`, and the files that they make and read.
@Suite("The desk commands")
struct DeskCommandTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/limen-desk-"
            + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test(
        "say what they take before they look for a database",
        arguments: [
            ["tenant"], ["tenant", "new"], ["tenant", "list", "x"], ["tenant", "new", "A"],
            ["tenant", "new", "a_b"], ["tenant", "new", "-a"], ["tenant", "new", "a/../b"],
            ["tenant", "new", String(repeating: "a", count: 64)],
            ["tenant", "new", "a", "--title", ""], ["tenant", "new", "a", "--title", "x\ny"],
            ["auditor"], ["auditor", "add"], ["auditor", "add", "anna"], ["auditor", "remove"],
            ["auditor", "add", "limen_writer", "--tenant", "a"],
            ["auditor", "add", "pg_monitor", "--tenant", "a"],
            ["auditor", "add", "Anna", "--tenant", "a"],
            ["auditor", "add", "anna;drop", "--tenant", "a"],
            ["auditor", "add", "anna", "--tenant", "A"],
            ["auditor", "add", "anna", "--tenant", "a", "--role", "owner"],
            ["auditor", "add", "anna", "--tenant", "a", "--password", "x"],
            ["auditor", "remove", "anna", "--tenant", "a", "--keep-login"],
            ["auditor", "list", "--tenant", "a"],
            ["auditor", "remove", "limen_writer"], ["auditor", "remove", "Ann"],
        ]
    )
    func usage(line: [String]) async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await Limen.dispatch(line[0], Array(line.dropFirst()))
        }
        #expect(error?.exitCode == .usage, "\(line): \(error?.sentence ?? "")")
    }

    @Test("say what a login is where one is removed", arguments: ["Ann", "limen_writer"])
    func logins(login: String) async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await Limen.dispatch("auditor", ["remove", login])
        }
        #expect(error?.sentence.contains("lower-case letters") == true)
    }

    @Test("say whom a refused statement is for, and not that the server is away")
    func refusedStatement() {
        let cause = PostgreSQLError(code: .statementFailed, sqlState: "42501")
        let error = StoreSentence.commandError(AuditStoreError(code: .database, cause: cause))
        #expect(error.exitCode == .badInput)
        #expect(error.sentence.contains("not mapped to the tenant"))
        #expect(!error.sentence.contains("check that it runs"))
    }

    @Test("take a password of one line from a file that nobody else reads")
    func passwords() throws {
        try withFolder { folder in
            let path = folder + "/password"
            for text in ["eight ch", "correct horse\n", "pässwörter"] {
                try write(text, path)
                #expect(try LoginPassword.read(path) == text.trimmingCharacters(in: .newlines))
            }
            for text in [
                "", "\n", "seven c", "two lines\nof text", "a tab\there", "cr at the end\r\n",
            ] {
                try write(text, path)
                let error = #expect(throws: CommandError.self) { try LoginPassword.read(path) }
                #expect(error?.exitCode == .badInput)
                #expect(text.count < 3 || error?.sentence.contains(text) == false)
            }
            try Data([0x70, 0x61, 0x73, 0x73, 0xff, 0xfe, 0x61, 0x62, 0x63])
                .write(to: URL(filePath: path))
            #expect(throws: CommandError.self) { try LoginPassword.read(path) }
            try write(String(repeating: "a", count: 1_001), path)
            #expect(throws: CommandError.self) { try LoginPassword.read(path) }
            try write("correct horse", path, mode: 0o640)
            let open = #expect(throws: CommandError.self) { try LoginPassword.read(path) }
            #expect(open?.sentence.contains("chmod 600") == true)
            #expect(throws: CommandError.self) { try LoginPassword.read(folder + "/absent") }
            #expect(throws: CommandError.self) { try LoginPassword.read(folder) }
        }
        #expect(try LoginPassword.read(nil) == nil)
    }

    @Test("make the key files that are missing, and never one that is there")
    func files() throws {
        try withFolder { folder in
            let files = TenantFiles(folder: folder, tenant: "ward")
            #expect(files.missing == [folder + "/ward.key", folder + "/ward.vault"])
            #expect(try files.make() == [folder + "/ward.key", folder + "/ward.vault"])
            #expect(try files.make() == [])
            let keys = try VaultFiles.read(files.source)
            let key = try String(contentsOfFile: files.key, encoding: .utf8)
            #expect(key.utf8.count >= 32)
            // A tenant whose pseudonyms were made by its key keeps them.
            try FileManager.default.removeItem(atPath: files.source.path)
            #expect(try files.make() == [folder + "/ward.vault"])
            #expect(try String(contentsOfFile: files.key, encoding: .utf8) == key)
            #expect(
                try VaultFiles.read(files.source).currentWrapping.name != keys.currentWrapping.name
            )
            try FileManager.default.removeItem(atPath: files.key)
            let vault = try Data(contentsOf: URL(filePath: files.source.path))
            #expect(try files.make() == [folder + "/ward.key"])
            #expect(try Data(contentsOf: URL(filePath: files.source.path)) == vault)
            let error = #expect(throws: CommandError.self) { try files.makeVault() }
            #expect(error?.sentence.contains("there already") == true)
        }
    }
}

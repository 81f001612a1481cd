import Foundation
import Testing
import Vault

@testable import limen

/// The file of the wrapping keys that have successors.
@Suite("The file of superseded keys")
struct SupersededKeysTests {
    private func withFolder(_ body: (LedgerFolder, String) throws -> Void) throws {
        let path = LedgerFolderTests.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try LedgerFolder.prepareKey(in: path)
        try LedgerFolder.adoptKey(in: path)
        try body(try LedgerFolder.open(path), path + "/superseded-keys")
    }

    @Test("What was kept is read again, and no file is no key")
    func kept() throws {
        try withFolder { folder, _ in
            let file = SupersededKeys(folder.path)
            #expect(try file.read() == SupersededKeys.Content())
            let names: Set = [
                KeyRing.WrappingName(tenant: "ward", name: "2026-05-02.k7qd"),
                KeyRing.WrappingName(tenant: "anna", name: "k1"),
            ]
            try file.keep(names)
            #expect(try file.read() == SupersededKeys.Content(names: names.sorted()))
        }
    }

    @Test(
        "A line with a fault is passed over by its number, and the others are read",
        arguments: [
            ("limen-superseded-keys/1\nanna k1\n", []),
            ("limen-superseded-keys/1\nanna k1", []),
            ("limen-superseded-keys/1\nanna\nanna k1\n", [2]),
            ("limen-superseded-keys/1\n\nanna K2\nanna k1\nanna k3 \n k4\n", [2, 3, 5, 6]),
            ("limen-superseded-keys/1\r\nanna k1\n", [1]),
            ("limen-superseded-keys/2\nanna k1\nanna \u{0}\n", [1, 3]),
        ]
    )
    func faults(text: String, lines: [Int]) throws {
        try withFolder { folder, path in
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let content = try SupersededKeys(folder.path).read()
            #expect(content.names == [KeyRing.WrappingName(tenant: "anna", name: "k1")])
            #expect(content.faultyLines == lines)
        }
    }

    @Test("Bytes that are no text are faults, and nothing else")
    func bytes() throws {
        try withFolder { folder, path in
            try Data([0xFF, 0x0A, 0x61, 0x20, 0xFF, 0x0A]).write(to: URL(filePath: path))
            #expect(try SupersededKeys(folder.path).read().faultyLines == [1, 2])
            try Data().write(to: URL(filePath: path))
            #expect(try SupersededKeys(folder.path).read() == SupersededKeys.Content())
        }
    }
}

import Foundation
import Support
import Testing

@testable import limen

@Suite("The state folder")
struct StateFolderTests {
    /// A folder with files and folders, made by a closure; removed afterwards.
    private func withFolder(holding names: [String], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/limen-state-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for name in names {
            try FileManager.default.createDirectory(
                atPath: path + "/" + name,
                withIntermediateDirectories: true
            )
        }
        try body(path)
    }

    @Test(
        "What the wrapper has left is in nobody's way",
        arguments: [[], ["build.log"], ["tests", "test-gateway.log", "embedding.log"], ["bench"]]
    )
    func wrapper(names: [String]) throws {
        try withFolder(holding: names) { path in
            _ = try StateFolder.make(path)
            _ = try StateFolder.open(path)
        }
    }

    @Test("A folder with anything else is left alone", arguments: ["notes.txt", "src", "tests2"])
    func foreign(name: String) throws {
        try withFolder(holding: ["tests", name]) { path in
            let error = try #require(throws: CommandError.self) { try StateFolder.make(path) }
            #expect(error.sentence.contains("holds other files"))
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names.sorted() == ["tests", name].sorted())
        }
    }

    @Test("Every tenant that has a key in the folder is known, which is who a gateway serves")
    func tenants() throws {
        try withFolder(holding: []) { path in
            let state = try StateFolder.make(path)
            for name in ["tenant-system.key", "tenant-demo.key", "tenant-hospital-b.key"] {
                _ = try state.secret(name)
            }
            _ = try state.secret("limen_writer.password")
            try state.write("secrets/tenant-hospital-b.vault", "x")
            #expect(try state.tenants() == ["demo", "hospital-b", "system"])
        }
    }

    @Test("Every folder that the wrapper makes in the state folder is known to be its own")
    func known() throws {
        let text = try String(contentsOf: Shared.checkout.appending(path: "limen"), encoding: .utf8)
        let made = text.matches(of: /\$home\/\.limen\/([a-z-]+)(?=["\/ ])/).map { String($0.1) }
        #expect(made.contains("tests"))
        for name in Set(made) {
            try withFolder(holding: [name]) { path in _ = try StateFolder.make(path) }
        }
    }
}

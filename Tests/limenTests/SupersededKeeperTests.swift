import Foundation
import Posix
import Synchronization
import Telemetry
import Testing
import Vault

@testable import limen

/// What a gateway was told of wrapping keys, in a folder that cannot be written at first.
@Suite("Wrapping keys on their way out, in a file")
struct SupersededKeeperTests {
    private final class Notes: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private static func name(_ number: Int) -> KeyRing.WrappingName {
        KeyRing.WrappingName(tenant: "ward", name: "2026-05-0\(number)")
    }

    @Test("are written until they are there, though they are no news any more")
    func again() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-superseded-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path
        let notes = Notes()
        let writes = Notes()
        let keeper = SupersededKeeper(
            kept: [],
            write: { names throws(SystemError) in
                writes.add("write")
                try SupersededKeys(path).keep(names)
            },
            log: { notes.add($0.severity.rawValue) }
        )
        keeper.keep([])
        #expect(writes.all.isEmpty)
        // The folder is missing, as a disk that is full would be.
        for _ in 0..<3 { keeper.keep([Self.name(1)]) }
        #expect(writes.all.count == 3)
        #expect(notes.all == ["ERROR"])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for _ in 0..<3 { keeper.keep([Self.name(1)]) }
        #expect(writes.all.count == 4)
        #expect(notes.all == ["ERROR", "INFO"])
        #expect(try SupersededKeys(path).read().names == [Self.name(1)])
        keeper.keep([Self.name(1), Self.name(2)])
        #expect(try SupersededKeys(path).read().names == [Self.name(1), Self.name(2)])
        #expect(notes.all.count == 2)
    }

    @Test("are not written again when the file held them at the start")
    func known() {
        let writes = Notes()
        let keeper = SupersededKeeper(
            kept: [Self.name(1)],
            write: { _ throws(SystemError) in writes.add("write") },
            log: { _ in }
        )
        keeper.keep([Self.name(1)])
        #expect(writes.all.isEmpty)
        keeper.keep([Self.name(1), Self.name(2)])
        #expect(writes.all.count == 1)
    }
}

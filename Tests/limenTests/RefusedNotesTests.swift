import AuditStore
import Basics
import Foundation
import Testing

@testable import limen

/// The notes of what the database refuses, as the gateway keeps them for `limen audit spool list`.
@Suite("Notes of refused entries")
struct RefusedNotesTests {
    private static func entry(
        _ sequence: UInt64,
        log: UInt64,
        sqlState: String
    ) throws -> RefusedEntry {
        let name = UUIDBytes(high: 0, low: log).text
        return try #require(RefusedEntry(line: "3 \(sequence) \(name) 2 5 \(sqlState)"))
    }

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/notes-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("An entry that is refused at each try is noted once, with its last reason")
    func once() throws {
        try Self.withFolder { folder in
            let notes = RefusedNotes(folder: folder)
            let other = try Self.entry(9, log: 2, sqlState: "23514")
            notes.add(other) { _ in true }
            for _ in 0..<20 {
                notes.keepOnly { $0 == other }
                notes.add(try Self.entry(4, log: 1, sqlState: "53200")) { _ in true }
                notes.add(try Self.entry(4, log: 1, sqlState: "XX000")) { _ in true }
            }
            let last = try Self.entry(4, log: 1, sqlState: "XX000")
            #expect(try RefusedNotes.read(folder: folder) == [other, last])
        }
    }

    @Test("What is held no more is noted no more, and what was asked for again is not noted late")
    func cleared() throws {
        try Self.withFolder { folder in
            let notes = RefusedNotes(folder: folder)
            let first = try Self.entry(4, log: 1, sqlState: "XX000")
            let second = try Self.entry(9, log: 2, sqlState: "XX000")
            notes.add(first) { _ in true }
            notes.add(second) { _ in true }
            notes.keepOnly { $0 == second }
            #expect(try RefusedNotes.read(folder: folder) == [second])
            notes.add(first) { _ in false }
            #expect(try RefusedNotes.read(folder: folder) == [second])
            // The next of a log is refused only when the one before it is in the database.
            let next = try Self.entry(11, log: 2, sqlState: "23514")
            notes.add(next) { _ in true }
            #expect(try RefusedNotes.read(folder: folder) == [next])
            notes.keepOnly { _ in false }
            #expect(try RefusedNotes.read(folder: folder) == [])
            #expect(!FileManager.default.fileExists(atPath: folder + "/refused"))
        }
    }

    @Test("A folder without notes holds nothing, and notes that cannot be read are told")
    func unreadable() throws {
        try Self.withFolder { folder in
            #expect(try RefusedNotes.read(folder: folder) == [])
            #expect(try RefusedNotes.read(folder: folder + "/absent") == [])
            // A file in place of the folder, and more than all notes can be.
            try Data().write(to: URL(fileURLWithPath: folder + "/file"))
            try Data(count: (4 << 20) + 1).write(to: URL(fileURLWithPath: folder + "/refused"))
            for place in [folder + "/file", folder] {
                let error = #expect(throws: CommandError.self) {
                    try RefusedNotes.read(folder: place)
                }
                #expect(error?.exitCode == .unavailable)
                #expect(error?.sentence.contains(place) == true)
            }
        }
    }
}

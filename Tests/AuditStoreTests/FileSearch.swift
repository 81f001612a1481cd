import Crypto
import Foundation
import Testing

/// Looks through files byte by byte for texts, in every form that they could be written in, and for
/// keys.
struct FileSearch {
    private let textPatterns: [String]
    private let keyPatterns: [String]

    /// The files that hold one.
    struct Found: Equatable {
        let withText: [String]
        let withKey: [String]
    }

    init(texts: [String], keys: [[UInt8]]) {
        textPatterns = texts.flatMap { text in
            Self.forms(of: Array(text.utf8)) + [
                Self.pattern(
                    text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
                ),
                Self.pattern(
                    text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
                ),
            ]
        }
        keyPatterns = keys.flatMap(Self.forms)
    }

    /// The files below some folders that hold a text, and those that hold a key.
    func files(in folders: [String]) throws -> Found {
        Found(
            withText: try Self.grep(textPatterns, folders),
            withKey: try Self.grep(keyPatterns, folders)
        )
    }

    /// Shows that each form is found where it stands, between other bytes.
    func expectItFinds(in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (number, pattern) in (textPatterns + keyPatterns).enumerated() {
            let path = folder + "/\(number)"
            let bytes = [0, 255, 10, 7] + Self.bytes(of: pattern) + [0, 200, 10]
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try Self.grep([pattern], [path]) == [path])
        }
    }

    /// As they are, as hexadecimal digits of either case, and as base64 at each of three places.
    private static func forms(of bytes: [UInt8]) -> [String] {
        let digits = Hexadecimal.text(bytes)
        var forms = [pattern(bytes), pattern(Array(digits.utf8))]
        forms.append(pattern(Array(digits.uppercased().utf8)))
        for shift in 0..<3 {
            let shifted = [UInt8](repeating: 65, count: shift) + bytes
            // The first and the last characters depend on what stands beside.
            let text = Data(shifted).base64EncodedString().dropFirst(shift == 0 ? 0 : 4)
            forms.append(pattern(Array(text.dropLast(4).utf8)))
        }
        return forms
    }

    /// The longest part without a line end, at most so long that it is certain, as grep reads it.
    private static func pattern(_ bytes: [UInt8]) -> String {
        let part = bytes.split(separator: 10).max { $0.count < $1.count } ?? []
        return part.prefix(24).map { byte in
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" + digits : digits)
        }.joined()
    }

    private static func bytes(of pattern: String) -> [UInt8] {
        pattern.split(separator: "\\x").compactMap { UInt8($0, radix: 16) }
    }

    private static func grep(_ patterns: [String], _ folders: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["LC_ALL=C", "grep", "-rlaP", "-D", "skip", patterns.joined(separator: "|")] + folders
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // 1 says that nothing was found, 2 that a file could not be read.
        try #require(process.terminationStatus <= 1)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            .sorted()
    }
}

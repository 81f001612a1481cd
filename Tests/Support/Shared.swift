package import Foundation

/// The shared suites and sample data, read in place and never copied into this repository.
///
/// They lie in the folder that `LIMEN_SHARED` names; without it, in the folder `shared` beside the
/// checkout. A test that needs them says so visibly when they are absent:
///
///     @Suite(.enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
package enum Shared {
    /// The root of this checkout, found from the place of this source file.
    package static let checkout: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.standardizedFileURL
    }()

    /// The folder of the shared suites, whether it is there or not.
    package static let root: URL = {
        let named = ProcessInfo.processInfo.environment["LIMEN_SHARED"] ?? ""
        guard named.isEmpty else {
            return URL(fileURLWithPath: named, isDirectory: true).standardizedFileURL
        }
        return checkout.deletingLastPathComponent()
            .appendingPathComponent("shared", isDirectory: true)
    }()

    /// Whether the shared suites are there.
    package static let isPresent = FileManager.default.fileExists(
        atPath: root.appendingPathComponent("conformance").path
    )

    /// What to say of a test that is left out because the suites are absent.
    package static let absence = "shared suites absent: set LIMEN_SHARED"

    /// The place of a file, given by its path below the shared folder.
    package static func url(_ path: String) -> URL {
        root.appendingPathComponent(path)
    }

    /// The bytes of a file.
    ///
    /// - Throws: what Foundation throws for a file that cannot be read.
    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(path)))
    }

    /// The UTF-8 text of a file; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: what Foundation throws for a file that cannot be read.
    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The lines of a file that are not empty.
    ///
    /// - Throws: what Foundation throws for a file that cannot be read.
    package static func lines(_ path: String) throws -> [String] {
        try text(path).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// The names of what lies in a folder, sorted.
    ///
    /// - Throws: what Foundation throws for a folder that cannot be read.
    package static func names(inFolder path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(path).path).sorted()
    }
}

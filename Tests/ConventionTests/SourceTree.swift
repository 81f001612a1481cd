import Foundation
import Testing

/// The checkout as the convention tests read it.
enum SourceTree {
    /// One Swift file: its place and its lines.
    struct File: Sendable, CustomTestStringConvertible {
        /// The path from the root of the checkout.
        let path: String
        /// The lines without their ends.
        let lines: [String]

        var testDescription: String { path }

        /// The folder below `Sources` or `Tests` that it lies in.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    }

    /// The root of the checkout.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file below a folder of the root, in a stable order.
    static func swiftFiles(below folder: String) throws -> [File] {
        let start = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: start.path) else { return [] }
        let paths = walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
        return try paths.map { path in
            let text = try String(contentsOf: start.appending(path: path), encoding: .utf8)
            return File(path: folder + "/" + path, lines: text.components(separatedBy: "\n"))
        }
    }
}

extension SourceTree {
    /// The text of a file of the checkout, or `nil` when there is none.
    static func text(_ path: String) throws -> String? {
        let place = root.appending(path: path)
        guard FileManager.default.fileExists(atPath: place.path) else { return nil }
        return try String(contentsOf: place, encoding: .utf8)
    }
}

import Basics
import Foundation
import Gateway
import JSON
import Mapping
import Support
import Testing

/// The shipped configuration with its golden cases; the runner is the one of `limen map test`.
enum ShippedCases {
    /// The files of `Profiles/` and `Hooks/` by relative path, and those of the made-up profiles
    /// of `Tests/Cases/mapping` as if they lay in `Profiles/`.
    static let files: [String: [UInt8]] = read("Profiles").merging(read("Hooks")) { $1 }
        .merging(read("Tests/Cases/mapping", as: "Profiles")) { $1 }

    private static func read(_ folder: String, as prefix: String? = nil) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        let root = Shared.checkout.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: root.path)
        while let name = names?.nextObject() as? String {
            guard let data = try? Data(contentsOf: root.appendingPathComponent(name)) else {
                continue
            }
            files[(prefix ?? folder) + "/" + name] = Array(data)
        }
        return files
    }

    /// The profiles that are shipped, whatever their number.
    static let shippedNames = ProfileProject.names(in: read("Profiles"))

    /// Those and the made-up ones.
    static let names = ProfileProject.names(in: files)

    /// Every profile, loaded.
    static let projects: [String: ProfileProject] = {
        var projects: [String: ProfileProject] = [:]
        for name in names {
            projects[name] = ProfileProject(name: name, files: files, now: Instant(microseconds: 0))
        }
        return projects
    }()

    /// Every case.
    static let all: [GoldenCase] = names.flatMap { name in
        GoldenSuite(profile: name, files: files).cases
    }
}

extension GoldenCase: CustomTestStringConvertible {
    package var testDescription: String { "\(file): \(name)" }
}

import Basics
import CDSHooks
import Gateway
import JSON
import Lifecycle
import Support
import Testing

@testable import limen

/// Which version a rollback goes back to.
@Suite("limen model rollback")
struct RollbackTests {
    /// NEWS2 with two further versions that its document names.
    private static let family: Result<ServiceFamily, any Error> = Result {
        let shipped = try ShippedFiles.read().files
        var files = shipped.filter { name, _ in
            name.hasPrefix("Profiles/news2/") || name == "Hooks/news2.json"
        }
        .filter { !$0.key.contains("/cases/") }
        for (name, bytes) in files where name.hasPrefix("Profiles/news2/") {
            for version in ["b", "c"] {
                files["Profiles/news2-\(version)/" + name.dropFirst("Profiles/news2/".count)] =
                    bytes
            }
        }
        let hook = String(decoding: try #require(files["Hooks/news2.json"]), as: UTF8.self)
        files["Hooks/news2.json"] = Array(
            hook.replacing(
                "\"profile\": \"news2\",",
                with: "\"profile\": \"news2\", \"shadow\": [\"news2-b\", \"news2-c\"],"
            ).utf8
        )
        let now = try #require(Instant(rfc3339: "2026-05-04T10:00:00Z"))
        return try #require(try Catalogue(files: files, now: now).family(id: "news2")?.family)
    }

    /// A history from words, oldest first: `b` promotes, `-b` takes back to b, `-` to the
    /// document, `~b` starts a canary while b is in force.
    private static func history(_ words: String, _ family: ServiceFamily) throws -> [Deployment] {
        var changes: [Deployment] = []
        for (number, word) in words.split(separator: " ").enumerated() {
            let name = word.filter { $0.isLetter }
            changes.append(
                Deployment(
                    service: "news2",
                    number: number + 1,
                    kind: word.hasPrefix("-")
                        ? .rollback : word.hasPrefix("~") ? .canaryStart : .promote,
                    reason: "t",
                    live: name.isEmpty
                        ? nil : family.version(name == "a" ? "news2" : "news2-" + name),
                    canary: nil,
                    isCanaryActive: false
                )
            )
        }
        return changes.reversed()
    }

    @Test(
        "A rollback goes to the version before, and never to one that was taken back",
        arguments: [
            // One promotion: back to what the document names.
            ("b", nil), ("b c", "b"), ("b c b", "c"),
            // After c was taken back a second rollback goes further, not to c again.
            ("b c -b", nil), ("b c -b c", "b"), ("b c -b c -b", nil), ("a b c -b", "a"),
            ("a b c -b -a", nil), ("b c a -c", "b"), ("b c a -c -b", nil),
            // What was promoted after a rollback goes back to what was in force then.
            ("b - c", nil), ("b c -b a", "b"), ("b c -b a -b", nil),
            // A canary that comes and goes changes nothing of what was in force.
            ("b ~b c", "b"), ("b ~b c -b ~b", nil), ("b c ~c", "b"),
        ] as [(String, String?)]
    )
    func earlier(words: String, expected: String?) throws {
        let family = try Self.family.get()
        let history = try Self.history(words, family)
        let newest = try #require(history.first)
        let found = try ModelPromoteCommand.earlier(than: newest, in: history, family)
        #expect(found?.profile == expected.map { $0 == "a" ? "news2" : "news2-" + $0 })
    }

    @Test(
        "At what the document names there is nothing to take back",
        arguments: ["b -", "b c -b -"]
    )
    func nothing(words: String) throws {
        let family = try Self.family.get()
        let history = try Self.history(words, family)
        let newest = try #require(history.first)
        let error = #expect(throws: CommandError.self) {
            try ModelPromoteCommand.earlier(than: newest, in: history, family)
        }
        #expect(error?.exitCode == .findings)
    }

    @Test("A version whose folder is gone or has changed is not gone back to")
    func changedFolder() throws {
        let family = try Self.family.get()
        for (name, words) in [("news2-z", "does not name it"), ("news2-b", "has changed since")] {
            var history = try Self.history("b c", family)
            history[1].live = ModelVersion(
                profile: name,
                digest: String(repeating: "0", count: 64)
            )
            let error = #expect(throws: CommandError.self) {
                try ModelPromoteCommand.earlier(than: history[0], in: history, family)
            }
            #expect(error?.exitCode == .badInput)
            #expect(error?.sentence.contains(words) == true)
        }
    }
}

import Foundation
import JSON
import ProfileLint
import Support
import Testing

/// A profile of `Tests/Cases/lint` that was broken on purpose, and what must be found in it.
struct LintCase: Sendable, CustomTestStringConvertible {
    let name: String

    var testDescription: String { name }

    static let folder = Shared.checkout.appendingPathComponent("Tests/Cases/lint")

    /// All but the one whose case must be run, which the tests of the program do.
    static let broken: [LintCase] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { !$0.hasPrefix(".") && !["sound", "golden-case-fails"].contains($0) }
        .sorted().map { LintCase(name: $0) }

    /// The files of a folder by relative path.
    static func files(_ folder: URL) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for name in names where name.hasSuffix(".json") || name.hasSuffix(".pmml") {
            files[name] = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        }
        return files
    }

    func findings() throws -> [LintFinding] {
        var files = try Self.files(Self.folder.appendingPathComponent(name))
        files["expect.json"] = nil
        var hooks: [String: [UInt8]] = [:]
        for (file, bytes) in files where file.hasPrefix("hooks/") {
            hooks["Hooks/" + file.dropFirst("hooks/".count)] = bytes
            files[file] = nil
        }
        return ProfileLint.findings(files: files, hooks: hooks)
    }
}

@Suite("Profiles broken on purpose")
struct LintCaseTests {
    @Test("What was broken is found, by its rule and at its place", arguments: LintCase.broken)
    func broken(_ broken: LintCase) throws {
        let file = LintCase.folder.appendingPathComponent(broken.name + "/expect.json")
        let expected = try JSONDocument(parsing: Array(Data(contentsOf: file))).root
        let findings = try broken.findings()
        let match = findings.first { finding in
            finding.rule.rawValue == expected["rule"]?.stringValue
                && finding.severity.rawValue == expected["severity"]?.stringValue
                && finding.file == expected["file"]?.stringValue
                && (expected["path"] == nil || finding.path == expected["path"]?.stringValue)
        }
        let found = findings.map { "\($0.severity) \($0.rule.rawValue) \($0.file) \($0.path)" }
        #expect(match != nil, "found: \(found)")
        #expect(match?.sentence.isEmpty == false)
        #expect(findings.allSatisfy { $0.line >= 1 && $0.column >= 1 })
    }

    @Test("There are more than twenty of them")
    func count() {
        #expect(LintCase.broken.count > 70)
    }

    @Test("The profile that they were made from has no finding at all")
    func sound() throws {
        #expect(try LintCase(name: "sound").findings() == [])
    }

    @Test("The shipped profiles have neither errors nor warnings", arguments: ["news2", "qsofa"])
    func shipped(_ name: String) throws {
        let folder = Shared.checkout.appendingPathComponent("Profiles/" + name)
        let findings = ProfileLint.findings(files: try LintCase.files(folder))
        #expect(findings.filter { $0.severity != .note } == [])
    }

    /// The profiles of the project.
    static let profiles: [String] =
        ((try? FileManager.default.subpathsOfDirectory(
            atPath: Shared.checkout.appendingPathComponent("Profiles").path
        )) ?? [])
        .filter { $0.hasSuffix("/profile.json") }
        .map { String($0.dropLast("/profile.json".count)) }.sorted()

    @Test("No shipped profile has an error", arguments: profiles)
    func errors(_ name: String) throws {
        let folder = Shared.checkout.appendingPathComponent("Profiles/" + name)
        let findings = ProfileLint.findings(files: try LintCase.files(folder))
        #expect(findings.filter { $0.severity == .error } == [])
    }

    @Test("A finding stands at the line and column of what is wrong")
    func places() throws {
        let text =
            "{\n  \"format\": \"limen-profile/1\",\n  \"inputs\": [\n"
            + "    { \"name\": \"ä\", \"from\": [ { \"code\": [ \"http://loinc.org|8310-6\" ] } ] } ] }"
        let findings = ProfileLint.findings(files: ["profile.json": Array(text.utf8)])
        let finding = try #require(findings.first { $0.rule == .loincCheckDigit })
        #expect(finding.line == 4)
        #expect(finding.column == 42)
        #expect(finding.accepted.hasPrefix("8310-5"))
    }

    @Test("Whatever the bytes are, they are survived")
    func garbage() throws {
        let sound = try LintCase.files(LintCase.folder.appendingPathComponent("sound"))
        let profile = try #require(sound["profile.json"])
        for cut in stride(from: 0, to: profile.count, by: 37) {
            var files = sound
            files["profile.json"] = Array(profile[..<cut])
            #expect(ProfileLint.findings(files: files).contains { $0.severity == .error })
        }
        for text in ["[]", "{}", "null", "{\"inputs\":7}", "{\"inputs\":[7,null,[]]}"] {
            var files = sound
            files["profile.json"] = Array(text.utf8)
            #expect(ProfileLint.findings(files: files).contains { $0.severity == .error })
        }
        #expect(ProfileLint.findings(files: [:]).map(\.rule) == [.missingFile])
    }
}

import CDSHooks
import Testing

@testable import Gateway

/// Catalogues that share what was read for others must be those that are read anew.
@Suite("A catalogue with a memory")
struct CatalogueMemoryTests {
    private static func load(
        _ files: [String: [UInt8]],
        _ memory: CatalogueMemory?
    ) throws -> Catalogue {
        try Catalogue(
            files: files,
            now: GatewayFixture.now,
            isDevelopment: false,
            memory: memory
        )
    }

    private static func small() throws -> [String: [UInt8]] {
        try GatewayFixture.files().filter { name, _ in
            name.hasPrefix("Profiles/news2/") || name == "Hooks/news2.json"
        }
    }

    @Test("is the one without, and has counters of its own")
    func same() throws {
        let files = try Self.small()
        let memory = CatalogueMemory()
        let fresh = try Self.load(files, nil)
        let first = try Self.load(files, memory)
        let second = try Self.load(files, memory)
        let news2 = try [fresh, first, second].map { try #require($0.profiles["news2"]) }
        #expect(Set(news2.map(\.folderDigest)).count == 1)
        #expect(news2[1].counters !== news2[2].counters)
        #expect(first.discovery == fresh.discovery && second.discovery == fresh.discovery)
        #expect(second.services.map(\.artifacts) == fresh.services.map(\.artifacts))
    }

    @Test("reads anew what differs in one byte, of whatever file")
    func differing() throws {
        let files = try Self.small()
        let memory = CatalogueMemory()
        let before = try #require(try Self.load(files, memory).profiles["news2"])
        for name in files.keys.sorted() where name.hasPrefix("Profiles/news2/") {
            guard name.hasSuffix(".json") || name.hasSuffix(".pmml") else { continue }
            guard !name.hasSuffix("/reference.json") else { continue }
            var changed = files
            changed[name]?.append(0x0A)
            let after = try #require(try Self.load(changed, memory).profiles["news2"])
            #expect(after.folderDigest != before.folderDigest, "\(name)")
        }
        var changed = files
        changed["Hooks/news2.json"] = Array(
            String(decoding: files["Hooks/news2.json"] ?? [], as: UTF8.self)
                .replacing("PT0.4S", with: "PT0.3S").utf8
        )
        let hook = try Self.load(changed, memory).services[0].hook
        #expect(hook.deadlineMicroseconds == 300_000)
    }

    @Test("finds a fault each time, and the same one")
    func faults() throws {
        let memory = CatalogueMemory()
        _ = try Self.load(Self.small(), memory)
        for (name, old, new) in [
            ("Profiles/news2/profile.json", "PT12H", "12h"),
            ("Profiles/news2/model.pmml", "Scorecard", "Scorecart"),
            ("Hooks/news2.json", "%result.score", "%result.scare"),
        ] {
            var files = try Self.small()
            let text = String(decoding: files[name] ?? [], as: UTF8.self)
            files[name] = Array(text.replacing(old, with: new).utf8)
            var found: [[String]] = []
            for memory in [nil, memory, memory] {
                let error = try #require(throws: CatalogueError.self) {
                    _ = try Self.load(files, memory)
                }
                found.append(error.findings.map(\.text))
            }
            #expect(!found[0].isEmpty, "\(name)")
            #expect(found[1] == found[0] && found[2] == found[0], "\(name)")
        }
    }
}

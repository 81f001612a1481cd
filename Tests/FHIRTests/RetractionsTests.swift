import FHIR
import JSON
import Testing

@Suite("What a Bundle takes back")
struct RetractionsTests {
    private static let observation = #"{"resourceType":"Observation","id":"9"}"#

    private static func bundle(_ entries: String...) throws -> JSONValue {
        let list = entries.joined(separator: ",")
        return try JSONDocument(parsing: #"{"resourceType":"Bundle","entry":[\#(list)]}"#).root
    }

    private static func deletion(_ url: String) -> String {
        #"{"request":{"method":"DELETE","url":"\#(url)"}}"#
    }

    @Test(
        "is a resource that an entry deletes, whichever comes first and however it is named",
        arguments: [
            "Observation/9", "Observation/9/_history/2", "https://ehr.example/fhir/Observation/9",
        ]
    )
    func deleted(url: String) throws {
        let held = #"{"resource":\#(Self.observation)}"#
        for entries in [[held, Self.deletion(url)], [Self.deletion(url), held]] {
            let bundle = try Self.bundle(entries[0], entries[1])
            let retractions = Retractions(of: bundle)
            let covered = bundle["entry"]?.elements.map { retractions.cover($0) }
            #expect(covered?.filter { $0 }.count == 1)
        }
    }

    @Test("is a resource that its own entry deletes, and one without an id under its URL")
    func ownEntry() throws {
        let both = try Self.bundle(
            #"{"request":{"method":"DELETE","url":"x"},"resource":\#(Self.observation)}"#
        )
        let first = try #require(both["entry"]?.elements.first { _ in true })
        #expect(Retractions(of: both).cover(first))
        let nameless = try Self.bundle(
            #"{"fullUrl":"http://a/Observation/9","resource":{"resourceType":"Observation"}}"#,
            Self.deletion("Observation/9")
        )
        let entry = try #require(nameless["entry"]?.elements.first { _ in true })
        #expect(Retractions(of: nameless).cover(entry))
    }

    @Test(
        "is not what another deletion names, nor the deletion itself",
        arguments: [
            "Observation/90", "Condition/9", "Observation?identifier=9", "9", "",
            "Observation?identifier=http://ehr.example/Observation/9",
        ]
    )
    func others(url: String) throws {
        let bundle = try Self.bundle(
            #"{"resource":\#(Self.observation)}"#,
            Self.deletion(url)
        )
        let retractions = Retractions(of: bundle)
        #expect(bundle["entry"]?.elements.allSatisfy { !retractions.cover($0) } == true)
    }

    @Test("may be anything, where a deletion names no one resource")
    func open() throws {
        for (url, isOpen) in [
            ("Observation/9", false), ("Observation?code=http://a/Observation/9", true),
            ("Observation", true),
        ] {
            let bundle = try Self.bundle(Self.deletion(url))
            let entry = try #require(bundle["entry"]?.elements.first { _ in true })
            #expect(Retractions.isOpen(entry) == isOpen)
        }
        let other = try Self.bundle(#"{"request":{"method":"PUT","url":"Observation?code=x"}}"#)
        let entry = try #require(other["entry"]?.elements.first { _ in true })
        #expect(!Retractions.isOpen(entry))
    }

    @Test("is what another Bundle deletes, also of a resource that stands alone")
    func elsewhere() throws {
        var retractions = Retractions()
        let resource = try JSONDocument(parsing: Self.observation).root
        #expect(!retractions.cover(resource))
        retractions.formUnion(Retractions(of: try Self.bundle(Self.deletion("Observation/9"))))
        retractions.formUnion(Retractions(of: try Self.bundle()))
        #expect(retractions.cover(resource))
        #expect(retractions.count == 1)
        let other = try JSONDocument(parsing: #"{"resourceType":"Observation","id":"8"}"#).root
        #expect(!retractions.cover(other))
    }

    @Test("is all of a history, and of no other type")
    func history() throws {
        for (type, isHistory) in [("history", true), ("searchset", false), ("batch", false)] {
            let text = #"{"resourceType":"Bundle","type":"\#(type)"}"#
            #expect(Retractions.isHistory(try JSONDocument(parsing: text).root) == isHistory)
        }
    }
}

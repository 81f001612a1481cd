import DocumentProbes
import Foundation
import RecordProbes
import Support
import Testing
import TrailProbes

/// The corpora of the readers of records, of configurations and of the audit trail.
@Suite("The corpora of the readers")
struct ReaderCorpusTests {
    private static func probe(_ name: String) -> (([UInt8]) -> Bool)? {
        switch name {
        case "fhir": { RecordProbe.run($0) }
        case "configuration": { ConfigurationProbe.run($0) }
        case "audit": { TrailProbe.run($0) }
        default: nil
        }
    }

    @Test(
        "hold what must hold, and contain what is accepted and what is refused",
        arguments: ["fhir", "configuration", "audit"]
    )
    func replay(name: String) throws {
        #expect(RecordProbe.isReady)
        let probe = try #require(Self.probe(name))
        let inputs = try CorpusTests.inputs(name)
        let accepted = inputs.filter { probe($0.bytes) }.count
        #expect(accepted >= 4)
        #expect(accepted < inputs.count)
    }

    @Test("contain a sound one of each kind of file, and of each kind of entry")
    func kinds() throws {
        let files = try CorpusTests.inputs("configuration").filter {
            ConfigurationProbe.run($0.bytes)
        }
        #expect(Set(files.map { ($0.bytes.first ?? 0) % 5 }) == [0, 1, 2, 3, 4])
        let entries = try CorpusTests.inputs("audit").filter { TrailProbe.run($0.bytes) }
        #expect(Set(entries.map { ($0.bytes.first ?? 0) % 7 }) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test("hold it too with bytes left out, doubled and changed", arguments: ["fhir", "audit"])
    func neighbours(name: String) throws {
        let probe = try #require(Self.probe(name))
        for (_, bytes) in try CorpusTests.inputs(name) where bytes.count < 700 {
            for position in bytes.indices {
                var changed = bytes
                changed.remove(at: position)
                _ = probe(changed)
                changed.insert(bytes[position], at: position)
                changed.insert(bytes[position], at: position)
                _ = probe(changed)
                changed = bytes
                changed[position] ^= 0x20
                _ = probe(changed)
                _ = probe(Array(bytes[..<position]))
            }
        }
    }
}

import EngineProbes
import Foundation
import LanguageProbes
import Support
import Testing

/// What the fuzzers have found and where they start, run through the same probes in the suite.
@Suite("The corpora of the fuzzers")
struct CorpusTests {
    static func inputs(_ name: String) throws -> [(file: String, bytes: [UInt8])] {
        let folder = Shared.checkout.appendingPathComponent("Tests/Cases/fuzz/" + name)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0))))
        }
    }

    /// The probe of a corpus; whether the input was accepted.
    private static func probe(_ name: String) -> (([UInt8]) -> Bool)? {
        switch name {
        case "json": { JSONProbe.run($0) }
        case "fhirpath": { FHIRPathProbe.run($0) }
        case "ucum": { UCUMProbe.run($0) }
        case "pmml": { PMMLProbe.run($0) }
        case "evaluation":
            {
                EvaluationRows.run($0)
                return true
            }
        default: nil
        }
    }

    @Test(
        "hold what must hold, and contain what is accepted and what is refused",
        arguments: ["json", "fhirpath", "ucum"]
    )
    func replay(name: String) throws {
        let probe = try #require(Self.probe(name))
        let inputs = try Self.inputs(name)
        let accepted = inputs.filter { probe($0.bytes) }.count
        #expect(accepted >= 10)
        #expect(accepted < inputs.count)
    }

    @Test("of models hold what must hold", arguments: ["pmml", "evaluation"])
    func replayModels(name: String) throws {
        let probe = try #require(Self.probe(name))
        let inputs = try Self.inputs(name)
        // Each is run: what does not hold ends the program.
        let accepted = inputs.filter { probe($0.bytes) }.count
        #expect(accepted >= 1)
        // Rows are evaluated in all of the documents of the checkout.
        if name == "evaluation" { #expect(EvaluationRows.models.count >= 53) }
    }

    @Test("hold it too with bytes left out, doubled and changed", arguments: ["json", "ucum"])
    func neighbours(name: String) throws {
        let probe = try #require(Self.probe(name))
        for (_, bytes) in try Self.inputs(name) {
            for position in bytes.indices {
                var shorter = bytes
                shorter.remove(at: position)
                _ = probe(shorter)
                var longer = bytes
                longer.insert(bytes[position], at: position)
                _ = probe(longer)
                var other = bytes
                other[position] ^= 0x20
                _ = probe(other)
                _ = probe(Array(bytes[..<position]))
            }
        }
    }

    @Test("hold it for expressions cut at every byte")
    func cutExpressions() throws {
        for (_, bytes) in try Self.inputs("fhirpath") {
            for position in bytes.indices { FHIRPathProbe.run(Array(bytes[..<position])) }
        }
    }
}

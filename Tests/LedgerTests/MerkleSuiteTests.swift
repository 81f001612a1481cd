import Crypto
import JSON
import Support
import Testing

@testable import Ledger

/// The proofs of github.com/transparency-dev/merkle, read in place.
@Suite("RFC 6962 proofs", .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct MerkleSuiteTests {
    @Test("Every inclusion proof of the suite is judged as it says")
    func inclusion() throws {
        let cases = try Self.cases("inclusion.json")
        var agreed = 0
        for item in cases {
            let index = try #require(Self.number(item["leafIdx"]))
            let size = try #require(Self.number(item["treeSize"]))
            let isValid: Bool
            if let leaf = Self.hash(item["leafHash"]), let root = Self.hash(item["root"]),
                let proof = Self.proof(item["proof"])
            {
                isValid = MerkleProof.isIncluded(
                    leaf,
                    at: index,
                    inTreeOf: size,
                    root: root,
                    by: proof
                )
            } else {
                isValid = false
            }
            let wanted = item["wantErr"]?.boolValue == false
            #expect(isValid == wanted, "\(item["_case"]?.stringValue ?? "")")
            if isValid == wanted { agreed += 1 }
        }
        #expect(agreed == 98)
    }

    @Test("Every consistency proof of the suite is judged as it says")
    func consistency() throws {
        let cases = try Self.cases("consistency.json")
        var agreed = 0
        for item in cases {
            let earlier = try #require(Self.number(item["size1"]))
            let later = try #require(Self.number(item["size2"]))
            let bytes = item["proof"].map { $0.isNull ? [] : $0.elements.map(Self.bytes) } ?? []
            let isValid = MerkleProof.isConsistent(
                from: earlier,
                rootBytes: Self.bytes(item["root1"]),
                to: later,
                rootBytes: Self.bytes(item["root2"]),
                by: bytes
            )
            let wanted = item["wantErr"]?.boolValue == false
            #expect(isValid == wanted, "\(item["_case"]?.stringValue ?? "")")
            if isValid == wanted { agreed += 1 }
        }
        #expect(agreed == 98)
    }

    private static func cases(_ name: String) throws -> [JSONValue] {
        let bytes = try Shared.bytes("conformance/rfc6962-merkle/" + name)
        return Array(try JSONDocument(parsing: bytes).root.elements)
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8] {
        value?.stringValue.flatMap { Base64.bytes($0) } ?? []
    }

    private static func number(_ value: JSONValue?) -> UInt64? {
        value?.numberText.flatMap { UInt64($0) }
    }

    private static func hash(_ value: JSONValue?) -> MerkleHash? {
        value?.stringValue.flatMap { Base64.bytes($0) }.flatMap { MerkleHash($0) }
    }

    private static func proof(_ value: JSONValue?) -> [MerkleHash]? {
        guard let value, !value.isNull else { return [] }
        let hashes = value.elements.map { Self.hash($0) }
        return hashes.contains(nil) ? nil : hashes.compactMap { $0 }
    }
}

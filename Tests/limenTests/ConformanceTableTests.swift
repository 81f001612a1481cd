import Foundation
import Support
import Testing

@testable import limen

/// The table in `Conformance.md`: each requirement with what proves it.
@Suite("The table of requirements")
struct ConformanceTableTests {
    /// What proves a requirement that no call shows: a test, and what it shows.
    struct Proof {
        let file: String
        let function: String
        let words: String

        init(_ file: String, _ function: String, _ words: String) {
            self.file = file
            self.function = function
            self.words = words
        }
    }

    static let proofs: [Int: Proof] = [
        14: Proof(
            "Tests/GatewayTests/RoutingTests.swift",
            "health",
            "discovery is made when the documents are loaded; a configuration with faults is not served"
        ),
        199: Proof(
            "Tests/GatewayTests/Clients/ClientReaderTests.swift",
            "",
            "the keys of an issuer lie in its client's document"
        ),
    ]

    /// Why a requirement asks nothing of this program.
    static let reasons: [Int: String] = [
        2: "TLS is ended by a proxy in front of the gateway, which listens on loopback by default",
        168:
            "TLS is ended by a proxy in front of the gateway, which listens on loopback by default",
        34: "prefetch is taken; fetching from the client's server is told in Architecture.md",
        60: "optional; fetching from the client's server is told in Architecture.md",
        61: "it is about calls to the client's server, told in Architecture.md",
        78: "it is for clients; the stable ids of services and cards let them do it",
        112: "no shipped service names an icon; the picture is for who writes the document",
        175: "optional; a proxy may ask for a certificate of the client",
        179: "optional; a proxy may ask for a certificate of the client",
        200: "it names a reference; the algorithms a client may use are in its document",
        205: "a client's document names its algorithms; both are among those it may name",
        206:
            "upkeep: a client's document names its algorithms and can be changed without a release",
        207: "upkeep: a client's document names its algorithms; the row is deprecated",
        212: "it is for clients",
        213: "an agreement between people; discovery and usageRequirements say what is needed",
    ]

    static let path = "Sources/limen/limen.docc/Conformance.md"

    static func table(_ ledger: ConformLedger) -> String {
        var passCount = 0
        var text = ""
        for (requirement, verdict) in ledger.verdicts {
            let what: String
            switch verdict {
            case .pass:
                passCount += 1
                what = "`ConformTests.ours`"
            case .fail(let faults):
                what = "BROKEN: " + faults.map(\.sentence).joined(separator: "; ")
            case .notApplicable(let reason):
                if let proof = proofs[requirement.id] {
                    let name = proof.file.split(separator: "/").last?.dropLast(".swift".count) ?? ""
                    let function = proof.function.isEmpty ? "" : "." + proof.function
                    what = "`\(name)\(function)`: \(proof.words)"
                } else {
                    what = reasons[requirement.id] ?? reason
                }
            }
            let remark = (ledger.remarks[requirement.id] ?? []).joined(separator: "; ")
            text += "| \(requirement.id) | \(requirement.level.rawValue) | \(requirement.words) "
            text += "| \(verdict.word) | \(what)\(remark.isEmpty ? "" : "; " + remark) |\n"
        }
        return """
            # Conformance

            Every requirement of CDS Hooks 2.0 that binds a service, with the test that shows it or the
            reason why it does not apply.

            The numbers are those of the public requirement sheet of Inferno; the words are ours. The table
            is made by the tests: `ConformTests.ours` runs `limen hook conform` against this gateway with
            every shipped service and one whose card has every part, and \(passCount) of \
            \(ledger.verdicts.count) requirements pass. The same
            check finds about a hundred deliberate faults of a broken service (`ConformTests`). To make the
            table anew: `LIMEN_UPDATE_TABLES=1 swift test --filter ConformanceTableTests`.

            | No. | Level | What is asked | Verdict | Shown by, or why not |
            |---|---|---|---|---|

            """ + text
    }

    @Test("is what the check says today, and names only tests that exist")
    func table() async throws {
        let ledger = try await ConformGateway.run(try ConformGateway.make()).run()
        let table = Self.table(ledger)
        let url = Shared.checkout.appendingPathComponent(Self.path)
        if ProcessInfo.processInfo.environment["LIMEN_UPDATE_TABLES"] == "1" {
            try Data(table.utf8).write(to: url)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == table)
        #expect(!table.contains("BROKEN"))
        for (requirement, verdict) in ledger.verdicts {
            guard case .notApplicable = verdict else { continue }
            let isTold =
                Self.proofs[requirement.id] != nil || Self.reasons[requirement.id] != nil
            #expect(isTold, "requirement \(requirement.id) is neither shown nor explained")
        }
        for (id, proof) in Self.proofs {
            let source = try String(
                contentsOf: Shared.checkout.appendingPathComponent(proof.file),
                encoding: .utf8
            )
            #expect(
                proof.function.isEmpty || source.contains("func \(proof.function)("),
                "requirement \(id) names a test that is not there"
            )
        }
    }
}

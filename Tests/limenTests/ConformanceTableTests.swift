import Foundation
import Support
import Testing

@testable import limen

/// The table in `Conformance.md`: each requirement with what proves it.
@Suite("The table of requirements")
struct ConformanceTableTests {
    /// What proves a requirement that no call from outside shows: a test, and what it shows.
    struct Proof {
        let file: String
        let function: String
        let words: String
        /// What it leaves to others; `nil` when it shows all that is asked.
        var rest: String?

        /// The name of the suite, which is that of its file.
        var suite: String {
            String(file.split(separator: "/").last?.dropLast(".swift".count) ?? "")
        }

        /// Whether the file has such a suite, and a test of that name in it.
        func isThere(in source: String?) -> Bool {
            guard let source, source.contains("struct \(suite)") else { return false }
            let pieces = source.components(separatedBy: "func ")
            guard let place = pieces.firstIndex(where: { $0.hasPrefix(function + "(") }) else {
                return false
            }
            // The attribute stands between the function before it and this one.
            return place > 0 && pieces[place - 1].contains("@Test")
        }

        /// Whether it is in this checkout.
        var isThere: Bool {
            isThere(
                in: try? String(
                    contentsOf: Shared.checkout.appendingPathComponent(file),
                    encoding: .utf8
                )
            )
        }
    }

    private static let gateway = "Tests/GatewayTests/"
    private static let incoming =
        "calls come in through a proxy that ends TLS; the gateway listens on loopback by default"

    static let proofs: [Int: Proof] = [
        2: Proof(
            file: "Tests/HTTPClientTests/OutboundTLSTests.swift",
            function: "versions",
            words: "what the gateway asks for itself goes over TLS 1.2 or 1.3",
            rest: incoming
        ),
        14: Proof(
            file: gateway + "Clients/TailoredDiscoveryTests.swift",
            function: "refused",
            words: "credentials that do not hold get 401 and no list"
        ),
        34: Proof(
            file: gateway + "Fetch/PrefetchFetchTests.swift",
            function: "keyByKey",
            words: "what was sent is taken, and what lacks is fetched"
        ),
        60: Proof(
            file: gateway + "Fetch/PrefetchFetchTests.swift",
            function: "both",
            words: "both keys are fetched from the FHIR server of the call"
        ),
        61: Proof(
            file: gateway + "Fetch/PrefetchFetchTests.swift",
            function: "both",
            words: "each request carries the token of the call"
        ),
        168: Proof(
            file: "Tests/HTTPClientTests/OutboundTLSTests.swift",
            function: "noTLS",
            words: "a server that speaks no TLS gets no request",
            rest: incoming
        ),
        175: Proof(
            file: gateway + "Access/CallerAccessTests.swift",
            function: "alone",
            words: "a certificate that a trusted proxy reports lets a client in"
        ),
        179: Proof(
            file: gateway + "Access/CallerAccessTests.swift",
            function: "certificates",
            words: "a certificate and a key of the same client are asked for together"
        ),
        199: Proof(
            file: gateway + "Access/TokenAccessTests.swift",
            function: "once",
            words: "a token without jku is checked by the keys in its client's document"
        ),
        200: Proof(
            file: "Tests/JOSETests/WycheproofTests.swift",
            function: "signatures",
            words: "the algorithms of RFC 7518 are checked by public vectors"
        ),
        205: Proof(
            file: gateway + "Clients/ClientReaderTests.swift",
            function: "defaults",
            words: "ES384 and RS384 are taken from a client that names no algorithms"
        ),
    ]

    /// What is to be said of a requirement that a call from outside shows to be kept only in part.
    static let additions: [Int: Proof] = [
        58: Proof(
            file: gateway + "Clients/TailoredDiscoveryTests.swift",
            function: "templates",
            words:
                "without it a medicine that an order only refers to would not be known; a client "
                + "with prefetchInclude false is asked without it"
        )
    ]

    /// Why a requirement asks nothing of this program.
    static let reasons: [Int: String] = [
        78: "it is for clients; the stable ids of services and cards let them do it",
        112: "no shipped service names an icon; the picture is for who writes the document",
        206:
            "upkeep: a client's document names its algorithms and can be changed without a release",
        207: "upkeep: a client's document names its algorithms; the row is deprecated",
        212: "it is for clients",
        213: "an agreement between people; discovery and usageRequirements say what is needed",
    ]

    static let path = "Sources/limen/limen.docc/Conformance.md"

    static func table(_ ledger: ConformLedger) -> String {
        var passCount = 0
        var shownCount = 0
        var partCount = 0
        var text = ""
        for (requirement, verdict) in ledger.verdicts {
            let what: String
            var word = verdict.word
            switch verdict {
            case .pass:
                passCount += 1
                what = "`ConformTests.ours`"
            case .fail(let faults):
                what = "BROKEN: " + faults.map(\.sentence).joined(separator: "; ")
            case .notApplicable(let reason):
                if let proof = proofs[requirement.id] {
                    // What is shown in part is not shown.
                    if proof.rest == nil { shownCount += 1 } else { partCount += 1 }
                    word = proof.rest == nil ? "pass" : "in part"
                    what =
                        "`\(proof.suite).\(proof.function)`: \(proof.words)"
                        + (proof.rest.map { "; " + $0 } ?? "")
                } else {
                    what = reasons[requirement.id] ?? reason
                }
            }
            var remarks = ledger.remarks[requirement.id] ?? []
            if let more = additions[requirement.id], !remarks.isEmpty {
                if case .pass = verdict {
                    passCount -= 1
                    partCount += 1
                    word = "in part"
                }
                remarks.append("\(more.words) (`\(more.suite).\(more.function)`)")
            }
            let remark = remarks.joined(separator: "; ")
            text += "| \(requirement.id) | \(requirement.level.rawValue) | \(requirement.words) "
            text += "| \(word) | \(what)\(remark.isEmpty ? "" : "; " + remark) |\n"
        }
        let restCount = ledger.verdicts.count - passCount - shownCount - partCount
        return """
            # Conformance

            Every requirement of CDS Hooks 2.0 that binds a service, with the test that shows it or the
            reason why it does not apply.

            The numbers are those of the public requirement sheet of Inferno; the words are ours. The table
            is made by the tests: `ConformTests.ours` runs `limen hook conform` against this gateway with
            every shipped service and one whose card has every part, and \(passCount) of \
            \(ledger.verdicts.count) requirements pass. \(shownCount) more
            are shown by the tests that their rows name. \(partCount) are kept in part: their rows say what is
            shown, and what is not or is left to others. The \(restCount) others bind nobody here, and say
            why. The same check finds about a hundred deliberate faults of a broken service
            (`ConformTests`). To make the table anew: `LIMEN_UPDATE_TABLES=1 swift test --filter ConformanceTableTests`.

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
        // Every row is in one state, and the numbers above the table are those of its rows.
        let words = table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
            .map { $0.split(separator: "|")[3].trimmingCharacters(in: .whitespaces) }
        #expect(Set(words) == ["pass", "in part", "not applicable"])
        let partCount = words.count { $0 == "in part" }
        #expect(words.count == 120 && partCount > 0)
        #expect(table.contains(" \(partCount) are kept in part"))
        #expect(table.contains("The \(words.count { $0 == "not applicable" }) others bind"))
        for (requirement, verdict) in ledger.verdicts {
            guard case .notApplicable = verdict else { continue }
            let isTold =
                Self.proofs[requirement.id] != nil || Self.reasons[requirement.id] != nil
            #expect(isTold, "requirement \(requirement.id) is neither shown nor explained")
        }
        for (id, proof) in Self.proofs.merging(Self.additions, uniquingKeysWith: { one, _ in one })
        {
            #expect(proof.isThere, "requirement \(id) names a test that is not there")
        }
        let ours = Proof(file: "Tests/limenTests/ConformTests.swift", function: "ours", words: "")
        #expect(ours.isThere)
        #expect(ledger.verdicts.count == 120)
        // A proof for what a call shows anyway, or for nothing, is a mistake in the lists above.
        for id in Array(Self.proofs.keys) + Array(Self.reasons.keys) {
            let verdict = ledger.verdicts.first { $0.0.id == id }?.1
            guard case .notApplicable = verdict else {
                Issue.record("requirement \(id) is shown by a call, or there is none")
                continue
            }
        }
    }

    @Test(
        "does not take a test for one that is not there",
        arguments: [
            ("struct ATests { @Test func one() {} }", true),
            ("struct ATests { @Test(arguments: [1]) func one(_ number: Int) {} }", true),
            ("struct ATests { @Test func two() {} func one() {} }", false),
            ("struct ATests { @Test func oneMore() {} }", false),
            ("struct BTests { @Test func one() {} }", false),
            ("struct ATests { }", false),
        ]
    )
    func proofs(_ source: String, _ isThere: Bool) {
        let proof = Proof(file: "Tests/X/ATests.swift", function: "one", words: "")
        #expect(proof.isThere(in: source) == isThere)
        #expect(!proof.isThere(in: nil))
        #expect(!proof.isThere)
    }
}

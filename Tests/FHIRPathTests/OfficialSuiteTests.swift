import Basics
import FHIR
import Foundation
import JSON
import Support
import Testing

@testable import FHIRPath

/// The suite that the FHIRPath specification points to, read in place.
@Suite("the official FHIRPath suite for R4", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct OfficialSuiteTests {
    static let folder = "conformance/fhirpath-r4/"

    /// The keys that the file beside this one names as exceptions.
    static func exceptions() throws -> [String] {
        let url = Shared.checkout
            .appendingPathComponent("Tests/FHIRPathTests/OfficialSuiteExceptions.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let part = text.components(separatedBy: "\n## ").first { $0.hasPrefix("Exceptions\n") }
        return try #require(part).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("- "), let end = line.range(of: ": ") else { return nil }
            return String(line.dropFirst(2)[..<end.lowerBound])
        }
    }

    @Test("passes in every case but the exceptions named beside it")
    func passes() throws {
        let cases = try OfficialCase.all()
        #expect(cases.count == 935)
        let failed = cases.filter { !$0.passes() }.map(\.key)
        #expect(failed == (try Self.exceptions()), "cases that fail, and those that are named")
        #expect(failed.count <= 10)
    }

    @Test(
        "ends on malformed resources too, with a result or a typed error",
        arguments: [
            "[]", "5", #""x""#, "{}", "null", #"{"resourceType":5}"#,
            #"{"resourceType":"Patient","name":"x","birthDate":{},"telecom":{"use":[1]},"#
                + #""identifier":[null,5,[{}]],"active":"true","_active":7}"#,
            #"{"resourceType":"Observation","valueQuantity":"5","category":{"coding":"x"},"#
                + #""component":[[],null,{"valueQuantity":{"value":"1"}}]}"#,
            #"{"resourceType":"Questionnaire","item":{"item":[[[]]],"linkId":{}}}"#,
        ]
    )
    func malformed(json: String) throws {
        let root = try JSONDocument(parsing: json).root
        let environment = FHIRPathEnvironment(focus: [.element(root)], now: OfficialCase.now)
        var count = 0
        for official in try OfficialCase.all() {
            do throws(FHIRPathError) {
                let expression = try FHIRPathExpression(parsing: official.expression)
                _ = try expression.evaluate(in: environment)
            } catch {
                #expect(error.offset <= official.expression.utf8.count)
            }
            count += 1
        }
        #expect(count == 935)
    }
}

/// One case of the suite.
struct OfficialCase {
    let key: String
    let expression: String
    let input: JSONDocument?
    let isError: Bool
    let isPredicate: Bool
    let isOrdered: Bool
    let outputs: [(type: String?, text: String)]

    static let now = Instant(microseconds: 1_790_000_000_123_000)

    static func all() throws -> [OfficialCase] {
        let bytes = try Shared.bytes(OfficialSuiteTests.folder + "tests-fhir-r4.xml")
        let document = try XMLTree.read(bytes)
        var inputs: [String: JSONDocument] = [:]
        var cases: [OfficialCase] = []
        for group in document.descendants("group") {
            for (position, test) in group.children("test").enumerated() {
                let name = test.attributes["name"] ?? ""
                let file = test.attributes["inputfile"]
                if let file, inputs[file] == nil {
                    let stem = file.prefix { $0 != "." }
                    let path = OfficialSuiteTests.folder + "input/" + stem + ".json"
                    inputs[file] = try JSONDocument(parsing: try Shared.bytes(path))
                }
                let expression = test.child("expression")
                cases.append(
                    OfficialCase(
                        key: "\(group.attributes["name"] ?? "")/\(name)#\(position)",
                        expression: expression?.text ?? "",
                        input: file.flatMap { inputs[$0] },
                        isError: expression?.attributes["invalid"] != nil,
                        isPredicate: test.attributes["predicate"] == "true",
                        isOrdered: test.attributes["ordered"] != "false",
                        outputs: test.children("output").map { ($0.attributes["type"], $0.text) }
                    )
                )
            }
        }
        return cases
    }

    /// Whether our answer is the expected one.
    func passes() -> Bool {
        do {
            let items = try run()
            guard !isError else { return false }
            if isPredicate { return outputs.first?.text == (items.isEmpty ? "false" : "true") }
            guard items.count == outputs.count else { return false }
            guard isOrdered else {
                return items.map { text(of: $0) }.sorted()
                    == outputs.map { $0.text }.sorted()
            }
            return zip(items, outputs).allSatisfy { matches($0, $1) }
        } catch {
            return isError
        }
    }

    func run() throws(FHIRPathError) -> [Item] {
        let root = input?.root
        let expression = try FHIRPathExpression(
            parsing: expression,
            allowedVariables: nil,
            rootType: root?["resourceType"]?.stringValue
        )
        let environment = FHIRPathEnvironment(
            focus: root.map { [.element($0)] } ?? [],
            now: Self.now
        )
        var evaluator = Evaluator(program: expression.program, environment: environment)
        return try evaluator.run().array
    }

    private func system(_ item: Item) -> Item {
        let evaluator = Evaluator(
            program: Program(Program.Draft(), root: 0),
            environment: FHIRPathEnvironment(focus: [], now: Self.now)
        )
        return evaluator.system(item)
    }

    private func text(of item: Item) -> String { system(item).value?.text ?? "" }

    private func matches(_ item: Item, _ output: (type: String?, text: String)) -> Bool {
        let value = system(item)
        var wanted = output.text
        if wanted.hasPrefix("@T") { wanted = String(wanted.dropFirst(2)) }
        if wanted.hasPrefix("@") { wanted = String(wanted.dropFirst()) }
        if let number = DecimalNumber(text: wanted), let own = Evaluator.decimal(value) {
            let isSameScale = output.type != nil || own.scale == number.scale
            return number == own && isSameScale && typeAgrees(item, output.type)
        }
        return text(of: item) == wanted && typeAgrees(item, output.type)
    }

    /// The type of a value must agree; an element of the model must have just the type.
    private func typeAgrees(_ item: Item, _ type: String?) -> Bool {
        guard let type else { return true }
        if case .element(let element) = item { return element.type.name == type }
        guard let own = Evaluator.systemType(item)?.rawValue else { return false }
        return own.lowercased() == type.lowercased()
    }
}

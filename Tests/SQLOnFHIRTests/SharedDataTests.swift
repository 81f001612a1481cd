import Foundation
import JSON
import Support
import Testing

@testable import SQLOnFHIR

/// The shipped views over the shared sample data.
@Suite(
    "Views over the shared data",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct SharedDataTests {
    private static func view(_ name: String) throws -> ViewDefinition {
        let url = Shared.checkout.appendingPathComponent("Profiles/views/\(name).view.json")
        return try ViewDefinition(parsing: try JSONDocument(parsing: Array(Data(contentsOf: url))))
    }

    /// The resources of a file with the keys of their Bundle; none when it is not our JSON.
    private static func resources(_ path: String) throws -> [(JSONValue, BundleKeys?)] {
        guard let root = try? JSONDocument(parsing: try Shared.bytes(path)).root else { return [] }
        guard let entries = root["entry"] else { return [(root, nil)] }
        let keys = BundleKeys(root)
        return entries.elements.compactMap { entry in entry["resource"].map { ($0, keys) } }
    }

    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: Shared.url("data/" + folder).path)
            .filter { $0.hasSuffix(".json") }.sorted().map { "data/\(folder)/\($0)" }
    }

    @Test(
        "Every Observation gives at least one row, and every value its own",
        arguments: [
            "messy", "r4-examples", "smart-stu3", "synthea-2019-r4", "synthea-uscore-inferno",
        ]
    )
    func observations(folder: String) throws {
        let view = try Self.view("observations")
        let value = try #require(view.columns.firstIndex { $0.name == "value" })
        var observationCount = 0
        for file in try Self.files(folder) {
            for (resource, keys) in try Self.resources(file) where view.isAbout(resource) {
                observationCount += 1
                let rows = try view.rows(of: resource, in: keys, now: ViewCase.now)
                #expect(rows.count >= 1, "\(file)")
                var numbers =
                    resource["component"].map { components in
                        components.elements.compactMap { $0["valueQuantity"]?["value"]?.numberText }
                    } ?? []
                if let own = resource["valueQuantity"]?["value"]?.numberText {
                    numbers.insert(own, at: 0)
                }
                let shown = rows.compactMap { row -> String? in
                    guard case .element(let json) = row[row.startIndex + value] else { return nil }
                    return json.numberText
                }
                #expect(Set(numbers).isSubset(of: Set(shown)), "\(file)")
            }
        }
        #expect(observationCount > 10)
    }

    @Test("A reference inside a transaction is the key of the Patient it means")
    func references() throws {
        let view = try Self.view("observations")
        var keyCount = 0
        for file in try Self.files("synthea-2019-r4").prefix(3) {
            let resources = try Self.resources(file)
            let patients = resources.filter { $0.0["resourceType"]?.isString("Patient") == true }
                .compactMap { $0.0["id"]?.stringValue.map { "Patient/" + $0 } }
            for (resource, keys) in resources {
                for row in try view.rows(of: resource, in: keys, now: ViewCase.now) {
                    guard case .text(let key) = row[row.startIndex] else { continue }
                    #expect(patients.contains(key), "\(file)")
                    keyCount += 1
                }
            }
        }
        #expect(keyCount > 100)
    }

    @Test("A resource of any other shape gives rows or a typed error")
    func shapes() throws {
        let views = [try Self.view("observations"), try Self.view("vital-signs")]
        let values = [
            "null", "5", "true", #""x""#, "[]", "{}", "[null]", "[[]]", "[{}]", #"{"value":{}}"#,
            #"{"coding":[5,null,{"code":[1]}]}"#, #"[{"valueQuantity":{"value":"x"}},7]"#,
        ]
        let names = [
            "status", "code", "category", "subject", "effectiveDateTime", "effectivePeriod",
            "valueQuantity", "valueInteger", "component", "dataAbsentReason", "id", "_status",
        ]
        var outcomes = (tables: 0, errors: 0)
        for name in names {
            for value in values {
                let text =
                    #"{"resourceType":"Observation","\#(name)":\#(value),"#
                    + #""category":[{"coding":[{"code":"vital-signs"}]}]}"#
                guard let resource = try? JSONDocument(parsing: text).root else { continue }
                for view in views {
                    do {
                        _ = try view.rows(of: resource, now: ViewCase.now)
                        outcomes.tables += 1
                    } catch {
                        outcomes.errors += 1
                    }
                }
            }
        }
        #expect(outcomes.tables > 100)
        #expect(outcomes.errors > 5)
    }
}

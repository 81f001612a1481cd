import Foundation
import JSON
import Support
import Testing

@testable import SQLOnFHIR

/// The project's own cases below `Tests/Cases/sql-on-fhir`.
@Suite("SQL on FHIR, own cases")
struct OwnCaseTests {
    static let files = ["tables.json", "refusals.json", "row-errors.json"]

    static func cases(_ file: String) throws -> [ViewCase] {
        let url = Shared.checkout.appendingPathComponent("Tests/Cases/sql-on-fhir/" + file)
        let document = try JSONDocument(parsing: Array(try Data(contentsOf: url)))
        return ViewCase.cases(file: file, document)
    }

    @Test("Every case gives the table or the error that it states", arguments: files)
    func cases(file: String) throws {
        let cases = try Self.cases(file)
        #expect(cases.count >= 10)
        for test in cases {
            let difference = try test.difference()
            #expect(difference == nil, "\(test.testDescription)")
        }
    }

    @Test("Every code of a refused view and of a refused row is met by a case")
    func codes() throws {
        var met: Set<String> = []
        for file in Self.files {
            for test in try Self.cases(file) {
                if let code = test.json["error"]?["code"]?.stringValue { met.insert(code) }
            }
        }
        // What exceeds a limit is made by `ViewLimitTests`.
        let codes = ViewError.Code.allCases.filter { $0 != .limitExceeded }.map(\.rawValue)
        #expect(met.isSuperset(of: codes))
        #expect(met.isSuperset(of: ViewRowError.Code.allCases.map(\.rawValue)))
    }
}

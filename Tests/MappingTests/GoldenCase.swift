import Basics
import Foundation
import JSON
import Mapping
import Testing

/// One case of `Profiles/<model>/cases/*.json`: a bundle at a moment, and what is expected.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let profile: String
    let file: String
    let name: String
    let json: JSONValue

    var testDescription: String { "\(profile)/\(file): \(name)" }

    static let all: [GoldenCase] = ShippedProfile.names.flatMap { read($0) }

    private static func read(_ profile: String) -> [GoldenCase] {
        let folder = ShippedProfile.folder(profile).appendingPathComponent("cases")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted().flatMap { file in
            guard let document = try? ShippedProfile.document("cases/" + file, of: profile),
                let cases = document.root["cases"]
            else { return [GoldenCase]() }
            return cases.elements.map { json in
                GoldenCase(
                    profile: profile,
                    file: file,
                    name: json["name"]?.stringValue ?? "",
                    json: json
                )
            }
        }
    }

    func report(_ profile: Profile) throws -> MappingReport {
        let contents = BundleContents(try #require(json["bundle"]))
        return profile.map(
            patient: contents.patient,
            resources: contents.resources,
            patientID: try #require(json["patient"]?.stringValue),
            patientFullURLs: contents.patientFullURLs,
            now: try moment(try #require(json["at"]?.stringValue))
        )
    }

    /// Holds a report against what the case expects, one expectation for each difference.
    func check(_ report: MappingReport) throws {
        let expected = try #require(json["expect"])
        for (name, value) in try #require(expected["inputs"] ?? json["expect"]).members
        where expected["inputs"] != nil {
            let name = name.stringValue ?? ""
            let input = try #require(report.inputs.first { $0.name == name }, "no input \(name)")
            try check(input, value)
        }
        if let rejections = expected["rejections"], !rejections.isNull {
            try check(report.rejections, rejections)
        }
        if let code = expected["applicability"]?.stringValue {
            #expect(Self.text(report.applicability) == code)
        }
        if let count = expected["unasked"]?.integerValue { #expect(report.unaskedCount == count) }
        if let flag = expected["subjectMismatch"]?.boolValue {
            #expect(report.hasSubjectMismatch == flag)
        }
    }

    private func check(_ input: MappingReport.Input, _ expected: JSONValue) throws {
        guard expected.kind == .object else {
            #expect(Self.text(input.value) == Self.text(expected), "\(input.name)")
            return
        }
        for (name, value) in expected.members {
            let actual: String
            switch name.stringValue {
            case "value": actual = Self.text(input.value)
            case "missing": actual = input.value == nil ? input.missingReason?.rawValue ?? "" : "no"
            case "source": actual = input.source?.resource ?? ""
            case "path": actual = input.source?.path ?? ""
            case "rule": actual = input.rule.map(String.init) ?? ""
            case "ageSeconds": actual = input.source?.ageSeconds.map(String.init) ?? ""
            case "flags":
                #expect(
                    input.flags.map(\.rawValue) == value.elements.map { $0.stringValue },
                    "\(input.name)"
                )
                continue
            default:
                Issue.record("the case expects something unknown of \(input.name)")
                continue
            }
            #expect(actual == Self.text(value), "\(input.name)")
        }
    }

    private func check(_ actual: [MappingReport.Rejection], _ expected: JSONValue) throws {
        let list = Array(expected.elements)
        #expect(
            actual.map { "\($0.resource) \($0.reason.rawValue) \($0.path) \($0.input ?? "")" }
                .sorted()
                == list.map { item in
                    ["resource", "reason", "path", "input"].map { item[$0]?.stringValue ?? "" }
                        .joined(separator: " ")
                }.sorted()
        )
        for item in list {
            guard let accepted = item["accepted"]?.stringValue else { continue }
            #expect(actual.contains { $0.accepted == accepted })
        }
    }

    private static func text(_ value: MappingReport.Value?) -> String {
        switch value {
        case .quantity(let number, let unit): number.text + " " + unit
        case .code(let code): code
        case .boolean(let flag): String(flag)
        case nil: "null"
        }
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? value.numberText ?? value.boolValue.map(String.init) ?? "null"
    }

    private static func text(_ applicability: MappingReport.Applicability) -> String {
        switch applicability {
        case .applies: "applies"
        case .notApplicable(let code, _), .undecided(let code, _): code
        }
    }
}

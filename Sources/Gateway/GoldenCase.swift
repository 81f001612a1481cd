package import Basics
package import JSON

import FHIR

/// One golden case: a bundle at a moment, and what is expected of it.
///
///     { "name": "a fever in Fahrenheit", "at": "2026-05-04T10:00:00Z", "patient": "p1",
///       "encounter": "e1",
///       "bundle": { "resourceType": "Bundle", "entry": [ ... ] },
///       "expect": { "inputs": { "temperature": "38.5 Cel", "pulse": null },
///                   "rejections": [], "status": "incomplete", "bounds": [ 1, 9 ],
///                   "cards": [ "incomplete" ] } }
///
/// Only what is named in `expect` is checked. `encounter` is the encounter in context, of hooks
/// that have one.
package struct GoldenCase: Sendable {
    /// The folder name of the profile.
    package let profile: String
    /// The file, relative to the root of the configuration.
    package let file: String
    /// The sentence that says what it shows.
    package let name: String
    /// The moment of evaluation.
    package let moment: Instant
    /// The patient with the resources.
    package let data: PatientData
    /// The whole case as it stands in the file.
    package let json: JSONValue
    /// What is expected.
    package let expected: JSONValue

    /// Reads the cases of one file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - file: its path, relative to the root of the configuration.
    ///   - profile: the folder name of the profile it stands in.
    /// - Returns: the cases in their order.
    /// - Throws: `CatalogueFinding` with the element that is wrong.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        profile: String
    ) throws(CatalogueFinding) -> [GoldenCase] {
        func fault(_ path: String, _ sentence: String) -> CatalogueFinding {
            CatalogueFinding(code: .cases, file: file, path: path, sentence: sentence)
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw CatalogueFinding(
                code: .notJSON,
                file: file,
                path: "byte \(error.offset)",
                sentence: error.sentence
            )
        }
        let root = document.root
        guard root["format"]?.isString("limen-cases/1") ?? false else {
            throw fault("format", "this release reads limen-cases/1")
        }
        guard root["profile"]?.isString(profile) ?? false else {
            throw fault("profile", "the cases are for another profile than the one they lie in")
        }
        guard let list = root["cases"], list.kind == .array else {
            throw fault("cases", "a list of cases is expected")
        }
        var cases: [GoldenCase] = []
        for (position, json) in list.elements.enumerated() {
            let path = "cases[\(position)]"
            guard let name = json["name"]?.stringValue, !name.isEmpty else {
                throw fault(path + ".name", "a sentence is expected that says what it shows")
            }
            guard let at = json["at"]?.stringValue, let moment = FHIRDateTime(text: at)?.instant
            else {
                throw fault(path + ".at", "a moment with its zone is expected")
            }
            guard let patientID = json["patient"]?.stringValue else {
                throw fault(path + ".patient", "the id of the patient is expected")
            }
            guard let bundle = json["bundle"], bundle.kind == .object else {
                throw fault(path + ".bundle", "a Bundle is expected")
            }
            guard let expected = json["expect"], expected.kind == .object else {
                throw fault(path + ".expect", "an object is expected that says what is expected")
            }
            var data = PatientData(bundle: bundle, patientID: patientID)
            if let encounter = json["encounter"] {
                guard let id = encounter.stringValue, !id.isEmpty else {
                    throw fault(path + ".encounter", "the id of the encounter is expected")
                }
                data.encounterID = id
            }
            cases.append(
                GoldenCase(
                    profile: profile,
                    file: file,
                    name: name,
                    moment: moment,
                    data: data,
                    json: json,
                    expected: expected
                )
            )
        }
        return cases
    }

    /// Runs the case.
    package func run(in project: ProfileProject) -> CaseOutcome {
        guard let mapping = project.mapping else {
            let fault = project.findings.first?.text ?? "the profile does not load"
            return CaseOutcome(golden: self, differences: [], fault: fault, trial: nil)
        }
        let trial = ProfileTrial(
            mapping: mapping,
            loaded: project.loaded,
            services: project.services,
            data: data,
            at: moment
        )
        var check = CaseCheck(
            trial: trial,
            hasModel: project.loaded != nil,
            hasService: !project.services.isEmpty
        )
        check.run(expected)
        return CaseOutcome(
            golden: self,
            differences: check.differences,
            fault: check.fault,
            trial: trial
        )
    }
}

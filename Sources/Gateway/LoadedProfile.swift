import Basics
import Crypto
package import ClinicalEngine
package import Mapping
package import Monitoring

/// A profile with its model: one folder of `Profiles/`.
package struct LoadedProfile: Sendable {
    /// The name of the folder.
    package let name: String
    /// How FHIR becomes inputs.
    package let profile: Profile
    /// What the inputs are given to.
    package let model: ClinicalModel
    /// SHA-256 of `profile.json` in hexadecimal.
    package let profileDigest: String
    /// SHA-256 of the model's document in hexadecimal.
    package let modelDigest: String
    /// SHA-256 of each ConceptMap beside it in hexadecimal, by file name, in order.
    package let conceptMapDigests: [(name: String, digest: String)]
    /// SHA-256 of each StructureDefinition and ValueSet beside it, by file name, in order.
    package let structureDigests: [(name: String, digest: String)]
    /// SHA-256 over all of these, in hexadecimal: the version as a whole.
    package let folderDigest: String
    /// What the model's data looked like when all was well; from `reference.json` beside it, or
    /// from the statistics in the document itself.
    package let reference: ModelReference?
    /// What is counted of its cases.
    package let counters: ModelCounters
    /// For each field of the model, the position of its input in the profile.
    let positions: [Int]

    /// Joins a profile and a model; `nil` when their names differ.
    init?(
        name: String,
        profile: Profile,
        model: ClinicalModel,
        profileDigest: String,
        modelDigest: String,
        conceptMapDigests: [(name: String, digest: String)],
        structureDigests: [(name: String, digest: String)] = [],
        reference: ModelReference? = nil
    ) {
        guard profile.inputNames.count == model.fields.count else { return nil }
        var positions: [Int] = []
        for field in model.fields {
            guard let position = profile.inputNames.firstIndex(of: field.name) else { return nil }
            positions.append(position)
        }
        self.name = name
        self.profile = profile
        self.model = model
        self.profileDigest = profileDigest
        self.modelDigest = modelDigest
        self.conceptMapDigests = conceptMapDigests
        self.structureDigests = structureDigests
        self.positions = positions
        let files =
            [("profile.json", profileDigest), (profile.model, modelDigest)]
            + conceptMapDigests.map { ($0.name, $0.digest) }
            + structureDigests.map { ($0.name, $0.digest) }
        let list = files.map { $0.0 + " " + $0.1 + "\n" }.joined()
        folderDigest = Hexadecimal.text(Digest.sha256(Array(list.utf8)))
        self.reference = reference
        counters = ModelCounters(
            profile: name,
            version: model.about.version,
            sha256: modelDigest,
            layout: CounterLayout(profile: profile, model: model, reference: reference)
        )
    }

    /// Gives the mapped inputs to the model.
    package func evaluate(_ report: MappingReport) -> Evaluation {
        var values: [InputValue] = []
        values.reserveCapacity(positions.count)
        for (field, position) in zip(model.fields, positions) {
            values.append(Self.value(report.inputs[position].value, for: field))
        }
        let evaluation = model.evaluate(values)
        // The document may replace what is missing; the profile may forbid it, and it wins.
        let forbidden = report.inputs.first {
            $0.value == nil && !$0.isOptional && evaluation.imputed.contains($0.name)
        }
        guard let forbidden, evaluation.status != .refused else { return evaluation }
        return Evaluation(
            status: .refused,
            value: nil,
            lower: nil,
            upper: nil,
            contributions: [],
            reasonCodes: [],
            missing: evaluation.missing + [forbidden.name],
            imputed: evaluation.imputed,
            refusal: .init(code: .missingValue, field: forbidden.name)
        )
    }

    /// A mapped value as the model's field takes it; without a value the field is missing.
    static func value(
        _ value: MappingReport.Value?,
        for field: ClinicalModel.Field
    ) -> InputValue {
        guard let value else { return .missing }
        switch (value, field.kind) {
        case (.quantity(let number, _), .continuous): return .number(number.doubleValue)
        case (.quantity(let number, _), .categorical): return .category(number.normalized.text)
        case (.code(let code), .continuous), (.code(let code), .categorical):
            return .category(code)
        case (.boolean(let flag), .continuous): return .number(flag ? 1 : 0)
        case (.boolean(let flag), .categorical): return .category(flag ? "true" : "false")
        }
    }
}

package import Basics
package import ClinicalEngine
package import Mapping

/// What a profile and its model say of one patient's data, without a request and without cards.
///
/// The stages are those of a request: the guard that all data is about one patient, the mapping,
/// the rules of applicability, the model. What cannot be computed is an outcome of its own.
package struct PatientEvaluation: Sendable {
    /// How it ends.
    package enum Outcome: String, Sendable, CaseIterable {
        /// The model gave a result.
        case computed
        /// Inputs are missing, or it cannot be told whether the model is for this patient.
        case incomplete
        /// The model gives no answer, or the data is of more than one patient.
        case refused
        /// The model is not for this patient.
        case notApplicable = "not-applicable"
    }

    /// How it ends.
    package let outcome: Outcome
    /// Why, as stable codes: of the document, of the profile, of the mapping or ours.
    package let reasons: [String]
    /// The inputs with their provenance; `nil` when the data is refused as a whole.
    package let report: MappingReport?
    /// What the model says; `nil` when it was not asked.
    package let evaluation: Evaluation?

    /// Refuses the data as a whole, under a code.
    package init(refusing code: String) {
        self.init((.refused, [code]), nil, nil)
    }

    private init(
        _ verdict: (outcome: Outcome, reasons: [String]),
        _ report: MappingReport?,
        _ evaluation: Evaluation?
    ) {
        (outcome, reasons) = verdict
        self.report = report
        self.evaluation = evaluation
    }

    /// Maps the data and asks the model, as of a moment.
    package init(_ data: PatientData, by profile: LoadedProfile, at moment: Instant) {
        let report = profile.profile.map(
            patient: data.patient,
            resources: data.resources,
            patientID: data.patientID,
            patientFullURLs: data.patientFullURLs,
            encounterID: data.encounterID,
            now: moment
        )
        guard !report.hasSubjectMismatch else {
            self.init(refusing: GatewayError.Code.patientMismatch.rawValue)
            return
        }
        let evaluation = profile.evaluateIfApplicable(report)
        let verdict: (Outcome, [String]) =
            switch report.applicability {
            case .notApplicable(let code, _): (.notApplicable, [code])
            case .undecided(let code, _): (.incomplete, ["undecided:" + code])
            case .applies: Self.verdict(evaluation, report)
            }
        self.init(verdict, report, evaluation)
    }

    private static func verdict(
        _ evaluation: Evaluation?,
        _ report: MappingReport
    ) -> (Outcome, [String]) {
        guard let evaluation else { return (.incomplete, []) }
        switch evaluation.status {
        case .complete:
            return (.computed, evaluation.reasonCodes)
        case .incomplete:
            return (.incomplete, missing(report))
        case .refused:
            guard let refusal = evaluation.refusal else { return (.refused, []) }
            // Without an input there is nothing to refuse: the answer is incomplete.
            guard refusal.code != .missingValue else { return (.incomplete, missing(report)) }
            let field = refusal.field.map { ":" + $0 } ?? ""
            return (.refused, [refusal.code.rawValue + field])
        }
    }

    /// Each missing input with the most telling reason.
    private static func missing(_ report: MappingReport) -> [String] {
        report.inputs.filter { $0.value == nil }.map {
            $0.name + ":" + ($0.missingReason?.rawValue ?? "not-sent")
        }
    }

    /// The names of the inputs without a value.
    package var missingNames: [String] { report?.missingNames ?? [] }

    /// The names of inputs whose value was not observed but stated by the profile or the document.
    package var substitutedNames: [String] {
        let stated = report?.inputs.filter {
            $0.flags.contains(.assumed) || $0.flags.contains(.imputed)
                || $0.flags.contains(.fromAbsence)
        }
        let names = stated?.map(\.name) ?? []
        return names + (evaluation?.imputed ?? []).filter { !names.contains($0) }
    }
}

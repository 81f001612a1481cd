import Basics
import CDSHooks
import ClinicalEngine
import JSON
import Mapping

extension CardFacts {
    /// The environments that a hook document is tried in when it is loaded.
    ///
    /// They hold the worst a summary can meet: the widest number, every input missing at once, and
    /// each way of having no score; so the texts of all cards are measured before go-live.
    static func samples(
        for service: LoadedService,
        _ profile: LoadedProfile,
        now: Instant
    ) throws(HookServiceError) -> [CardEnvironment] {
        let widest = -9_999.123_456
        let parts = profile.model.fields.map {
            Evaluation.Contribution(
                name: $0.name,
                fields: [$0.name],
                points: widest,
                pointsMin: widest,
                pointsMax: widest,
                reasonCode: "R"
            )
        }
        func evaluation(
            _ status: Evaluation.Status,
            isUncertain: Bool = false
        ) -> Evaluation {
            var evaluation = Evaluation(
                status: status,
                value: widest,
                lower: widest,
                upper: widest,
                contributions: parts,
                reasonCodes: ["R"],
                missing: status == .complete ? [] : profile.profile.inputNames,
                imputed: [],
                refusal: .init(code: .noPrediction, field: profile.profile.inputNames.first)
            )
            addPrediction(of: profile.model, widest, isUncertain: isUncertain, to: &evaluation)
            return evaluation
        }
        func report(
            _ applicability: MappingReport.Applicability,
            isMissing: Bool
        ) -> MappingReport {
            MappingReport(
                applicability: applicability,
                inputs: profile.profile.inputNames.map { sampleInput($0, isMissing: isMissing) },
                rejections: [],
                unaskedCount: 0
            )
        }
        let cases: [(MappingReport, Evaluation?)] = [
            (report(.applies, isMissing: false), evaluation(.complete)),
            (report(.applies, isMissing: true), evaluation(.complete, isUncertain: true)),
            (report(.applies, isMissing: true), evaluation(.incomplete)),
            (report(.applies, isMissing: true), evaluation(.refused)),
            (report(.notApplicable(code: "not-applicable", rule: "-"), isMissing: true), nil),
            (report(.undecided(code: "not-applicable", rule: "-"), isMissing: true), nil),
        ]
        var samples: [CardEnvironment] = []
        for (report, evaluation) in cases {
            let facts = CardFacts(
                service: service,
                report: report,
                evaluation: evaluation,
                earlier: EarlierResult(
                    moment: now.advanced(byMicroseconds: -31_557_600_000_000),
                    report: report,
                    evaluation: evaluation
                ),
                gaps: DataGaps(
                    isPaged: true,
                    hasError: true,
                    unsent: ["fact"],
                    failed: ["other"]
                ),
                now: now
            )
            do {
                samples.append(try facts.environment())
            } catch {
                throw HookServiceError(
                    code: .malformed,
                    path: "",
                    sentence: "no sample can be made"
                )
            }
        }
        return samples
    }

    /// The longest category and the widest numbers for what models say beside a score.
    private static func addPrediction(
        of model: ClinicalModel,
        _ widest: Double,
        isUncertain: Bool,
        to evaluation: inout Evaluation
    ) {
        evaluation.category = model.categories.max { $0.utf8.count < $1.utf8.count }
        evaluation.probabilities = model.categories.map { .init(category: $0, value: widest) }
        if model.function == .clustering {
            let longest = model.segments.max { $0.count < $1.count } ?? ""
            var segment = Evaluation.Segment(
                id: longest,
                name: longest,
                distances: [],
                margin: widest
            )
            segment.atypicality = widest
            segment.isUncertain = isUncertain
            segment.texts = model.longestSegmentTexts
            evaluation.segment = segment
        }
        evaluation.outputs = model.outputs.map { .init(name: $0, value: .number(widest)) }
    }

    private static func sampleInput(_ name: String, isMissing: Bool) -> MappingReport.Input {
        MappingReport.Input(
            name: name,
            value: isMissing ? nil : .quantity(DecimalNumber(100), unit: "1"),
            source: isMissing
                ? nil
                : .init(resource: "Observation/1", path: "value", effective: nil, ageSeconds: 60),
            conversion: nil,
            rule: 0,
            flags: [],
            missingReason: isMissing ? .stale : nil,
            isOptional: false
        )
    }
}

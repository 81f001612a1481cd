import Basics

/// A scorecard as flat arrays.
///
/// Evaluating allocates nothing but the result: the resolved inputs, the outcome of each
/// characteristic and the points of each reason code lie on the stack.
struct ScorecardProgram: Sendable {
    struct Attribute: Sendable {
        let predicate: Range<Int>
        let points: Double
        /// The position of its reason code, or -1.
        let reason: Int
        /// The entries of `attributeFields` that it reads.
        let fields: Range<Int>
        /// The instructions that compute the points; empty when they are a number.
        let code: Range<Int>
    }

    /// What a scorecard found, beside the score.
    struct Details: Sendable {
        var contributions: [Evaluation.Contribution] = []
        var reasonCodes: [String] = []
        var missing: [String] = []
        /// Missing fields that the card itself asks about.
        var imputed: [String] = []
    }

    /// What stands in the result about a characteristic.
    struct Label: Sendable {
        let name: String
        let fieldNames: [String]
        /// The field that a refusal names, or -1.
        let mainSlot: Int
    }

    /// Numbers only, so that going through them counts no references.
    struct Characteristic: Sendable {
        /// The position of its label.
        let label: Int
        let attributes: Range<Int>
        /// The entries of `handled` for it.
        let handled: Range<Int>
        let baseline: Double
        /// The position of its reason code, or -1.
        let reason: Int
    }

    let predicates: PredicateProgram
    let characteristics: [Characteristic]
    let labels: [Label]
    let attributes: [Attribute]
    /// For each attribute the fields that it reads.
    let attributeFields: [Int]
    /// For each characteristic the fields whose absence its own predicates ask about.
    let handled: [Int]
    let reasonCodes: [String]
    let initialScore: Double
    let algorithm: Scorecard.ReasonCodeAlgorithm?

    init(_ scorecard: Scorecard, compiler: inout ModelCompiler) throws(ModelError) {
        var builder = try Builder(scorecard)
        for (position, characteristic) in scorecard.characteristics.enumerated() {
            try builder.append(characteristic, position: position, compiler: &compiler)
        }
        predicates = builder.predicates
        characteristics = builder.characteristics
        labels = builder.labels
        attributes = builder.attributes
        attributeFields = builder.attributeFields
        handled = builder.handled
        reasonCodes = builder.reasonCodes
        initialScore = scorecard.initialScore
        algorithm = scorecard.reasonCodeAlgorithm
    }
}

extension ScorecardProgram {
    /// Gathers the flat arrays while the characteristics are read.
    private struct Builder {
        let scorecard: Scorecard
        var predicates = PredicateProgram()
        var characteristics: [Characteristic] = []
        var labels: [Label] = []
        var attributes: [Attribute] = []
        var attributeFields: [Int] = []
        var handled: [Int] = []
        var reasonCodes: [String] = []

        init(_ scorecard: Scorecard) throws(ModelError) {
            self.scorecard = scorecard
            guard !scorecard.characteristics.isEmpty else {
                throw ModelError(code: .empty, place: scorecard.name)
            }
            guard scorecard.characteristics.count <= Limits.characteristicsMax else {
                throw ModelError(code: .tooLarge, place: scorecard.name)
            }
            guard scorecard.initialScore.isFinite else {
                throw ModelError(code: .notFinite, place: scorecard.name)
            }
        }

        mutating func append(
            _ characteristic: Scorecard.Characteristic,
            position: Int,
            compiler: inout ModelCompiler
        ) throws(ModelError) {
            let place = characteristic.name ?? "characteristic \(position + 1)"
            guard !characteristic.attributes.isEmpty else {
                throw ModelError(code: .empty, place: place)
            }
            let firstAttribute = attributes.count
            let firstHandled = handled.count
            var read: [Int] = []
            for attribute in characteristic.attributes {
                guard attribute.partialScore.isFinite else {
                    throw ModelError(code: .notFinite, place: place)
                }
                let range = try predicates.append(
                    attribute.predicate,
                    compiler: &compiler,
                    place: place
                )
                let firstField = attributeFields.count
                attributeFields.append(contentsOf: predicates.fields(in: range))
                for field in attributeFields[firstField...] where !read.contains(field) {
                    read.append(field)
                }
                handled.append(contentsOf: predicates.fieldsAskedForMissing(in: range))
                var points = 0..<0
                if let expression = attribute.complexScore {
                    points = try compiler.code(expression, as: .double, line: 0)
                }
                let code = attribute.reasonCode ?? characteristic.reasonCode
                attributes.append(
                    Attribute(
                        predicate: range,
                        points: attribute.partialScore,
                        reason: try reason(code, place: place),
                        fields: firstField..<attributeFields.count,
                        code: points
                    )
                )
            }
            let names = read.map { compiler.slots[$0].name }
            labels.append(
                Label(
                    name: characteristic.name ?? names.first ?? place,
                    fieldNames: names,
                    mainSlot: read.first { compiler.slots[$0].name == characteristic.name }
                        ?? read.first ?? -1
                )
            )
            characteristics.append(
                Characteristic(
                    label: labels.count - 1,
                    attributes: firstAttribute..<attributes.count,
                    handled: firstHandled..<handled.count,
                    baseline: try baseline(of: characteristic, place: place),
                    reason: try characteristic.reasonCode.map { code throws(ModelError) in
                        try reason(code, place: place)
                    } ?? -1
                )
            )
        }

        private func baseline(
            of characteristic: Scorecard.Characteristic,
            place: String
        ) throws(ModelError) -> Double {
            let baseline = characteristic.baselineScore ?? scorecard.baselineScore
            guard scorecard.reasonCodeAlgorithm != nil else { return 0 }
            guard let baseline else { throw ModelError(code: .reasonCodeAbsent, place: place) }
            guard baseline.isFinite else { throw ModelError(code: .notFinite, place: place) }
            return baseline
        }

        /// The position of a reason code, in the order in which the document names them.
        private mutating func reason(
            _ code: String?,
            place: String
        ) throws(ModelError) -> Int {
            guard let code else {
                guard scorecard.reasonCodeAlgorithm == nil else {
                    throw ModelError(code: .reasonCodeAbsent, place: place)
                }
                return -1
            }
            if let position = reasonCodes.firstIndex(of: code) { return position }
            guard reasonCodes.count < Limits.reasonCodesMax else {
                throw ModelError(code: .tooLarge, place: place)
            }
            reasonCodes.append(code)
            return reasonCodes.count - 1
        }
    }
}

import Basics
package import JSON

/// Reads a row of named values instead of resources: for callers that have no FHIR.
///
///     { "respiratoryRate": 22, "temperature": { "value": 101.3, "unit": "[degF]" },
///       "onOxygen": true, "consciousness": "alert" }
///
/// A number alone is in the unit that the profile states; one in another unit says so and is
/// converted by what the profile declares for the input. The range that is believed and chart
/// rounding hold as for FHIR. A name that is left out was not asked for; `null` says that nothing
/// is recorded, which is what `absent` of a profile speaks of. A value that cannot be read is a
/// fault and never the same as a missing one: nothing may cover it.
///
/// What a profile asks of the Patient and of the time of values cannot be told of a row: see
/// `uncheckedRules`.
extension Profile {
    /// What came of a row.
    package enum NamedRow: Sendable {
        case inputs(MappingReport)
        case faults([NamedInputFault])
    }

    /// A rule that a row of named values cannot be held against.
    package struct UncheckedRule: Sendable, Equatable {
        /// The code when the rule does not hold.
        package let code: String
        /// The rule as text.
        package let text: String
    }

    /// The rules that are about the Patient or about times, and those that require a fact, which
    /// a row may leave out; the caller has to see to them.
    package var uncheckedRules: [UncheckedRule] {
        let rules = plan.applies.compactMap { rule -> UncheckedRule? in
            switch rule.condition {
            case .when, .requires: UncheckedRule(code: rule.code, text: rule.text)
            case .unless: nil
            }
        }
        return rules
            + plan.quorums.filter { $0.spanSeconds != nil }
            .map { UncheckedRule(code: $0.code, text: $0.text) }
    }

    /// The names of the facts: statements that only `applies` rules read.
    package var factNames: [String] { plan.inputs[plan.inputCount...].map(\.name) }

    /// Reads a row.
    ///
    /// - Parameters:
    ///   - row: the object of named values.
    ///   - pointer: the place of the row in the request, for the source of each value.
    /// - Returns: every input with its value or policy, or everything that is wrong with the row.
    package func map(row: JSONValue, at pointer: String) -> NamedRow {
        guard row.kind == .object else {
            return .faults([
                NamedInputFault(
                    code: .notAnObject,
                    input: nil,
                    offset: row.byteOffset,
                    accepted: "an object with " + knownNames
                )
            ])
        }
        var faults: [NamedInputFault] = []
        var inputs: [MappingReport.Input] = []
        inputs.reserveCapacity(plan.inputs.count)
        var knownCount = 0
        for input in plan.inputs {
            guard let value = row[input.name] else {
                inputs.append(NamedValue.missing(input, isNull: false))
                continue
            }
            knownCount += 1
            guard !value.isNull else {
                inputs.append(NamedValue.missing(input, isNull: true))
                continue
            }
            do throws(NamedInputFault) {
                inputs.append(try NamedValue(input: input, json: value).read(at: pointer))
            } catch {
                faults.append(error)
            }
        }
        faults += unknownNames(row, knownCount)
        guard faults.isEmpty else { return .faults(faults) }
        return .inputs(
            MappingReport(
                applicability: applicability(inputs, row),
                inputs: Array(inputs[..<plan.inputCount]),
                rejections: [],
                unaskedCount: 0,
                facts: Array(inputs[plan.inputCount...])
            )
        )
    }

    private func unknownNames(_ row: JSONValue, _ knownCount: Int) -> [NamedInputFault] {
        var faults: [NamedInputFault] = []
        var count = 0
        for (name, _) in row.members {
            count += 1
            guard !plan.inputs.contains(where: { name.isString($0.name) }),
                faults.count < Limits.rowFaultsMax
            else { continue }
            faults.append(
                NamedInputFault(
                    code: .unknownName,
                    input: nil,
                    offset: name.byteOffset,
                    accepted: knownNames
                )
            )
        }
        // Names are unique in a JSON text, so what is not known is the rest.
        precondition(count >= knownCount, "a member that was found is a member")
        return faults
    }

    private var knownNames: String { plan.inputs.map(\.name).joined(separator: ", ") }

    /// What facts and counts say; what is about the Patient or times is not asked.
    private func applicability(
        _ inputs: [MappingReport.Input],
        _ row: JSONValue
    ) -> MappingReport.Applicability {
        for rule in plan.applies {
            let isBarred: Bool
            switch rule.condition {
            case .when: isBarred = false
            case .unless(let fact): isBarred = inputs[fact].value == .boolean(true)
            case .requires(let fact):
                // Only null says that somebody looked and found none.
                isBarred =
                    inputs[fact].value == .boolean(false)
                    || row[inputs[fact].name]?.isNull ?? false
            }
            if isBarred { return .notApplicable(code: rule.code, rule: rule.text) }
        }
        for quorum in plan.quorums where !quorum.holds(inputs) {
            return .undecided(code: quorum.code, rule: quorum.text)
        }
        return .applies
    }
}

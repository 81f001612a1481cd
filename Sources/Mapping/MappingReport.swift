package import Basics

/// What came of mapping one patient's resources to the inputs of a model, every value explained.
package struct MappingReport: Sendable {
    /// Whether the model may be used for this patient at all.
    package enum Applicability: Sendable, Equatable {
        case applies
        /// An `applies` rule does not hold: its `else` code and the rule as text.
        case notApplicable(code: String, rule: String)
        /// An `applies` rule could not be decided, because the data does not say.
        case undecided(code: String, rule: String)
    }

    /// The value of an input in the profile's unit.
    package enum Value: Sendable, Equatable {
        case quantity(DecimalNumber, unit: String)
        case code(String)
        case boolean(Bool)
    }

    /// Where a value came from.
    package struct Source: Sendable, Equatable {
        /// The resource, such as `Observation/t2`; an index in the bundle when it has no id.
        package let resource: String
        /// The path of the element inside the resource, such as `component[0].valueQuantity`.
        package let path: String
        /// The moment the value holds for: the instant, or the end of the period.
        package let effective: Instant?
        /// The age at the moment of evaluation in seconds.
        package let ageSeconds: Int?

        /// Makes a source.
        package init(resource: String, path: String, effective: Instant?, ageSeconds: Int?) {
            self.resource = resource
            self.path = path
            self.effective = effective
            self.ageSeconds = ageSeconds
        }
    }

    /// What was done to the value on its way.
    package struct Conversion: Sendable, Equatable {
        /// The value as it stood in the resource.
        package let originalText: String
        /// The unit (or the coding, `system|code`) as it stood in the resource.
        package let originalUnit: String
        /// What was computed, such as `(x - 32) x 5/9`; the ConceptMap's name for a code.
        package let formula: String
        /// The value before chart rounding.
        package let unrounded: String

        /// Makes a conversion.
        package init(
            originalText: String,
            originalUnit: String,
            formula: String,
            unrounded: String
        ) {
            self.originalText = originalText
            self.originalUnit = originalUnit
            self.formula = formula
            self.unrounded = unrounded
        }
    }

    /// What a reader must know about a value.
    package enum Flag: String, Sendable, CaseIterable {
        /// The value was not observed; the profile states it (`missing.policy: assume`).
        case assumed
        /// The value was not observed; the profile imputes it from a stated source.
        case imputed
        /// The quantity had no `code`; its `unit` text is a UCUM code or a declared alias.
        case unitFromText = "unit-from-text"
        /// The value was converted from another unit.
        case converted
        /// The value was rounded to chart precision.
        case rounded
        /// More than one observation was equally recent, and they disagreed.
        case tie
        /// The value stands in for the one the model was made for (`from[].standIn`).
        case standIn = "stand-in"
        /// The value is made of several records (`select`: mean, median or count).
        case aggregated
        /// Nothing is recorded, and the profile says what that means (`absent`).
        case fromAbsence = "from-absence"
    }

    /// What a value was made of that was not taken from one record.
    package struct Aggregate: Sendable, Equatable {
        /// One record that went in.
        package struct Part: Sendable, Equatable {
            /// Where it stands.
            package let source: Source
            /// The value as it went in: converted, not rounded.
            package let value: Value

            /// Makes a part.
            package init(source: Source, value: Value) {
                self.source = source
                self.value = value
            }
        }

        /// `mean`, `median` or `count`.
        package let select: String
        /// Every record that went in, in the order of the request.
        package let parts: [Part]
        /// The value before chart rounding, where it is a finite decimal.
        package let unrounded: String?

        /// Makes an aggregate.
        package init(select: String, parts: [Part], unrounded: String?) {
            self.select = select
            self.parts = parts
            self.unrounded = unrounded
        }
    }

    /// One input of the profile, in profile order.
    package struct Input: Sendable, Equatable {
        /// The name, which is the model's field name too.
        package let name: String
        /// The value, or `nil` when the input is missing.
        package let value: Value?
        /// Where it came from; `nil` when missing, assumed or imputed.
        package let source: Source?
        /// What was done to it; `nil` when nothing was.
        package let conversion: Conversion?
        /// The index of the `from` alternative that gave it.
        package let rule: Int?
        /// What a reader must know.
        package let flags: [Flag]
        /// The most telling reason why it is missing; `nil` when it has a value, or when no
        /// observation came near it.
        package let missingReason: RejectionReason?
        /// Whether evaluation may go on without it (`missing.policy` partial or model).
        package let isOptional: Bool
        /// What the value was made of when not taken from one record; `source` is the newest.
        package let aggregate: Aggregate?
        /// Why the profile states a value where none was observed, in the words of the profile.
        package let basis: String?

        /// Makes an input.
        package init(
            name: String,
            value: Value?,
            source: Source?,
            conversion: Conversion?,
            rule: Int?,
            flags: [Flag],
            missingReason: RejectionReason?,
            isOptional: Bool,
            aggregate: Aggregate? = nil,
            basis: String? = nil
        ) {
            self.name = name
            self.value = value
            self.source = source
            self.conversion = conversion
            self.rule = rule
            self.flags = flags
            self.missingReason = missingReason
            self.isOptional = isOptional
            self.aggregate = aggregate
            self.basis = basis
        }
    }

    /// Whether the model may be used for this patient.
    package let applicability: Applicability
    /// Every input of the profile, in profile order.
    package let inputs: [Input]
    /// Every rejection but those by `code`, in the order of the resources.
    package let rejections: Rejections
    /// How many resources no input asks for (`code`), summarised and not listed.
    package let unaskedCount: Int
    /// The facts that only `applies` rules read, such as a known pregnancy, in profile order.
    package let facts: [Input]
    /// Whether any resource is about another patient: such a request must be refused as a whole.
    package let hasSubjectMismatch: Bool

    /// The fact without which the model does not apply, where no record of it is all that bars it.
    package internal(set) var unmetFact: UnmetFact?

    /// A required fact of which there is no record.
    package struct UnmetFact: Sendable, Equatable {
        /// Its name.
        package let name: String
        /// What it comes to where a record of it may be among what was not read: another rule may
        /// bar the model all the same.
        package let heldOpen: Applicability
    }

    /// Makes a report.
    package init(
        applicability: Applicability,
        inputs: [Input],
        rejections: Rejections,
        unaskedCount: Int,
        facts: [Input] = [],
        hasSubjectMismatch: Bool = false
    ) {
        self.applicability = applicability
        self.inputs = inputs
        self.rejections = rejections
        self.unaskedCount = unaskedCount
        self.facts = facts
        self.hasSubjectMismatch = hasSubjectMismatch
    }

    /// The names of the inputs without a value, in profile order.
    package var missingNames: [String] { inputs.filter { $0.value == nil }.map(\.name) }
}

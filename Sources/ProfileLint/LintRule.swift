/// What a finding is about; the raw value is stable and names the rule in reports and cases.
package enum LintRule: String, Sendable, CaseIterable {
    // Files and form.
    case notJSON = "not-json"
    case missingFile = "missing-file"
    case unusedFile = "unused-file"
    case form = "form"
    case unknownMember = "unknown-member"
    case duplicateInput = "duplicate-input"
    case similarName = "similar-name"
    case structure = "structure"

    // Codes.
    case codeFormat = "code-format"
    case codeSystem = "code-system"
    case loincForm = "loinc-form"
    case loincCheckDigit = "loinc-check-digit"
    case loincKind = "loinc-kind"
    case snomedForm = "snomed-form"
    case snomedCheckDigit = "snomed-check-digit"
    case snomedPartition = "snomed-partition"
    case codeForm = "code-form"
    case codeMeaning = "code-meaning"

    // Units and numbers.
    case unitUnknown = "unit-unknown"
    case unitIncompatible = "unit-incompatible"
    case unitAlias = "unit-alias"
    case plausible = "plausible"
    case plausibleModel = "plausible-model"
    case round = "round"

    // Alternatives.
    case unreachable = "unreachable"
    case duplicateCode = "duplicate-code"
    case panelComponent = "panel-component"
    case status = "status"
    case time = "time"

    // Expressions.
    case expression = "expression"
    case expressionConstant = "expression-constant"
    case pathType = "path-type"

    // Windows.
    case window = "window"
    case prefetchWindow = "prefetch-window"
    case prefetchCode = "prefetch-code"

    // ConceptMaps.
    case mapTarget = "map-target"
    case mapDuplicate = "map-duplicate"
    case mapRow = "map-row"
    case mapText = "map-text"
    case valueUnreached = "value-unreached"

    // Policies, facts and rules.
    case missingPolicy = "missing-policy"
    case constant = "constant"
    case fact = "fact"
    case tie = "tie"

    // The model, the hook and the golden cases.
    case model = "model"
    case modelField = "model-field"
    case modelUnit = "model-unit"
    case modelValues = "model-values"
    case hook = "hook"
    case goldenCase = "golden-case"
}

/// How much a finding matters.
package enum LintSeverity: String, Sendable, CaseIterable, Comparable {
    /// It cannot work, or would give a wrong value.
    case error
    /// It is very likely a mistake.
    case warning
    /// Worth knowing.
    case note

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Errors come first.
    package static func < (left: LintSeverity, right: LintSeverity) -> Bool {
        left.rank < right.rank
    }
}

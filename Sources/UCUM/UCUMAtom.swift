/// A unit that stands in the table, with what it amounts to.
struct UCUMAtom: Sendable {
    let code: String
    let name: String
    /// Whether a metric prefix may stand before it.
    let isMetric: Bool
    let measure: UCUMMeasure
}

/// How a unit is defined: so many of another unit, written as UCUM text.
struct UCUMDefinition: Sendable {
    enum Kind: Sendable {
        /// A prefix may stand before it.
        case metric
        case plain
        /// Defined by a procedure; can be converted to itself alone (UCUM, section 24).
        case arbitrary
        case special(UCUMFunction)
    }

    let code: String
    let name: String
    /// A decimal number or a fraction.
    let factor: String
    /// The unit it is a multiple of; only units defined further up occur in it.
    let unit: String
    let kind: Kind
    /// Whether an arbitrary or special unit takes prefixes too.
    let takesPrefix: Bool

    init(
        _ code: String,
        _ name: String,
        _ factor: String,
        _ unit: String,
        _ kind: Kind = .plain,
        takesPrefix: Bool = false
    ) {
        self.code = code
        self.name = name
        self.factor = factor
        self.unit = unit
        self.kind = kind
        self.takesPrefix = takesPrefix
    }

    /// An arbitrary unit.
    init(arbitrary code: String, _ name: String) {
        self.init(code, name, "1", "1", .arbitrary)
    }

    var isMetric: Bool {
        switch kind {
        case .metric: true
        case .plain, .arbitrary, .special: takesPrefix
        }
    }
}

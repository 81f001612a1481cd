import JSON

extension ResponseDialect {
    /// The rules of CDS Hooks that adapted cards break, as far as the dialect keeps them.
    package func violations(inCards cards: [UInt8]) -> [CDSResponseChecker.Violation] {
        let text = Array(#"{"cards":"#.utf8) + cards + [UInt8(ascii: "}")]
        guard let document = try? JSONDocument(parsing: text) else {
            return [.init(rule: .wrongType, pointer: "")]
        }
        return CDSResponseChecker.violations(in: document).filter { violation in
            // Before 2.0 a delete has the bare id of its resource in `resource`.
            let isOfResource =
                violation.rule == .actionResource
                || (violation.rule == .wrongType && violation.pointer.hasSuffix("/resource"))
            return hasResourceID || !isOfResource
        }
    }
}

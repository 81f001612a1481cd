/// A FHIRPath expression, parsed and checked once and evaluated many times.
///
///     value.ofType(Quantity).value > 5
///
/// The language is FHIRPath 2.0 (normative) with the FHIR R4 extensions.
package struct FHIRPathExpression: Sendable {
    /// The text it was read from.
    package let text: String
    /// The names of the `%variables` it reads, without the sign.
    ///
    /// Constants of the language (`%ucum`, `%sct`, `%loinc`, `%vs-...`, `%ext-...`) and variables
    /// that the expression defines itself are not among them.
    package let variableNames: [String]

    let program: Program

    /// The names of all path steps with the byte offsets at which they stand.
    ///
    /// Whoever knows which members exist can refuse a misspelt one when the expression is loaded.
    package var memberNames: [(name: String, offset: Int)] {
        program.nodes.compactMap { node in
            guard case .member(let name, _) = node.kind else { return nil }
            return (program.names[name].text, node.offset)
        }
    }

    /// Whether its outermost operator asks for a yes or a no, so that an empty result leaves open
    /// which of them it is (three-valued logic).
    package var isCondition: Bool {
        guard case .binary(let operation, _, _) = program.nodes[program.root].kind else {
            return false
        }
        switch operation {
        case .lessOrEqual, .less, .greaterOrEqual, .greater, .equal, .equivalent, .notEqual,
            .notEquivalent, .in, .contains, .and, .or, .xor, .implies:
            return true
        case .multiply, .divide, .div, .mod, .add, .subtract, .concatenate, .union: return false
        }
    }

    /// Reads an expression.
    ///
    /// - Throws: `FHIRPathError` with the offset of the fault.
    package init(parsing text: String) throws(FHIRPathError) {
        try self.init(parsing: text, allowedVariables: nil, rootType: nil)
    }

    /// Reads an expression that may use only certain variables, or starts from a known type.
    ///
    /// - Parameters:
    ///   - text: the expression.
    ///   - allowedVariables: names without the sign, beside those of the language; `nil` for any.
    ///   - rootType: the FHIR type of the focus, such as `Observation`; paths are then checked
    ///     against what is known of that type.
    /// - Throws: `FHIRPathError`: `.unknownVariable` for a name that is not allowed,
    ///   `.unknownElement` for a path that the type cannot have.
    package init(
        parsing text: String,
        allowedVariables: Set<String>?,
        rootType: String? = nil
    ) throws(FHIRPathError) {
        var parser = try Parser(text: text, allowedVariables: allowedVariables)
        let program = try parser.parse()
        try TypeChecker(program: program).check(rootType: rootType)
        self.text = text
        self.program = program
        variableNames = program.readVariables
    }

    /// Evaluates to a collection.
    ///
    /// - Throws: `FHIRPathError`; limits on steps and size make every evaluation end.
    package func evaluate(
        in environment: FHIRPathEnvironment
    ) throws(FHIRPathError) -> [FHIRPathValue] {
        var evaluator = Evaluator(program: program, environment: environment)
        let items = try evaluator.run()
        var values: [FHIRPathValue] = []
        values.reserveCapacity(items.count)
        for index in 0..<items.count {
            if let value = items[index].value { values.append(value) }
        }
        return values
    }

    /// Evaluates to one boolean; `nil` when the result is empty (three-valued logic).
    ///
    /// A single item that is no boolean counts as true (FHIRPath 2.0, section 4.5, singleton
    /// evaluation of collections).
    ///
    /// - Throws: `FHIRPathError` `.notSingleton` when there is more than one item.
    package func evaluateBoolean(
        in environment: FHIRPathEnvironment
    ) throws(FHIRPathError) -> Bool? {
        var evaluator = Evaluator(program: program, environment: environment)
        let items = try evaluator.run()
        return try evaluator.boolean(items, at: program.root)
    }
}

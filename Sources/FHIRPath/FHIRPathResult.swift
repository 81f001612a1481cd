/// One item of a result as a person sees it: with its type, and the place it was taken from.
package struct FHIRPathResult: Sendable {
    /// The value; of a primitive element, the element.
    package let value: FHIRPathValue
    /// The type with its namespace, such as `FHIR.HumanName` or `System.Boolean`.
    package let type: String
    /// The place of an element as an expression that leads to it, such as
    /// `Patient.name[0].given[1]`; `nil` for a value that was computed.
    package let path: String?
    /// What `type()` gives, when the item is such a thing.
    package let typeInfo: (namespace: String, name: String)?
    /// Whether the element has extensions but no value.
    package let isWithoutValue: Bool
}

extension FHIRPathExpression {
    /// Evaluates to items with their types and places.
    ///
    /// - Throws: `FHIRPathError`, as `evaluate` does.
    package func results(
        in environment: FHIRPathEnvironment
    ) throws(FHIRPathError) -> [FHIRPathResult] {
        var evaluator = Evaluator(program: program, environment: environment)
        let items = try evaluator.run()
        return (0..<items.count).map { evaluator.result(items[$0]) }
    }

    /// Evaluates and records each step in the order of evaluation, also when it ends in an error.
    package func trace(
        in environment: FHIRPathEnvironment
    ) -> (steps: [FHIRPathStep], outcome: Result<[FHIRPathResult], FHIRPathError>) {
        var evaluator = Evaluator(program: program, environment: environment)
        evaluator.recorder = StepRecorder()
        let outcome: Result<[FHIRPathResult], FHIRPathError>
        do throws(FHIRPathError) {
            let items = try evaluator.run()
            outcome = .success((0..<items.count).map { evaluator.result(items[$0]) })
        } catch {
            outcome = .failure(error)
        }
        return (evaluator.recorder?.steps ?? [], outcome)
    }
}

extension Evaluator {
    /// An item with its type and place.
    func result(_ item: Item) -> FHIRPathResult {
        var path: String?
        var isWithoutValue = false
        var info: (namespace: String, name: String)?
        var type = typeName(of: item).text
        if case .element(let element) = item {
            path = self.path(of: element)
            isWithoutValue = !element.hasValue
        }
        if case .type(let name) = item {
            info = (name.namespace, name.name)
            type = "System.TypeInfo"
        }
        return FHIRPathResult(
            value: item.value ?? .boolean(false),
            type: type,
            path: path,
            typeInfo: info,
            isWithoutValue: isWithoutValue
        )
    }

    /// The place of an element: in the focus, in a variable or in the Bundle.
    private func path(of element: Element) -> String? {
        for value in environment.focus {
            guard case .element(let root) = value else { continue }
            if let path = ElementPath(of: element.json, in: root)?.text { return path }
        }
        for name in environment.variables.keys.sorted() {
            for value in environment.variables[name] ?? [] {
                guard case .element(let root) = value else { continue }
                let start = "%" + name
                if let path = ElementPath(of: element.json, in: root, from: start)?.text {
                    return path
                }
            }
        }
        return environment.bundle.flatMap { ElementPath(of: element.json, in: $0)?.text }
    }
}

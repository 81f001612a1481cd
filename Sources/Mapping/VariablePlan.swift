import Basics
import FHIRPath
import JSON

/// The variables of a profile: FHIRPath on the Patient, under a name that expressions can read.
///
///     "variables": { "birth": "birthDate", "isAdult": "%birth <= today() - 18 years" }
///
/// A variable may read others and what the request gives: `%resources`, its other resources, and
/// `%encounterId`, the id of the encounter in context. It is evaluated at its first use in a mapping
/// and kept for the rest of it. A circle is refused at load.
struct VariablePlan: Sendable {
    private var expressions: [String: ValueReader.Expression] = [:]
    private(set) var names: [String] = []

    /// The variables that a request gives their value.
    static let requestNames = ["resources", "encounterId"]

    /// No variables.
    init() {}

    init(_ root: ProfileNode) throws(ProfileError) {
        guard let child = root.child("variables") else { return }
        guard child.json.kind == .object else { throw child.fault() }
        names = child.json.members.map { $0.name.stringValue ?? "" }
        let reserved =
            ["context", "resource", "rootResource", "ucum", "sct", "loinc"] + Self.requestNames
        for name in names {
            guard !reserved.contains(name), Self.isName(name) else {
                throw child.fault(.malformed, at: name)
            }
            expressions[name] = try child.expression(name, variables: names + Self.requestNames)
        }
        for name in names where reaches(name) {
            throw child.fault(.variableCycle, at: name)
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// Whether a variable reads itself, directly or by way of others.
    private func reaches(_ name: String) -> Bool {
        var seen: Set<String> = []
        var open = expressions[name]?.parsed.variableNames ?? []
        while let next = open.popLast() {
            if next == name { return true }
            guard seen.insert(next).inserted else { continue }
            open += expressions[next]?.parsed.variableNames ?? []
        }
        return false
    }

    func expression(_ name: String) -> ValueReader.Expression? { expressions[name] }

    /// Whether some variable reads the other resources.
    var readsResources: Bool {
        expressions.values.contains { $0.ownVariables.contains("resources") }
    }
}

/// The values of the variables in one mapping, each evaluated once when it is first read.
final class VariableValues {
    private let plan: VariablePlan
    private let patient: JSONValue?
    private let resources: [JSONValue]
    private let encounterID: String?
    private let now: Instant
    private var known: [String: Result<[FHIRPathValue], FHIRPathError>] = [:]

    init(
        _ plan: VariablePlan,
        patient: JSONValue?,
        resources: [JSONValue],
        encounterID: String?,
        now: Instant
    ) {
        self.plan = plan
        self.patient = patient
        self.resources = resources
        self.encounterID = encounterID
        self.now = now
    }

    /// An environment for an expression, with the variables that it reads.
    func environment(
        for expression: ValueReader.Expression,
        focus: [FHIRPathValue]
    ) throws(FHIRPathError) -> FHIRPathEnvironment {
        var environment = FHIRPathEnvironment(focus: focus, now: now)
        guard !expression.ownVariables.isEmpty else { return environment }
        for name in expression.ownVariables {
            environment.variables[name] = try value(name)
        }
        return environment
    }

    /// Circles are refused at load, so this ends at the depth of the longest chain of names.
    private func value(_ name: String) throws(FHIRPathError) -> [FHIRPathValue] {
        if name == "resources" { return resources.map { .element($0) } }
        if name == "encounterId" { return encounterID.map { [.string($0)] } ?? [] }
        if let result = known[name] { return try result.get() }
        guard let expression = plan.expression(name) else { return [] }
        // Nothing is known of a Patient that was not sent, and `iif` would answer all the same.
        guard let patient else { throw FHIRPathError(code: .unknownVariable, offset: 0) }
        do throws(FHIRPathError) {
            let value = try expression.parsed.evaluate(
                in: environment(for: expression, focus: [.element(patient)])
            )
            known[name] = .success(value)
            return value
        } catch {
            known[name] = .failure(error)
            throw error
        }
    }
}

/// Why a profile is refused, and where to look: path, file, line and column.
package struct ProfileError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case malformed = "LIMEN-MAP-001"
        case unknownMember = "LIMEN-MAP-002"
        case unknownUnit = "LIMEN-MAP-003"
        case invalidExpression = "LIMEN-MAP-004"
        case duplicateInput = "LIMEN-MAP-005"
        case missingFile = "LIMEN-MAP-006"
        case invalidConceptMap = "LIMEN-MAP-007"
        case variableCycle = "LIMEN-MAP-008"
        case duplicateMapping = "LIMEN-MAP-009"
        case invalidStructure = "LIMEN-MAP-030"
    }

    /// What is wrong.
    package let code: Code
    /// The path of the element in the profile; `file#path` for one in a ConceptMap.
    package let path: String
    /// The name of the file beside the profile that is at fault; `nil` for the profile itself.
    package let file: String?
    /// Where in that file.
    package let place: TextPlace
    /// The code of the fault in an expression, such as `LIMEN-PATH-002`.
    package let expressionCode: String?

    /// What would be accepted instead; `nil` where the sentence says all.
    package let accepted: String?

    /// Makes an error; what is accepted at the path is looked up unless it is said more closely.
    package init(
        code: Code,
        path: String,
        file: String? = nil,
        place: TextPlace = .start,
        expressionCode: String? = nil,
        accepted: String? = nil
    ) {
        self.accepted = accepted ?? (code == .malformed ? ProfileForms.accepted(at: path) : nil)
        self.code = code
        self.path = path
        self.file = file
        self.place = place
        self.expressionCode = expressionCode
    }

    /// One sentence without any text of the document.
    package var sentence: String {
        switch code {
        case .malformed:
            "the value is missing, of another kind, or does not fit its neighbours"
                + (accepted.map { "; accepted: " + $0 } ?? "")
        case .unknownMember: "the format knows no member of this name here"
        case .unknownUnit: "this is no UCUM unit that fits here"
        case .invalidExpression:
            "the FHIRPath expression is not valid" + (expressionCode.map { " (\($0))" } ?? "")
        case .duplicateInput: "another input or fact has this name"
        case .missingFile: "there is no such file beside the profile"
        case .invalidConceptMap: "the ConceptMap says something that cannot be used as it stands"
        case .variableCycle: "the variables read each other in a circle"
        case .invalidStructure: "the StructureDefinition or ValueSet cannot be used as it stands"
        case .duplicateMapping: "the ConceptMap maps this code more than once"
        }
    }
}

/// One thing that is wrong with a profile, or that its author should look at.
package struct ProfileFinding: Sendable, Equatable {
    /// Whether it keeps the profile from being loaded.
    package enum Severity: String, Sendable {
        case error, warning
    }

    /// Whether it keeps the profile from being loaded.
    package let severity: Severity
    /// The stable code, such as `LIMEN-MAP-003`.
    package let code: String
    /// The path of the element; `file#path` for one in another file.
    package let path: String
    /// The file beside the profile that is at fault; `nil` for the profile itself.
    package let file: String?
    /// Where in that file.
    package let place: TextPlace
    /// One sentence without any text of the document.
    package let sentence: String
    /// What would be accepted instead; `nil` where the sentence says all.
    package let accepted: String?

    /// Makes a finding.
    package init(
        severity: Severity,
        code: String,
        path: String,
        file: String?,
        place: TextPlace,
        sentence: String,
        accepted: String? = nil
    ) {
        self.accepted = accepted
        self.severity = severity
        self.code = code
        self.path = path
        self.file = file
        self.place = place
        self.sentence = sentence
    }

    /// The finding of an error.
    package init(_ error: ProfileError) {
        self.init(
            severity: .error,
            code: error.code.rawValue,
            path: error.path,
            file: error.file,
            place: error.place,
            sentence: error.sentence,
            accepted: error.accepted
        )
    }
}

/// Gathers what is wrong with a profile while its reader goes on behind a fault.
final class ProfileFaults {
    private(set) var errors: [ProfileError] = []

    /// Runs a step of reading; a fault is kept, and the step gives nothing.
    func attempt<Result>(_ step: () throws(ProfileError) -> Result) -> Result? {
        do throws(ProfileError) {
            return try step()
        } catch {
            if !errors.contains(error) { errors.append(error) }
            return nil
        }
    }
}

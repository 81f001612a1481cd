package import FHIRPath

/// Why a resource gives no rows: a value that a column cannot hold, or a FHIRPath that failed.
///
/// It carries the column and the place in the view, never what stands in the resource.
package struct ViewRowError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// A column that is no collection has several values.
        case severalValues = "LIMEN-VIEW-020"
        /// The value is not of the type that the column declares.
        case wrongType = "LIMEN-VIEW-021"
        /// The value is a structure, and the column declares no type.
        case structure = "LIMEN-VIEW-022"
        /// A filter gives something else than a boolean.
        case filterNotBoolean = "LIMEN-VIEW-023"
        /// A FHIRPath cannot be evaluated on this resource.
        case expressionFailed = "LIMEN-VIEW-024"
        /// The resource is unfolded into more elements or cells than the limits allow.
        case tooManyRows = "LIMEN-VIEW-025"
    }

    /// What is wrong.
    package let code: Code
    /// The name of the column, when the fault is that of one.
    package let column: String?
    /// The element of the view, as a JSON Pointer.
    package let pointer: String
    /// The type that the column declares, when the fault is about types.
    package let type: String?
    /// Why the FHIRPath failed.
    package let cause: FHIRPathError?

    init(
        _ code: Code,
        _ column: ViewColumn,
        cause: FHIRPathError? = nil
    ) {
        self.code = code
        self.column = column.name
        pointer = column.pointer
        type = column.type?.name
        self.cause = cause
    }

    init(_ code: Code, pointer: String, cause: FHIRPathError? = nil) {
        self.code = code
        column = nil
        self.pointer = pointer
        type = nil
        self.cause = cause
    }

    /// One English sentence without any text of the resource, with what would be accepted.
    package var sentence: String {
        let place = column.map { "column \($0)" } ?? "\(pointer) of the view"
        switch code {
        case .severalValues:
            return "\(place) has several values; accepted: one value, "
                + "a path with first(), or \"collection\": true"
        case .wrongType:
            return "\(place) has a value that is no \(type ?? "primitive"); accepted: a value of "
                + "that type, or another \"type\" of the column"
        case .structure:
            return "\(place) has a structure; accepted: a primitive, or a column with a \"type\""
        case .filterNotBoolean:
            return "\(place) gives no boolean; accepted: true, false or nothing"
        case .expressionFailed:
            let cause = cause.map { " (\($0.code.rawValue) at byte \($0.offset))" } ?? ""
            return "\(place) cannot be evaluated\(cause)"
        case .tooManyRows:
            return "\(place) unfolds the resource into more than the limits allow"
        }
    }
}

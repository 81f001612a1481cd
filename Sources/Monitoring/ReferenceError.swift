/// Why a text is no reference.
package struct ReferenceError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// It is no JSON.
        case notJSON = "LIMEN-REF-001"
        /// It is of another format or version.
        case format = "LIMEN-REF-002"
        /// A member is missing or not of its type, or a name stands twice.
        case member = "LIMEN-REF-003"
        /// Edges do not ascend, counts do not fit the bins, or a range is empty.
        case bins = "LIMEN-REF-004"
    }

    /// What is wrong.
    package let code: Code
    /// The path of the member, such as `series[2].edges`; `byte 12` for what is no JSON.
    package let path: String

    /// Makes an error.
    package init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
    }

    /// One sentence.
    package var sentence: String {
        switch code {
        case .notJSON: "the file is no JSON"
        case .format: "the format is not limen-reference/1"
        case .member: "the member is missing, not of its type, or there twice"
        case .bins: "the bins, counts and range do not fit each other"
        }
    }
}

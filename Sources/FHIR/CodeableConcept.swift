package import JSON

/// A concept as text and codings (FHIR R4, section 2.24.0.5).
package struct CodeableConcept: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// The codings, in order.
    package var codings: Views<Coding> { json.views("coding", as: Coding.self) }

    /// The plain text.
    package var text: String? { json["text"]?.stringValue }

    /// Whether it has no coding.
    package var isWithoutCoding: Bool { codings.isEmpty }

    /// Whether one of the codings is that code of that system.
    package func contains(_ token: CodeToken) -> Bool {
        guard let list = json["coding"] else { return false }
        for element in list.elements {
            if let coding = Coding(element), coding.matches(token) { return true }
        }
        return false
    }

    /// The position of the first of the tokens that one of the codings is.
    package func firstMatch(of tokens: [CodeToken]) -> Int? {
        tokens.firstIndex { contains($0) }
    }

    /// Checks the shapes of what the properties read.
    ///
    /// - Throws: `FHIRError` with the path of the first element of the wrong shape.
    package func check() throws(FHIRError) {
        guard let codings = try json.objects("coding") else { return }
        for coding in codings {
            for name in ["system", "code", "display"] { _ = try coding.text(name) }
        }
    }
}

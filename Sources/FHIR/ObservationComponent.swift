package import JSON

/// One part of an Observation, such as the systolic pressure of a panel.
package struct ObservationComponent: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// What the part is.
    package var code: CodeableConcept? { json["code"].flatMap { CodeableConcept($0) } }

    /// Why there is no value.
    package var dataAbsentReason: CodeableConcept? {
        json["dataAbsentReason"].flatMap { CodeableConcept($0) }
    }

    /// The value; `nil` when absent.
    ///
    /// - Throws: `FHIRError` when it stands in two types or has the wrong shape.
    package func readValue() throws(FHIRError) -> ObservationValue? {
        try ObservationValue.read(from: json)
    }

    /// Checks the shapes of all that this view reads.
    ///
    /// - Throws: `FHIRError` with the path of the first fault.
    package func check() throws(FHIRError) {
        guard let code = try json.object("code") else {
            throw FHIRError(code: .required, path: json.path(of: "code"))
        }
        try CodeableConcept(code)?.check()
        if let reason = try json.object("dataAbsentReason") {
            try CodeableConcept(reason)?.check()
        }
        try readValue()?.check()
    }
}

package import JSON

/// A stretch of time (FHIR R4, section 2.24.0.10); either end may be open.
package struct Period: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// When it begins; `nil` when open or unreadable.
    package var start: FHIRDateTime? { json["start"].flatMap { FHIRDateTime($0) } }
    /// When it ends, inclusive; `nil` when open or unreadable.
    package var end: FHIRDateTime? { json["end"].flatMap { FHIRDateTime($0) } }

    /// When it begins; `nil` when open.
    ///
    /// - Throws: `FHIRError` with the path of an unreadable moment.
    package func readStart() throws(FHIRError) -> FHIRDateTime? {
        guard let value = json["start"] else { return nil }
        return try FHIRDateTime(reading: value)
    }

    /// When it ends; `nil` when open.
    ///
    /// - Throws: `FHIRError` with the path of an unreadable moment.
    package func readEnd() throws(FHIRError) -> FHIRDateTime? {
        guard let value = json["end"] else { return nil }
        return try FHIRDateTime(reading: value)
    }
}

package import JSON

/// What is read of a Patient: no name, address or contact ever is.
package struct Patient: Sendable {
    /// The JSON object.
    package let json: JSONValue

    /// The administrative gender.
    package enum Gender: String, Sendable, CaseIterable {
        case male, female, other, unknown
    }

    /// What `deceased[x]` says.
    package enum Deceased: Sendable, Equatable {
        case notStated
        case no
        case yes
        case since(FHIRDateTime)
    }

    /// Makes a view; `nil` when the value is no Patient.
    package init?(_ json: JSONValue) {
        guard json["resourceType"]?.isString("Patient") == true else { return nil }
        self.json = json
    }

    /// The logical id.
    package var id: String? { json["id"]?.stringValue }

    /// The date of birth; `nil` when absent or unreadable.
    package var birthDate: FHIRDateTime? { json["birthDate"].flatMap { FHIRDateTime($0) } }

    /// How many business identifiers there are.
    package var identifierCount: Int {
        json["identifier"]?.elements.reduce(0) { count, _ in count + 1 } ?? 0
    }

    /// The date of birth; `nil` when absent.
    ///
    /// - Throws: `FHIRError` when it is no date, or has a time.
    package func readBirthDate() throws(FHIRError) -> FHIRDateTime? {
        guard let value = json["birthDate"] else { return nil }
        let date = try FHIRDateTime(reading: value)
        guard date.precision <= .day else {
            throw FHIRError(code: .invalidDateTime, path: value.path)
        }
        return date
    }

    /// The administrative gender; `nil` when absent.
    ///
    /// - Throws: `FHIRError` when it is no string or not of the value set.
    package func readGender() throws(FHIRError) -> Gender? {
        guard let text = try json.text("gender") else { return nil }
        guard let gender = Gender(rawValue: text) else {
            throw FHIRError(code: .unknownCode, path: json.path(of: "gender"))
        }
        return gender
    }

    /// Whether the patient has died.
    ///
    /// - Throws: `FHIRError` when it stands in two types or in a wrong one.
    package func readDeceased() throws(FHIRError) -> Deceased {
        guard let choice = try Choice.find("deceased", in: json) else { return .notStated }
        if choice.isType("Boolean") {
            guard let flag = choice.json.boolValue else {
                throw FHIRError(code: .wrongShape, path: choice.json.path)
            }
            return flag ? .yes : .no
        }
        guard choice.isType("DateTime") else {
            throw FHIRError(code: .unexpectedType, path: choice.json.path)
        }
        return .since(try FHIRDateTime(reading: choice.json))
    }
}

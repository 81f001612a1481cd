import JSON

/// The tools of the request readers: a member is there and of its kind, or the error says where.
extension JSONValue {
    /// A member that must be a string with something in it.
    func requiredText(_ name: String, at place: String) throws(HookRequestError) -> String {
        guard let text = try optionalText(name, at: place) else {
            throw .missing(name, at: place, accepted: "a string that is not empty")
        }
        return text
    }

    /// A member that may be absent and must otherwise be a string with something in it.
    func optionalText(_ name: String, at place: String) throws(HookRequestError) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        let pointer = place + "/" + name
        guard let text = value.stringValue else {
            throw .wrongType(value, pointer, accepted: "a string")
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw HookRequestError(
                code: .emptyText,
                pointer: pointer,
                offset: value.byteOffset,
                sentence: "the text is empty",
                accepted: "a string that is not empty"
            )
        }
        return text
    }

    /// A member that must be an object.
    func requiredObject(_ name: String, at place: String) throws(HookRequestError) -> JSONValue {
        guard let value = self[name], !value.isNull else {
            throw .missing(name, at: place, accepted: "an object")
        }
        guard value.kind == .object else {
            throw .wrongType(value, place + "/" + name, accepted: "an object")
        }
        return value
    }

    /// A member that may be absent or null and must otherwise be an object.
    func optionalObject(_ name: String, at place: String) throws(HookRequestError) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        guard value.kind == .object else {
            throw .wrongType(value, place + "/" + name, accepted: "an object")
        }
        return value
    }
}

extension HookRequestError {
    /// A member that must be there is not.
    static func missing(_ name: String, at place: String, accepted: String) -> HookRequestError {
        HookRequestError(
            code: .missing,
            pointer: place + "/" + name,
            sentence: "a required member is missing",
            accepted: accepted
        )
    }

    /// A member is of another kind.
    static func wrongType(
        _ value: JSONValue,
        _ pointer: String,
        accepted: String
    ) -> HookRequestError {
        HookRequestError(
            code: .wrongType,
            pointer: pointer,
            offset: value.byteOffset,
            sentence: "the value is of another JSON type",
            accepted: accepted
        )
    }
}

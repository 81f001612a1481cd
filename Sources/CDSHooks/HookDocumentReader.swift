import JSON

/// Reads an object of a hook document strictly: what is not known is an error.
struct HookDocumentReader {
    let json: JSONValue
    let path: String

    init(_ json: JSONValue, path: String) {
        self.json = json
        self.path = path
    }

    func error(
        _ code: HookServiceError.Code,
        _ name: String,
        _ sentence: String,
        offset: Int? = nil
    ) -> HookServiceError {
        HookServiceError(code: code, path: place(name), sentence: sentence, offset: offset)
    }

    func place(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

    func allow(_ names: [String]) throws(HookServiceError) {
        guard json.kind == .object else {
            throw HookServiceError(code: .wrongType, path: path, sentence: "an object is expected")
        }
        for (name, _) in json.members {
            let text = name.stringValue ?? ""
            guard names.contains(text) else {
                throw error(.unknownMember, text, "the format has no such member")
            }
        }
    }

    func text(_ name: String) throws(HookServiceError) -> String {
        guard let text = try optionalText(name) else {
            throw error(.missing, name, "a required member is missing")
        }
        return text
    }

    func optionalText(_ name: String) throws(HookServiceError) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.stringValue else {
            throw error(.wrongType, name, "a string is expected")
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw error(.wrongType, name, "the text is empty")
        }
        return text
    }

    func optionalFlag(_ name: String) throws(HookServiceError) -> Bool {
        guard let value = json[name] else { return false }
        guard let flag = value.boolValue else {
            throw error(.wrongType, name, "true or false is expected")
        }
        return flag
    }

    func object(_ name: String) throws(HookServiceError) -> HookDocumentReader {
        guard let object = try optionalObject(name) else {
            throw error(.missing, name, "a required member is missing")
        }
        return object
    }

    func optionalObject(_ name: String) throws(HookServiceError) -> HookDocumentReader? {
        guard let value = json[name] else { return nil }
        guard value.kind == .object else {
            throw error(.wrongType, name, "an object is expected")
        }
        return HookDocumentReader(value, path: place(name))
    }

    func array(_ name: String) throws(HookServiceError) -> [JSONValue]? {
        guard let value = json[name] else { return nil }
        guard value.kind == .array else {
            throw error(.wrongType, name, "an array is expected")
        }
        return Array(value.elements)
    }
}

import HTTPMessages

/// What of media types is JSON to us.
extension MediaType {
    /// Whether it is JSON; `application/json+fhir` is what older clients send.
    var isJSON: Bool {
        switch type {
        case "text": subtype == "json"
        case "application":
            subtype == "json" || subtype == "json+fhir"
                || (subtype.hasSuffix("+json") && subtype != "+json")
        default: false
        }
    }

    /// Whether it names no charset but UTF-8, the one of JSON (RFC 8259 section 8.1).
    var isUTF8: Bool {
        parameters.allSatisfy { parameter in
            guard parameter.name == "charset" else { return true }
            return ["utf-8", "utf8"].contains(parameter.value.lowercased())
        }
    }

    /// Whether who sends these fields takes JSON (RFC 9110 section 12.5.1).
    ///
    /// The most specific range decides. Another name of JSON is as good as its own, as it always
    /// was, and to refuse it says nothing about what is sent. Parameters besides the weight, such as
    /// a version of FHIR, are not held against anybody, and what is no range is passed over.
    static func acceptsJSON(_ fields: HTTPFields) -> Bool {
        // What most clients send needs no reading.
        if !fields.repeats("accept"),
            fields.has("accept", equalTo: "application/json")
                || fields.has("accept", equalTo: "*/*")
        {
            return true
        }
        let members: [MediaType?] = fields.values("accept").flatMap { MediaType.list($0) }
        guard !members.isEmpty else { return true }
        let ranges = members.compactMap { $0 }
        let own = ranges.filter { $0.isRange("application", "json") }
        guard own.isEmpty else { return own.contains { !$0.isWeightless } }
        if ranges.contains(where: { $0.isJSON && !$0.isWeightless }) { return true }
        for type in ["application", "*"] {
            let wide = ranges.filter { $0.isRange(type, "*") }
            guard wide.isEmpty else { return wide.contains { !$0.isWeightless } }
        }
        return false
    }

    private func isRange(_ type: String, _ subtype: String) -> Bool {
        self.type == type && self.subtype == subtype
    }
}

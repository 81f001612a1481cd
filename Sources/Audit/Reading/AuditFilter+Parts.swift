import Basics

extension AuditFilter {
    /// The filter as a list of texts that no other filter has, for binding a cursor to it.
    ///
    /// How many rows a page has, and where it begins, is no part of the filter.
    package var parts: [String] {
        var parts: [String] = []
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            parts += [name, value]
        }
        add("tenant", tenant)
        add("kind", kind?.rawValue)
        add("outcome", outcome?.rawValue)
        add("client", client)
        add("service", service)
        switch model {
        case .digest(let digest): add("model-digest", digest)
        case .profile(let name): add("model-profile", name)
        case nil: break
        }
        add("arm", arm?.rawValue)
        add("code", reasonCode)
        for pseudonym in patientPseudonyms { add("patient", hexadecimal(pseudonym)) }
        for pseudonym in userPseudonyms { add("user", hexadecimal(pseudonym)) }
        add("names-no-patient", namesNoPatient ? "true" : nil)
        add("hook-instance", hookInstance?.text)
        add("trace-id", traceID.map(hexadecimal))
        add("event", eventID?.text)
        add("caused-by", causedBy?.text)
        add("card", cardID?.text)
        add("from", from.map { String($0.microseconds) })
        add("to", to.map { String($0.microseconds) })
        return parts
    }
}

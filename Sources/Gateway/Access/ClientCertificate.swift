import HTTPMessages

/// What is known of the certificate a client showed: to our own listener, or to a proxy that
/// reports it.
///
///     Hash=468ed3...;Subject="CN=ward-ehr,O=Hospital A";URI=spiffe://a/ehr;DNS=ward.example
///
/// The form is that of Envoy's `x-forwarded-client-cert`: members with `;` between them, and one
/// element only. Several elements would be several proxies, of which the first could be anybody.
///
/// Envoy puts the subject between quotes as RFC 2253 writes it and escapes nothing further, so a
/// backslash belongs to the text: without it `CN=ward\,O=A`, one name, would be `CN=ward,O=A`, two.
struct ClientCertificate: Sendable, Equatable {
    /// SHA-256 of the certificate in hexadecimal.
    private(set) var fingerprint: String?
    /// The subject as the proxy writes it.
    private(set) var subject: String?
    /// The DNS names and URIs, as they are compared.
    private(set) var names: [String] = []

    /// Takes what the listener itself has seen and verified.
    init(_ shown: PeerCertificate) {
        fingerprint = shown.fingerprint
        subject = shown.subject.isEmpty ? nil : shown.subject
        names = shown.names.map(CertificateRegistration.comparable)
    }

    /// Reads a field; `nil` when it has any other form.
    init?(forwarded text: String) {
        guard text.utf8.count <= 8_192, let members = Self.members(text) else { return nil }
        for (name, value) in members where !value.isEmpty {
            switch name.lowercased() {
            case "hash":
                guard fingerprint == nil else { return nil }
                fingerprint = value.lowercased()
            case "subject":
                guard subject == nil else { return nil }
                subject = value
            case "uri", "dns":
                names.append(CertificateRegistration.comparable(value))
            default:
                // By, Cert and Chain say nothing that is compared.
                continue
            }
        }
        guard fingerprint != nil || subject != nil || !names.isEmpty else { return nil }
    }

    /// The members; `nil` when there are several elements or a quote is open.
    private static func members(_ text: String) -> [(String, String)]? {
        var members: [(String, String)] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                var isClosed = false
                while let character = rest.popFirst() {
                    if character == "\"" {
                        isClosed = true
                        break
                    }
                    value.append(character)
                    if character == "\\" {
                        // The quote behind it is one of the text, and does not end it.
                        guard let escaped = rest.popFirst() else { return nil }
                        value.append(escaped)
                    }
                }
                guard isClosed else { return nil }
            } else {
                let end = rest.firstIndex { $0 == ";" || $0 == "," } ?? rest.endIndex
                value = String(rest[..<end])
                rest = rest[end...]
            }
            members.append((name, value))
            guard let separator = rest.popFirst() else { break }
            guard separator == ";", !rest.isEmpty else { return nil }
        }
        return members.isEmpty ? nil : members
    }

    /// Whether it is the one that a client is registered with; every member that is given must fit.
    func fits(_ registration: CertificateRegistration) -> Bool {
        if let wanted = registration.fingerprint, wanted != fingerprint { return false }
        if let wanted = registration.subject, wanted != subject { return false }
        guard let wanted = registration.names else { return true }
        return names.contains(where: wanted.contains)
    }
}

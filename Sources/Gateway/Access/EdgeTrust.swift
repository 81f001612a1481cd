package import HTTPMessages

/// The proxies in front of the gateway that are believed, and what they report.
///
/// Nothing is believed unless it is configured: a header that names a certificate or an address
/// can be written by anybody, so it counts only from the address of a proxy that overwrites it.
package struct EdgeTrust: Sendable, Equatable {
    /// The networks that the proxies call from.
    package let proxies: [IPNetwork]
    /// The name of the field with the client's certificate, in the form of Envoy's
    /// `x-forwarded-client-cert`; `nil` where certificates are not looked at.
    package let certificateField: String?
    /// The name of the field with the client's address, such as `x-forwarded-for`.
    package let addressField: String?

    /// Makes the trust.
    package init(
        proxies: [IPNetwork] = [],
        certificateField: String? = nil,
        addressField: String? = nil
    ) {
        self.proxies = proxies
        self.certificateField = certificateField
        self.addressField = addressField
    }

    /// No proxy is believed.
    package static let none = EdgeTrust()

    /// Whether a request comes straight from a proxy that is believed.
    func isProxy(_ request: HTTPRequest) -> Bool {
        guard !proxies.isEmpty, let peer = IPAddress(request.peerAddress) else { return false }
        return proxies.contains { $0.contains(peer) }
    }

    /// The address that a request comes from, as a key for counting.
    ///
    /// A proxy appends the address it saw, so the last one is the one it vouches for. Of an IPv6
    /// address the first half counts: one subscriber has the other half to choose from.
    func address(of request: HTTPRequest) -> String {
        let text = wholeAddress(of: request)
        guard let address = IPAddress(text) else { return text }
        return address.isSix ? IPNetwork(address, prefixLength: 64).text : address.text
    }

    /// The whole address that a request comes from, for its audit row.
    func wholeAddress(of request: HTTPRequest) -> String {
        var text = request.peerAddress
        if let addressField, isProxy(request),
            let last = request.fields.values(addressField).last?.split(separator: ",").last
        {
            let seen = last.filter { $0 != " " && $0 != "\t" }
            // A proxy that listens for both kinds reports IPv4 clients as mapped addresses, which
            // would all lie in one network of IPv6.
            if let address = IPAddress(seen) { text = address.unmapped.text }
        }
        return text
    }

    /// The certificate that the client has shown to our listener, or to a proxy that reports it;
    /// `nil` when there is none, or nobody to believe.
    ///
    /// From a proxy that reports certificates only the report counts: the certificate on its own
    /// connection is the proxy's and not the client's.
    ///
    /// - Throws: `CallerRefusal.malformed` when the report cannot be read in one way only.
    func certificate(of request: HTTPRequest) throws(CallerRefusal) -> ClientCertificate? {
        guard let certificateField, isProxy(request) else {
            return request.peerCertificate.map { ClientCertificate($0) }
        }
        let values = request.fields.values(certificateField)
        guard let value = values.first else { return nil }
        guard values.count == 1, let certificate = ClientCertificate(forwarded: value) else {
            throw .malformedCertificate
        }
        return certificate
    }
}

import Gateway
import HTTPMessages

/// What `limen serve` is told about what stands in front of it.
struct EdgeOptions {
    /// The URLs under which clients know the gateway, without a slash at the end.
    let publicURLs: [String]
    /// The proxies that are believed.
    let trust: EdgeTrust
    /// How often one address may call.
    let addressRate: RateAllowance?

    /// The options.
    static let values: Set<String> = [
        "client-certificate-header", "client-address-header", "address-rate",
    ]

    /// The options that may be given several times.
    static let lists: Set<String> = ["public-url", "trusted-proxy"]

    /// Reads the options.
    ///
    /// - Throws: `CommandError` with exit code 2 that names the option.
    init(_ parsed: Arguments) throws(CommandError) {
        var urls: [String] = []
        for text in parsed.all("public-url") {
            guard let base = FHIRBase(text) else {
                throw CommandError(
                    .usage,
                    "--public-url takes a URL without query, such as https://limen.example"
                )
            }
            urls.append(base.text)
        }
        publicURLs = urls
        var proxies: [IPNetwork] = []
        for text in parsed.all("trusted-proxy") {
            let network =
                IPNetwork(text)
                ?? IPAddress(text).map {
                    IPNetwork($0, prefixLength: $0.isSix ? 128 : 32)
                }
            guard let network else {
                throw CommandError(
                    .usage,
                    "--trusted-proxy takes an address or a network, such as 10.0.0.0/24"
                )
            }
            proxies.append(network)
        }
        let certificateField = parsed.value("client-certificate-header")
        let addressField = parsed.value("client-address-header")
        guard !proxies.isEmpty || (certificateField == nil && addressField == nil) else {
            throw CommandError(
                .usage,
                "a header is believed from a proxy only; name it with --trusted-proxy"
            )
        }
        trust = EdgeTrust(
            proxies: proxies,
            certificateField: certificateField,
            addressField: addressField
        )
        guard parsed.value("address-rate") != nil else {
            addressRate = nil
            return
        }
        let rate = try parsed.integer("address-rate", default: 1, in: 1...1_000_000)
        addressRate = RateAllowance(perSecond: rate, burst: max(rate, 10))
    }
}

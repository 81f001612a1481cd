import HTTPMessages
import JSON

/// The FHIR servers of a client: where missing data may be fetched from, and nowhere else.
extension ClientReader {
    private static let serverMembers = [
        "base", "allowNetworks", "caFile", "search", "subject", "open",
    ]

    func fhirServers(_ root: ClientNode) -> [FHIRServer] {
        let accepted = "objects with " + Self.serverMembers.joined(separator: ", ")
        var servers: [FHIRServer] = []
        for node in root.list("fhirServers", accepted: accepted, isEmptyAllowed: true) ?? []
        where node.isObject(of: Self.serverMembers) {
            guard let server = fhirServer(node) else { continue }
            guard !servers.contains(where: { $0.base == server.base }) else {
                node.fault(at: "base", "the server is registered twice", accepted: "each once")
                continue
            }
            servers.append(server)
        }
        return servers
    }

    private func fhirServer(_ node: ClientNode) -> FHIRServer? {
        let networks = node.texts(
            "allowNetworks",
            accepted: "private, shared or loopback networks such as 10.20.0.0/16",
            isEmptyAllowed: true
        ) { IPNetwork($0).map(AddressPolicy.canOpen) ?? false }
        let caFile = node.text("caFile", accepted: "the name of a .pem file beside this one") {
            Self.isFileName($0, ending: ".pem") && files[beside($0)] != nil
        }
        let search = node.choice("search", FHIRServer.Search.self) ?? .get
        let subject = node.text("subject", accepted: "the name of this service in its tokens")
        let isOpen = node.flag("open") ?? false
        let text = node.requiredText(
            "base",
            accepted: "an https address without user, query, fragment, escapes and dot segments"
        ) { FHIRBase($0) != nil }
        guard let base = text.flatMap(FHIRBase.init) else { return nil }
        let opened = (networks ?? []).compactMap { IPNetwork($0) }
        guard isReachable(base, opened) else {
            node.fault(
                at: "base",
                "the server may not be called like this",
                accepted: "https; an address only inside allowNetworks, and plain http only to an "
                    + "address of this machine"
            )
            return nil
        }
        return FHIRServer(
            base: base,
            allowNetworks: opened,
            caFile: caFile,
            caBundle: caFile.flatMap { files[beside($0)] },
            search: search,
            subject: subject,
            isOpen: isOpen
        )
    }

    /// Tokens go out in clear only to a proxy on this machine, and an address is no name that a
    /// certificate authority vouches for: both have to be opened by a network.
    private func isReachable(_ base: FHIRBase, _ networks: [IPNetwork]) -> Bool {
        switch base.origin.host {
        case .name: base.origin.scheme == .https
        case .address(let address):
            networks.contains { $0.contains(address) }
                && (base.origin.scheme == .https || AddressPolicy.isLoopback(address))
        }
    }
}

package import JSON

import HTTPMessages

extension FHIRServer {
    private static let members = [
        "base", "allowNetworks", "caFile", "search", "subject", "open",
    ]

    /// Reads the member `fhirServers` of a client; none when it is not there.
    ///
    /// - Throws: `CatalogueFinding` without its file.
    package static func list(in client: JSONValue) throws(CatalogueFinding) -> [FHIRServer] {
        guard let list = client["fhirServers"] else { return [] }
        guard list.kind == .array else {
            throw fault("fhirServers", "an array of servers is expected")
        }
        var servers: [FHIRServer] = []
        for element in list.elements {
            let server = try FHIRServer(reading: element)
            guard !servers.contains(where: { $0.base == server.base }) else {
                throw fault(element.path, "another entry has this base")
            }
            servers.append(server)
        }
        return servers
    }

    init(reading json: JSONValue) throws(CatalogueFinding) {
        guard json.kind == .object else { throw Self.fault(json.path, "an object is expected") }
        for (name, value) in json.members {
            guard let name = name.stringValue, Self.members.contains(name) else {
                throw Self.fault(value.path, "the format has no such member")
            }
        }
        guard let base = (json["base"]?.stringValue).flatMap(FHIRBase.init) else {
            throw Self.fault(
                json.path + ".base",
                "an https URL is expected, without user, query, fragment, dot segments and escapes"
            )
        }
        let networks = try Self.networks(json)
        try Self.check(base, networks, json.path)
        var search = Search.get
        if let value = json["search"] {
            guard let known = value.stringValue.flatMap(Search.init) else {
                throw Self.fault(value.path, "get or post is expected")
            }
            search = known
        }
        var isOpen = false
        if let value = json["open"] {
            guard let flag = value.boolValue else {
                throw Self.fault(value.path, "true or false is expected")
            }
            isOpen = flag
        }
        let caFile = try Self.text(json, "caFile")
        if let caFile, caFile.hasPrefix("/") || caFile.contains("..") {
            throw Self.fault(json.path + ".caFile", "a file below Hooks/clients is expected")
        }
        self.init(
            base: base,
            allowNetworks: networks,
            caFile: caFile,
            search: search,
            subject: try Self.text(json, "subject"),
            isOpen: isOpen
        )
    }

    /// Tokens go out in clear only to a proxy on this machine, and an address is no name that a
    /// certificate authority vouches for: both have to be opened by a network.
    private static func check(
        _ base: FHIRBase,
        _ networks: [IPNetwork],
        _ path: String
    ) throws(CatalogueFinding) {
        guard case .address(let address) = base.origin.host else {
            guard base.origin.scheme == .https else {
                throw fault(path + ".base", "https is expected")
            }
            return
        }
        guard networks.contains(where: { $0.contains(address) }) else {
            throw fault(path + ".base", "an address is expected to lie in allowNetworks")
        }
        guard base.origin.scheme == .https || AddressPolicy.isLoopback(address) else {
            throw fault(path + ".base", "https is expected everywhere but on this machine")
        }
    }

    private static func networks(_ json: JSONValue) throws(CatalogueFinding) -> [IPNetwork] {
        guard let list = json["allowNetworks"] else { return [] }
        guard list.kind == .array else {
            throw fault(list.path, "an array of networks is expected")
        }
        var networks: [IPNetwork] = []
        for element in list.elements {
            guard let network = element.stringValue.flatMap({ IPNetwork($0) }) else {
                throw fault(element.path, "a network is expected, such as 10.1.0.0/16")
            }
            guard AddressPolicy.canOpen(network) else {
                throw fault(
                    element.path,
                    "only private, shared and loopback networks can be opened"
                )
            }
            networks.append(network)
        }
        return networks
    }

    private static func text(
        _ json: JSONValue,
        _ name: String
    ) throws(CatalogueFinding) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.stringValue, !text.isEmpty else {
            throw fault(value.path, "a text is expected")
        }
        return text
    }

    private static func fault(_ path: String, _ sentence: String) -> CatalogueFinding {
        CatalogueFinding(code: .client, file: "", path: path, sentence: sentence)
    }
}

import Lifecycle
import Support
import Testing

@testable import Gateway

/// The files of this repository with versions of NEWS2 side by side: `news2-b` and `news2-c` are
/// copies of `news2` under other names.
enum VersionFiles {
    /// A copy of NEWS2 under another name; one that refuses looks back one minute only.
    static func copy(as name: String, refusing: Bool = false) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for (file, bytes) in try GatewayFixture.files() where file.hasPrefix("Profiles/news2/") {
            var bytes = bytes
            if refusing, file.hasSuffix("/profile.json") {
                let text = String(decoding: bytes, as: UTF8.self)
                bytes = Array(
                    text.replacing("\"within\": \"PT12H\"", with: "\"within\": \"PT1M\"").utf8
                )
            }
            files["Profiles/" + name + "/" + file.dropFirst("Profiles/news2/".count)] = bytes
        }
        return files
    }

    /// The files with a hook document that names versions.
    static func read(
        _ members: String,
        refusingCanary: Bool = false,
        refusingShadow: Bool = false
    ) throws -> [String: [UInt8]] {
        var files = try copy(as: "news2-b", refusing: refusingCanary)
        files.merge(try copy(as: "news2-c", refusing: refusingShadow)) { $1 }
        let hook = try #require(try GatewayFixture.files()["Hooks/news2.json"])
        files["Hooks/news2.json"] = Array(
            String(decoding: hook, as: UTF8.self)
                .replacing("\"profile\": \"news2\",", with: "\"profile\": \"news2\"," + members)
                .utf8
        )
        return files
    }

    static func canary(share: String) -> String {
        #" "canary": { "profile": "news2-b", "share": \#(share), "salt": "t" },"#
    }

    /// What was deployed when the folder of the canary had another content.
    static func replacedCanary(number: Int = 1) -> DeploymentBook {
        let other = ModelVersion(profile: "news2-b", digest: String(repeating: "0", count: 64))
        let deployment = Deployment(
            service: "news2",
            number: number,
            kind: .canaryStart,
            reason: "t",
            live: nil,
            canary: other,
            isCanaryActive: true
        )
        return DeploymentBook(deployments: ["news2": deployment])
    }

    /// A state in which a version is in force, as an operator promoted it.
    static func promoted(
        _ profile: String,
        in fixture: GatewayFixture,
        number: Int = 1
    ) throws -> DeploymentBook {
        let family = try #require(fixture.gateway.catalogue.family(id: "news2")?.family)
        let version: ModelVersion = try #require(family.version(profile))
        let deployment = Deployment(
            service: "news2",
            number: number,
            kind: .promote,
            reason: "t",
            live: version,
            canary: nil,
            isCanaryActive: false
        )
        return DeploymentBook(deployments: ["news2": deployment])
    }
}

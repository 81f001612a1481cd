import CDSHooks
import JSON

/// What a body says about the tenant, which is never what decides it.
///
/// The tenant comes from the credentials alone (CDS Hooks best practices, multi-tenancy). A body
/// that names one is accepted when it is the caller's own, and refused otherwise: whoever wrote it
/// expects to work on other data.
enum TenantClaim {
    private static let names = ["tenant", "tenantId", "tenant_id"]

    /// Refuses a body that names a tenant that is not the client's.
    static func check(_ root: JSONValue, for client: Client) throws(GatewayError) {
        let accepted = [client.tenant, client.token?.tenantClaim].compactMap { $0 }
        let context = root["context"]
        for (pointer, object) in [
            ("", root), ("/extension", root["extension"]), ("/context", context),
            ("/context/extension", context?["extension"]),
            ("/fhirAuthorization", root["fhirAuthorization"]),
        ] {
            guard let object, object.kind == .object else { continue }
            for name in names {
                guard let value = object[name] else { continue }
                guard !accepted.contains(where: value.isString) else { continue }
                throw GatewayError(
                    .tenantClaimed,
                    issues: [
                        .init(
                            pointer: pointer + "/" + name,
                            sentence: "The body names a tenant that is not the caller's."
                        )
                    ]
                )
            }
        }
    }
}

extension CommandForm {
    /// Every form of every command, with the options that it reads.
    static let all = service + desk + engineer + models + audit + keeping

    private static let access = AuditAccess.options
    private static let filters = AuditFilterReader.options.union(AuditAccess.options)
    private static let reasoned = AuditAccess.options.union(["reason"])

    private static let service: [CommandForm] = [
        CommandForm("help"),
        CommandForm("version"),
        CommandForm(
            "up",
            values: ["listen", "state", "writers", "loops", "spool"],
            switches: ["tls"]
        ),
        CommandForm("down", values: ["state"], switches: ["wipe"]),
        CommandForm(
            "serve",
            values: EdgeOptions.values.union(ListenerSecurity.values).union([
                "listen", "clients", "keys", "writers", "loops", "spool", "drain-notice",
            ]),
            lists: EdgeOptions.lists,
            switches: ["development", "closed-discovery", "share-port"]
        ),
        CommandForm("migrate", values: ["state"], switches: ["status"]),
        CommandForm("doctor", values: ["state"], lists: ["accept"], switches: ["json"]),
        CommandForm("doctor", by: "expectation", switches: ["expectation"]),
        CommandForm("database start", values: ["directory"]),
        CommandForm("database stop", values: ["directory"]),
        CommandForm(
            "bench",
            values: ["seconds", "connections", "writers", "loops"],
            switches: ["json"]
        ),
        CommandForm("drill kill", values: ["cycles", "seed"]),
        CommandForm("drill outage", values: ["seconds"]),
        CommandForm("drill markers", values: ["count", "seed"]),
        CommandForm("drill tamper", values: ["count", "double", "clean", "seed"]),
        CommandForm(
            "drill slow",
            values: ["connections", "seconds", "url", "process", "key-file"],
            switches: ["tls"]
        ),
        CommandForm(
            "drill flood",
            values: ["connections", "seconds", "url", "process"],
            switches: ["tls"]
        ),
        CommandForm(
            "drill garbage",
            values: ["count", "seed", "url", "process"],
            switches: ["tls"]
        ),
        CommandForm(
            "drill soak",
            values: ["seconds", "rate", "url", "process"],
            switches: ["tls"]
        ),
        CommandForm("openapi", switches: ["postman"]),
        CommandForm(
            "feedback report",
            values: ["from", "to", "by", "tenant", "state"],
            switches: ["json"]
        ),
        CommandForm(
            "batch",
            values: [
                "out", "format", "shard", "at", "errors", "manifest", "jobs", "tenant", "reason",
                "keys", "state", "checkpoint",
            ],
            lists: ["profile", "in"],
            switches: ["resume", "explain"]
        ),
    ]

    private static let desk: [CommandForm] = [
        CommandForm("tenant new", values: ["title", "keys", "state"], switches: ["json"]),
        CommandForm("tenant list", values: ["keys", "state"], switches: ["json"]),
        CommandForm(
            "auditor add",
            values: ["role", "password-file", "state"],
            lists: ["tenant"],
            switches: ["json"]
        ),
        CommandForm(
            "auditor remove",
            values: ["state"],
            lists: ["tenant"],
            switches: ["keep-login", "json"]
        ),
        CommandForm("auditor list", values: ["state"], switches: ["json"]),
    ]

    private static let engineer: [CommandForm] = [
        CommandForm("hook lint", switches: ["json"]),
        CommandForm(
            "hook fire",
            values: [
                "bundle", "at", "patient", "hook", "url", "key-file", "state", "as", "signing-key",
                "public-url", "clients", "context",
            ],
            switches: ["json", "curl"]
        ),
        CommandForm(
            "hook conform",
            values: ["service", "bundle", "origin", "key-file", "state", "url"],
            switches: ["json", "all"]
        ),
        CommandForm(
            "client new",
            values: ["clients", "tenant", "issuer", "jwks", "jwks-url", "dialect", "role"],
            switches: ["api-key", "development"]
        ),
        CommandForm("client check", values: ["clients"], switches: ["json", "development"]),
        CommandForm(
            "client lint",
            values: ["clients"],
            switches: ["json", "strict", "development"]
        ),
        CommandForm(
            "client key",
            values: ["clients", "until"],
            switches: ["replace", "development"]
        ),
        CommandForm(
            "jwt explain",
            values: ["client", "clients", "jwks", "issuer", "at"],
            lists: ["audience"],
            switches: ["json"]
        ),
        CommandForm("jwt key", values: ["algorithm", "out"]),
        CommandForm(
            "jwt sign",
            values: ["key", "issuer", "tenant", "jku", "lifetime", "at"],
            lists: ["audience"]
        ),
        CommandForm(
            "map explain",
            values: ["profile", "bundle", "at", "patient"],
            lists: ["input"],
            switches: ["json", "all"]
        ),
        CommandForm("map test", values: ["filter", "junit"], switches: ["json", "update"]),
        CommandForm(
            "map coverage",
            values: ["at", "top"],
            switches: ["json", "cases", "display", "progress"]
        ),
        CommandForm("map diff", values: ["at", "limit"], switches: ["json", "progress"]),
        CommandForm("map lint", switches: ["json", "strict"]),
        CommandForm("map new", values: ["model"], lists: ["input"], switches: ["json"]),
        CommandForm(
            "map watch",
            values: ["at", "patient", "filter"],
            lists: ["input"],
            switches: ["all", "json"]
        ),
        CommandForm(
            "map table",
            values: ["format", "out", "at", "profile"],
            switches: ["json", "progress"]
        ),
        CommandForm("fhir check", values: ["profile", "value-sets"], switches: ["json"]),
        CommandForm(
            "fhirpath",
            values: ["now", "bundle"],
            lists: ["variable"],
            switches: ["json", "trace"]
        ),
        CommandForm(
            "fhirpath",
            by: "batch",
            values: ["now"],
            lists: ["variable"],
            switches: ["batch"]
        ),
        CommandForm("unit convert", switches: ["json"]),
        CommandForm("unit convert", by: "batch", switches: ["batch"]),
        CommandForm("unit check", switches: ["json"]),
    ]

    private static let models: [CommandForm] = [
        CommandForm("model check", switches: ["json"]),
        CommandForm("model show", values: ["segment", "depth"], switches: ["all", "json"]),
        CommandForm(
            "model evaluate",
            values: ["in", "out", "format", "profile"],
            switches: ["json"]
        ),
        CommandForm("model import", values: ["as"], switches: ["json"]),
        CommandForm(
            "model compare",
            values: ["at", "limit"],
            switches: ["json", "list", "progress"]
        ),
        CommandForm(
            "model drift",
            values: ["from", "to", "reference", "tenant", "arm", "sha256", "state"],
            switches: ["json"]
        ),
        CommandForm("model reference", values: ["at", "source"], switches: ["progress"]),
        CommandForm(
            "model promote",
            values: ["to", "reason", "state"],
            switches: ["canary", "json"]
        ),
        CommandForm("model rollback", values: ["reason", "state"], switches: ["json"]),
        CommandForm("model status", values: ["state"], switches: ["json"]),
    ]

    private static let audit: [CommandForm] = [
        CommandForm(
            "audit list",
            values: filters.union(["limit", "cursor", "reason"]),
            switches: ["json"]
        ),
        CommandForm("audit show", values: reasoned.union(["zone"]), switches: ["json"]),
        CommandForm(
            "audit timeline",
            values: reasoned.union(["from", "to", "zone", "limit", "cursor"]),
            switches: ["json"]
        ),
        CommandForm(
            "audit who-saw",
            values: reasoned.union(["from", "to", "zone"]),
            switches: ["json"]
        ),
        CommandForm(
            "audit export",
            values: filters.union(["format", "out", "reason", "server-name"]),
            switches: ["identified"]
        ),
        CommandForm(
            "audit recompute",
            values: filters.union(["reason", "limit"]),
            lists: ["profiles"],
            switches: ["json"]
        ),
        CommandForm("audit review questions", switches: ["json"]),
        CommandForm(
            "audit review new",
            values: access.union(["from", "to", "zone", "title", "hours", "patient"]),
            switches: ["json", "weekend"]
        ),
        CommandForm(
            "audit review list",
            values: access.union(["zone"]),
            switches: ["json", "open"]
        ),
        CommandForm("audit review run", values: access.union(["zone"]), switches: ["json"]),
        CommandForm(
            "audit review close",
            values: access.union(["found", "patient"]),
            switches: ["json"]
        ),
        CommandForm(
            "audit verify",
            values: ["since", "verifiers", "state", "zone"],
            lists: ["outside"],
            switches: ["json"]
        ),
        CommandForm("audit verify", by: "receipt", values: ["receipt", "verifiers", "state"]),
        CommandForm("audit prove", values: ["verifiers", "state"]),
        CommandForm("audit signer", values: ["state"]),
        CommandForm("audit signer new", values: ["state", "reason"], switches: ["unvouched"]),
        CommandForm("audit restored", values: ["state", "reason"]),
    ]

    private static let keeping: [CommandForm] = [
        CommandForm(
            "audit spool status",
            values: ["spool", "keys", "state"],
            switches: ["json"]
        ),
        CommandForm("audit spool check", values: ["spool", "keys", "state"], switches: ["json"]),
        CommandForm("audit spool list", values: ["spool", "keys", "state"], switches: ["json"]),
        CommandForm("audit spool show", values: ["spool", "keys", "state"]),
        CommandForm("audit spool retry", values: ["spool", "keys", "state"]),
        CommandForm("audit keys new", values: ["tenant", "keys"]),
        CommandForm("audit keys status", values: access, switches: ["json"]),
        CommandForm("audit keys rotate", values: reasoned),
        CommandForm("audit keys rewrap", values: reasoned, switches: ["give-up"]),
        CommandForm("audit keys remove", values: reasoned.union(["gone"])),
        CommandForm("audit keys new-epoch", values: reasoned),
        CommandForm("audit keys end-epoch", values: reasoned),
        CommandForm(
            "audit erase",
            values: reasoned.union(["patient", "review"]),
            switches: ["due"]
        ),
        CommandForm(
            "audit erase",
            by: "plan",
            values: reasoned.union(["patient", "review"]),
            switches: ["plan", "json", "due"]
        ),
        CommandForm("audit hold set", values: reasoned.union(["patient"]), switches: ["all"]),
        CommandForm("audit hold lift", values: reasoned),
        CommandForm("audit hold follow", values: reasoned),
        CommandForm("audit hold list", values: access, switches: ["json"]),
        CommandForm("audit retention policy", values: reasoned),
        CommandForm(
            "audit retention drop",
            values: reasoned.union(["before"]),
            switches: ["plan"]
        ),
    ]
}

/// The version of the server, and the migrations that it has.
enum ServerRules {
    static func findings(
        _ facts: [CatalogueFact],
        serverVersion: Int,
        migrations: [MigrationFile],
        seesMigrations: Bool = true
    ) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if let sentence = ServerFloor.sentence(serverVersion) {
            findings.append(
                DoctorFinding(
                    .serverVersion,
                    .high,
                    "PostgreSQL \(ServerFloor.name(serverVersion))",
                    sentence,
                    remedy: "install the newest minor release of PostgreSQL "
                        + "\(serverVersion / 10_000) and restart the server"
                )
            )
        }
        // What this login may not read the report says.
        return seesMigrations ? findings + applied(facts, migrations) : findings
    }

    private static func applied(
        _ facts: [CatalogueFact],
        _ migrations: [MigrationFile]
    ) -> [DoctorFinding] {
        var applied: [String: String] = [:]
        for fact in facts where fact.kind == .migration { applied[fact.object] = fact.value }
        var findings: [DoctorFinding] = []
        for file in migrations {
            let digest = applied.removeValue(forKey: file.name)
            if digest == nil {
                findings.append(
                    finding(file.name, .high, "it was not applied", "./limen migrate")
                )
            } else if digest != file.hexadecimalDigest {
                findings.append(
                    finding(
                        file.name,
                        .critical,
                        "the file is not the one that was applied",
                        "restore the file, and put the change into a new migration"
                    )
                )
            }
        }
        for name in applied.keys.sorted() {
            findings.append(
                finding(
                    name,
                    .critical,
                    "it was applied, and this program does not have it",
                    "use the program that the database was migrated with"
                )
            )
        }
        return findings
    }

    private static func finding(
        _ name: String,
        _ severity: DoctorFinding.Severity,
        _ sentence: String,
        _ remedy: String
    ) -> DoctorFinding {
        DoctorFinding(.migrations, severity, name, sentence, remedy: remedy)
    }
}

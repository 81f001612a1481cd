package import PostgreSQL

/// Proves on a live database that it is as the migrations made it, and names each weakness.
///
/// Two kinds of proof, over the same facts: the database is held line by line against a freshly
/// migrated one (`CatalogueSnapshot`), and against rules that hold for any schema of the house
/// (`SchemaRules` and its siblings), so that a weakness that came in with a migration is found too.
package enum Doctor {
    /// Examines a database, logged in as `limen_health` or a superuser, without changing anything.
    package static func examine(
        _ settings: ConnectionSettings,
        expectation: CatalogueSnapshot,
        migrations: [MigrationFile]
    ) throws(AuditStoreError) -> DoctorReport {
        report(try read(settings), expectation: expectation, migrations: migrations)
    }

    /// What a freshly migrated database looks like: the text of `Migrations/catalogue.txt`.
    package static func expectation(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> CatalogueSnapshot {
        let reader = try read(settings)
        return CatalogueSnapshot(facts: reader.facts, serverVersion: reader.serverVersion)
    }

    /// Judges what was read.
    package static func report(
        _ reader: CatalogueReader,
        expectation: CatalogueSnapshot,
        migrations: [MigrationFile]
    ) -> DoctorReport {
        let facts = reader.facts
        let scope = CatalogueScope(facts: facts)
        let comparison = SnapshotComparison(
            expectation: expectation,
            facts: facts,
            scope: scope,
            major: reader.serverVersion / 10_000
        )
        var findings = comparison.findings
        findings += SchemaRules.findings(facts)
        findings += PartitionRules.findings(facts)
        findings += RoleRules.findings(facts, scope: scope, house: expectation.roles)
        findings += ForeignRules.findings(facts)
        findings += SettingRules.findings(facts)
        findings += ServerRules.findings(
            facts,
            serverVersion: reader.serverVersion,
            migrations: migrations,
            seesMigrations: reader.seesMigrations
        )
        return DoctorReport(
            findings: merged(findings),
            readers: readers(facts),
            unseen: reader.unseen,
            seesMigrations: reader.seesMigrations,
            factCount: facts.count,
            serverVersion: reader.serverVersion
        )
    }

    /// The auditors with their tenants, and what is mapped to no login; erasers and monitors have
    /// tenants too, and read no row.
    private static func readers(_ facts: [CatalogueFact]) -> [DoctorReport.Reader] {
        let roles = Set(facts.filter { $0.kind == .role }.map(\.object))
        let auditors = facts.filter { $0.kind == .membership && $0.detail == "limen_auditor" }
            .map(\.object)
        return facts.filter { fact in
            fact.kind == .auditor
                && (auditors.contains(fact.object) || !roles.contains(fact.object))
        }
        .map { fact in
            DoctorReport.Reader(
                login: fact.object,
                tenants: fact.value.split(separator: " ").map(String.init),
                isThere: roles.contains(fact.object)
            )
        }
        .sorted { $0.login < $1.login }
    }

    /// Reads all facts in one snapshot of the database.
    private static func read(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> CatalogueReader {
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            _ = try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return try CatalogueReader(connection)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// One finding for each weakness and object: the comparison knows the statement that mends it,
    /// a rule may know that it is graver.
    private static func merged(_ findings: [DoctorFinding]) -> [DoctorFinding] {
        var order: [String] = []
        var byPlace: [String: DoctorFinding] = [:]
        for finding in findings {
            let place = finding.weakness.rawValue + " " + finding.object
            guard let earlier = byPlace[place] else {
                order.append(place)
                byPlace[place] = finding
                continue
            }
            byPlace[place] = DoctorFinding(
                finding.weakness,
                max(earlier.severity, finding.severity),
                finding.object,
                earlier.sentence == finding.sentence
                    ? earlier.sentence : earlier.sentence + "; " + finding.sentence,
                remedy: earlier.remedy
            )
        }
        return order.compactMap { byPlace[$0] }.enumerated()
            .sorted { left, right in
                left.element.severity == right.element.severity
                    ? left.offset < right.offset : left.element.severity > right.element.severity
            }
            .map(\.element)
    }
}

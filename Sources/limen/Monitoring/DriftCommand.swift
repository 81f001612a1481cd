import AuditStore
import Basics
import Gateway
import Monitoring
import PostgreSQL
import Posix

/// `limen model drift NAME`: how far the patients of now are from those that the model was made for.
enum DriftCommand {
    /// How many days are looked at when none are named.
    private static let dayCount = 28

    /// Runs the command; exit code 1 when a trigger fires, 3 when nothing can be judged.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model drift")
        guard parsed.words.count == 1 else {
            throw CommandError(.usage, "say limen model drift NAME [--from DAY] [--to DAY]")
        }
        let (from, to) = try days(parsed)
        let tenant = parsed.value("tenant") ?? DemoClient.tenant
        guard AuditAccess.isName(tenant) else {
            throw CommandError(
                .usage,
                "--tenant takes up to 63 lower-case letters, digits and hyphens"
            )
        }
        let arm = parsed.value("arm") ?? "live"
        guard ["live", "canary", "shadow", "replay"].contains(arm) else {
            throw CommandError(.usage, "--arm is live, canary, shadow or replay")
        }
        let profile = try profile(parsed.words[0])
        let reference = try reference(parsed, profile)
        let counted = try counted(
            parsed,
            .init(tenant: tenant, profile: profile.name, from: from, to: to)
        )
        let data = DriftData(
            counted,
            arm: arm,
            sha256: parsed.value("sha256"),
            current: profile.modelDigest,
            reference: reference
        )
        if let wanted = parsed.value("sha256"), data.chosen?.sha256.hasPrefix(wanted) != true {
            throw CommandError(.badInput, "nothing was counted of a document \(wanted)")
        }
        let page = DriftPage(
            profile: profile.name,
            inForce: profile.modelDigest,
            tenant: tenant,
            arm: arm,
            from: from,
            to: to,
            data: data,
            reference: reference,
            drift: ModelDrift(data.series, against: reference)
        )
        Terminal.writeOutput(parsed.has("json") ? page.json : page.text)
        if page.drift.hasFired { return .findings }
        guard page.drift.isJudged else {
            Terminal.writeError(
                "limen: nothing could be judged, which is not the same as no drift\n"
            )
            return .badInput
        }
        return .ok
    }

    /// A profile with its model, by name or folder.
    static func profile(_ typed: String) throws(CommandError) -> LoadedProfile {
        var files = try ProfileFiles()
        let name = try files.name(typed)
        let project = files.project(name)
        guard let loaded = project.loaded else { throw files.error(name, project.findings) }
        return loaded
    }

    private static func reference(
        _ parsed: Arguments,
        _ profile: LoadedProfile
    ) throws(CommandError) -> ModelReference? {
        guard let path = parsed.value("reference") else { return profile.reference }
        let bytes = try ConfigurationFiles.input(path)
        let reference: ModelReference
        do throws(ReferenceError) {
            reference = try ReferenceReader.read(bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(path): \(error.path): \(error.sentence) [\(error.code.rawValue)]"
            )
        }
        let misfit = CounterLayout.misfit(
            in: reference,
            profile: profile.profile,
            model: profile.model
        )
        guard let misfit else { return reference }
        throw CommandError(
            .badInput,
            "\(path): \(TextStyle.safe(misfit.text)): the model has none of that name and kind"
        )
    }

    private static func days(
        _ parsed: Arguments
    ) throws(CommandError) -> (from: CivilDate, to: CivilDate) {
        let to = try parsed.value("to").map(day) ?? Clock.now().date
        let from =
            try parsed.value("from").map(day)
            ?? CivilDate(daysSinceEpoch: max(0, to.daysSinceEpoch - dayCount + 1))
        guard from <= to else { throw CommandError(.usage, "--from lies behind --to") }
        return (from, to)
    }

    private static func day(_ text: String) throws(CommandError) -> CivilDate {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let date = CivilDate(year: year, month: month, day: day)
        else { throw CommandError(.usage, "a day is written as 2026-05-04, in UTC") }
        return date
    }

    private static func counted(
        _ parsed: Arguments,
        _ filter: CounterQuery.Filter
    ) throws(CommandError) -> [CountedSeries] {
        let settings: ConnectionSettings
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            settings = ConnectionSettings(conninfo: "")
        } else {
            settings = try AuditDatabase.running(parsed)
                .existingSettings(as: AuditDatabase.monitorLogin(of: filter.tenant))
        }
        do throws(AuditStoreError) {
            return try CounterQuery.open(settings).counted(filter)
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}

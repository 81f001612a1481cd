import AuditStore
import Gateway
import Lifecycle
import PostgreSQL
import Posix

/// `limen model promote|rollback`: puts a version in force for all gateways, or takes one back.
enum ModelPromoteCommand {
    /// `limen model promote SERVICE [--to PROFILE] [--canary] --reason TEXT`.
    static func promote(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model promote")
        let (service, reason) = try words(parsed, "promote SERVICE [--to PROFILE] --reason TEXT")
        let access = try DeploymentAccess(parsed)
        let family = try access.family(service)
        let store = try access.store()
        let before = try DeploymentAccess.book(store).deployments[service]
        let canary = family.namedCanary
        guard let name = parsed.value("to") ?? canary?.profile else {
            throw CommandError(.usage, "the document names no canary; say --to PROFILE")
        }
        guard let version = family.version(name) else {
            let known = family.versions.map(\.profile).joined(separator: ", ")
            throw CommandError(
                .usage,
                "the document of \(service) does not name \(name); it names \(known)"
            )
        }
        var next = self.next(service, before, reason)
        if parsed.has("canary") {
            guard name == canary?.profile else {
                throw CommandError(.usage, "the document does not name \(name) as its canary")
            }
            next.kind = .canaryStart
            next.canary = version
            next.isCanaryActive = true
        } else {
            next.kind = .promote
            next.live = version
            next.isCanaryActive = false
        }
        return try write(next, store, parsed)
    }

    /// `limen model rollback SERVICE --reason TEXT`.
    static func rollBack(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model rollback")
        let (service, reason) = try words(parsed, "rollback SERVICE --reason TEXT")
        let access = try DeploymentAccess(parsed)
        let family = try access.family(service)
        let store = try access.store()
        let history: [Deployment]
        do {
            history = try store.history(of: service, limit: 1_000)
        } catch {
            throw StoreSentence.commandError(error)
        }
        guard let newest = history.first else {
            throw CommandError(
                .findings,
                "\(service) is as its document says; nothing to take back"
            )
        }
        var next = self.next(service, newest, reason)
        next.kind = .rollback
        // A canary under way goes first; only then the version in force.
        if !newest.isCanaryActive {
            next.live = try earlier(than: newest, in: history, family)
        }
        next.isCanaryActive = false
        return try write(next, store, parsed)
    }

    /// The version that was in force before the present one; it must still be there.
    static func earlier(
        than newest: Deployment,
        in history: [Deployment],
        _ family: ServiceFamily
    ) throws(CommandError) -> ModelVersion? {
        // A service that was never promoted had the version that its document names.
        // What was taken back is left out: a second rollback must not bring it back.
        var inForce: [ModelVersion?] = [nil]
        for change in history.reversed() where change.live != inForce[inForce.count - 1] {
            if change.kind == .rollback {
                if inForce.count > 1 { inForce.removeLast() }
            } else {
                inForce.append(change.live)
            }
        }
        let earlier = inForce.count > 1 ? inForce[inForce.count - 2] : nil
        guard newest.live != nil else {
            throw CommandError(
                .findings,
                "\(newest.service) is as its document says; nothing to take back"
            )
        }
        guard let version = earlier else { return nil }
        guard let loaded = family.version(version.profile) else {
            throw CommandError(
                .badInput,
                "\(version.profile) was in force before, and the document does not name it any more"
            )
        }
        guard loaded.digest == version.digest else {
            throw CommandError(
                .badInput,
                "the folder \(version.profile) has changed since it was in force; restore it, or "
                    + "promote it as it is"
            )
        }
        return version
    }

    // MARK: Steps

    private static func words(
        _ parsed: Arguments,
        _ usage: String
    ) throws(CommandError) -> (service: String, reason: String) {
        guard parsed.words.count == 1 else {
            throw CommandError(.usage, "say limen model " + usage)
        }
        guard let reason = parsed.value("reason"), !reason.allSatisfy(\.isWhitespace),
            reason.count <= 1_000
        else {
            throw CommandError(.usage, "say why with --reason TEXT, in 1 to 1000 characters")
        }
        return (parsed.words[0], reason)
    }

    private static func next(
        _ service: String,
        _ before: Deployment?,
        _ reason: String
    ) -> Deployment {
        Deployment(
            service: service,
            number: (before?.number ?? 0) + 1,
            kind: .promote,
            reason: reason,
            live: before?.live,
            canary: before?.canary,
            isCanaryActive: before?.isCanaryActive ?? false
        )
    }

    private static func write(
        _ change: Deployment,
        _ store: borrowing DeploymentStore,
        _ parsed: Arguments
    ) throws(CommandError) -> ExitCode {
        do {
            try store.append(change)
        } catch {
            if ["23505", "40001"].contains(error.cause?.sqlState) {
                throw CommandError(
                    .findings,
                    "another change of \(change.service) came first; look with limen model status"
                )
            }
            throw StoreSentence.commandError(error)
        }
        if parsed.has("json") {
            Terminal.writeOutput(DeploymentPage.json(change) + "\n")
        } else {
            Terminal.writeOutput(DeploymentPage.line(change) + "\n")
        }
        return .ok
    }
}

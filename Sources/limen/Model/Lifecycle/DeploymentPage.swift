import Audit
import Basics
import Gateway
import JSON
import Lifecycle

/// Prints what is in force and how it came to be.
enum DeploymentPage {
    /// One change on one line.
    static func line(_ change: Deployment) -> String {
        var text = "\(change.service) \(change.number)  \(change.kind.rawValue)  live "
        text += change.live.map(name) ?? "as the document says"
        if let canary = change.canary {
            text += "  canary " + name(canary) + (change.isCanaryActive ? "" : " (ended)")
        }
        return text
    }

    /// A version with the beginning of its hash.
    static func name(_ version: ModelVersion) -> String {
        version.profile + " " + version.digest.prefix(12)
    }

    /// One change as JSON text.
    static func json(_ change: Deployment) -> String {
        var writer = JSONWriter()
        write(change, to: &writer)
        return writer.text
    }

    /// Writes one change.
    static func write(_ change: Deployment, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("service", change.service)
        writer.member("number", change.number)
        writer.member("change", change.kind.rawValue)
        writer.member("at", ifPresent: change.madeAt?.text)
        if !change.madeBy.isEmpty { writer.member("by", change.madeBy) }
        writer.member("reason", change.reason)
        write("live", change.live, to: &writer)
        write("canary", change.canary, to: &writer)
        writer.name("canaryActive")
        writer.value(change.isCanaryActive)
        if let evidence = change.evidence {
            writer.name("evidence")
            writer.rawValue(evidence.utf8)
        }
        writer.endObject()
    }

    /// Writes a version under a name, or nothing.
    static func write(_ name: String, _ version: ModelVersion?, to writer: inout JSONWriter) {
        guard let version else { return }
        writer.name(name)
        writer.beginObject()
        writer.member("profile", version.profile)
        writer.member("sha256", version.digest)
        writer.endObject()
    }

    /// What each arm did, and what the bounds say of it.
    static func bounds(_ plan: ServicePlan, _ book: DeploymentBook) -> [String] {
        guard let bounds = plan.canaryBounds, let canary = plan.canaryVersion,
            let live = plan.liveVersion
        else { return [] }
        let canaryTotals = totals(.canary, canary, book)
        let liveTotals = totals(.live, live, book)
        if canaryTotals.cases < bounds.minimum || liveTotals.cases < bounds.minimum {
            return ["  bounds  not judged before \(bounds.minimum) cases in each arm"]
        }
        let breach = CanaryJudge(bounds).breach(canary: canaryTotals, live: liveTotals)
        return ["  bounds  " + (breach?.sentence ?? "kept, at alpha \(bounds.alpha)")]
    }

    private static func totals(
        _ arm: AuditRecord.Arm,
        _ version: ModelVersion,
        _ book: DeploymentBook
    ) -> ArmTotals {
        var sum = ArmTotals()
        for (key, totals) in book.totals where key.arm == arm && key.profile == version.profile {
            sum = totals
        }
        return sum
    }
}

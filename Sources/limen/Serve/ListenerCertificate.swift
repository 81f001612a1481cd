import Audit
import Basics
import Crypto
import Gateway
import JSON
import Synchronization
import Telemetry

/// The certificate that the listener shows: until when, and how another one takes its place.
///
/// It is renewed by itself. A fault in a profile, a hook or a client is no reason to go on showing
/// a certificate that ends, and neither is a trail that takes no rows: a certificate decides
/// nothing about a patient. Who renews and does not say so is told by `/readyz` and by a gauge.
final class ListenerCertificate: Sendable {
    private let files: ListenerSecurity
    private let now: @Sendable () -> Instant
    private let served = Mutex<ListenerSecurity.Standing?>(nil)
    /// Held while one renewal is under way: a signal and the clock may both ask for one.
    private let renewing = Mutex<Void>(())

    /// What came of a renewal, for its row.
    struct Change: Equatable {
        let outcome: AuditRecord.Outcome
        let details: [UInt8]
    }

    init(_ files: ListenerSecurity, now: @escaping @Sendable () -> Instant) {
        self.files = files
        self.now = now
    }

    /// Reads the files for a listener that begins.
    ///
    /// - Throws: `CommandError` with exit code 3 that names the file at fault.
    func load() throws(CommandError) -> TLSServerContext {
        let loaded = try files.load()
        try loaded.keep()
        served.withLock { $0 = loaded.standing }
        return loaded.context
    }

    /// Reads the files anew and serves them, or says why the old ones stay in force.
    ///
    /// - Parameters:
    ///   - secure: secures new connections; those that are open keep what they were secured with.
    ///   - say: is told a sentence.
    /// - Returns: what goes on record; `nil` when the files are those that are served already.
    func renew(
        _ secure: (TLSServerContext) -> Void,
        say: (String) -> Void
    ) -> Change? {
        renewing.withLock { _ in renewAlone(secure, say) }
    }

    private func renewAlone(
        _ secure: (TLSServerContext) -> Void,
        _ say: (String) -> Void
    ) -> Change? {
        do throws(CommandError) {
            let loaded = try files.load()
            // Clients of a first try trust the file: what is served must be what stands there.
            try loaded.keep()
            secure(loaded.context)
            let before = served.withLock { served in
                defer { served = loaded.standing }
                return served
            }
            guard before != loaded.standing else { return nil }
            say(
                "the certificate of the listener was loaded anew; it ends "
                    + loaded.standing.endsAt.text
            )
            return Change(outcome: .done, details: Self.details(before, loaded.standing))
        } catch {
            say("the old certificate stays in force; \(error.sentence)")
            return Change(outcome: .rejected, details: RunningService.refusalDetails(error))
        }
    }

    /// Asks for a renewal again and again until the task is cancelled: with it come new keys for
    /// session tickets, and a certificate whose renewal nobody has told of.
    func watch(
        every seconds: Double = Double(Limits.tlsTicketKeySeconds),
        _ renew: () async -> Void
    ) async {
        while true {
            do {
                try await Task.sleep(for: .seconds(seconds))
            } catch {
                return
            }
            await renew()
        }
    }

    private static func details(
        _ before: ListenerSecurity.Standing?,
        _ after: ListenerSecurity.Standing
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, standing) in [("certificate", after), ("certificateBefore", before)] {
            guard let standing else { continue }
            writer.name(name)
            writer.beginObject()
            writer.member("sha256", standing.certificateDigest)
            writer.member("endsAt", standing.endsAt.text)
            writer.member("clientAuthoritiesSHA256", ifPresent: standing.authorityDigest)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    // MARK: Its end

    /// Shows when it ends.
    func register(in registry: MetricsRegistry) {
        registry.gauge(
            "limen_tls_certificate_expiry_timestamp_seconds",
            help: "When the certificate of the listener ends, in seconds since 1970."
        ) { [self] in
            Int((served.withLock { $0?.endsAt.microseconds } ?? 0) / 1_000_000)
        }
    }

    /// Its line of `/readyz?verbose`; clients are still served, so it is never a failure.
    var check: GatewayConfiguration.ReadinessCheck {
        .init(name: "certificate", note: { [self] in note }, isReady: { true })
    }

    /// What an operator should know of its end; `nil` while there is time.
    var note: String? {
        guard let endsAt = served.withLock({ $0?.endsAt }) else { return nil }
        let seconds = endsAt.microseconds(since: now()) / 1_000_000
        let way = "put the renewed one in its place and send SIGHUP, or wait for half a day"
        guard seconds > 0 else { return "the certificate of the listener has ended: \(way)" }
        guard seconds < Int64(Limits.certificateNoticeSeconds) else { return nil }
        let days = seconds / 86_400
        let rest = days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
        return "the certificate of the listener ends in \(rest): \(way)"
    }
}

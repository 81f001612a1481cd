/// How long the sink waits for what.
package struct AuditSinkTiming: Sendable {
    /// How long an append may take before it fails with `timeout`.
    ///
    /// The row may still become durable afterwards: the gateway answers 503, and the trail then
    /// holds a decision whose answer was not shown, which is the safe side.
    package var appendMilliseconds = 5_000
    /// How long an append waits for the database to come back before `unavailable`.
    package var graceMilliseconds = 1_000
    /// How long an idle writer waits before it asks the server whether it is still there.
    package var heartbeatMilliseconds = 5_000
    /// The shortest wait between two attempts to connect; it doubles up to the longest.
    package var backOffMillisecondsMin = 50
    /// The longest wait between two attempts to connect.
    package var backOffMillisecondsMax = 1_000
    /// How long one attempt to connect may take.
    package var connectMilliseconds = 5_000
    /// How long closing waits for queued rows to be written.
    package var closeMilliseconds = 10_000

    /// The usual values.
    package init() {}

    var appendNanoseconds: Int64 { Int64(max(0, appendMilliseconds)) * 1_000_000 }
    var graceNanoseconds: Int64 { Int64(max(0, graceMilliseconds)) * 1_000_000 }
}

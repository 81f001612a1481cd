/// Wakes a thread that waits, from any other thread.
///
/// A ring while nobody waits is kept for the next wait; several rings are one.
package final class Doorbell: Sendable {
    private let wakeUp: WakeUp

    /// Makes a silent doorbell.
    ///
    /// - Throws: `SystemError` when no descriptor is left.
    package init() throws(SystemError) {
        wakeUp = try WakeUp.open()
    }

    /// Wakes whoever waits.
    package func ring() { wakeUp.signal() }

    /// Waits for a ring, at most so long; answers whether there was one.
    @discardableResult
    package func wait(timeoutMilliseconds: Int) -> Bool {
        let isRung = Readiness.wait(
            for: .reading,
            of: wakeUp.descriptor.raw,
            timeoutMilliseconds: timeoutMilliseconds
        )
        if isRung { wakeUp.clear() }
        return isRung
    }
}

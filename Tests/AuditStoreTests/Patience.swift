import PostgreSQL

/// Waits for something that another task brings about, with an end.
enum Patience {
    /// It did not come about in time.
    struct Exhausted: Error {}

    /// Lets others run until the condition holds, at most for an hour: so long only where all is
    /// slow, as under a sanitizer.
    ///
    /// It looks again after a pause: without one, those who wait take the processors and the
    /// server from those they wait for.
    static func wait(until condition: () async throws -> Bool) async throws {
        let deadline = Deadline(milliseconds: 3_600_000)
        while try await !condition() {
            guard !deadline.isPast else { throw Exhausted() }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

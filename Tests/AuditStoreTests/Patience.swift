import PostgreSQL

/// Waits for something that another task brings about, with an end.
enum Patience {
    /// It did not come about in time.
    struct Exhausted: Error {}

    /// Lets other tasks run until the condition holds, at most for a minute.
    static func wait(until condition: () throws -> Bool) async throws {
        let deadline = Deadline(milliseconds: 60_000)
        while try !condition() {
            guard !deadline.isPast else { throw Exhausted() }
            await Task.yield()
        }
    }
}

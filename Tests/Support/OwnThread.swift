import Posix

/// Runs what blocks for long on a thread of its own: the few threads of the concurrency pool are
/// what all tests of a run live on.
package enum OwnThread {
    /// Runs a call to its end.
    ///
    /// - Throws: what the call throws, or that no thread can be started.
    package static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try WorkerThread.start(name: "test") {
                    continuation.resume(with: Result { try body() })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

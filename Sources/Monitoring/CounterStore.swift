package import Basics

/// What was counted since the last time, under a name of its own.
///
/// A batch that is stored twice under one name counts once, so that it can be sent again when a
/// reply was lost.
package struct CounterBatch: Sendable, Equatable {
    /// The name.
    package let id: UUIDBytes
    /// The counts.
    package let items: [CountedSeries]

    /// Makes a batch.
    package init(id: UUIDBytes, items: [CountedSeries]) {
        self.id = id
        self.items = items
    }
}

/// Where counters are kept.
package protocol CounterStore: Sendable {
    /// Adds a batch, wholly or not at all, and once however often it is called; blocks its thread.
    ///
    /// - Throws: `CounterStoreError` when it is not known to be stored; then it may be sent again.
    func add(_ batch: CounterBatch) throws(CounterStoreError)
}

/// Why counters could not be stored.
package struct CounterStoreError: Error, Equatable, Sendable {
    /// The stable code of the fault.
    package let code: String
    /// Whether sending the same again cannot help.
    package let isRefused: Bool

    /// Makes an error.
    package init(code: String, isRefused: Bool) {
        self.code = code
        self.isRefused = isRefused
    }
}

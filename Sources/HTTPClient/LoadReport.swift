/// What a run of the load generator came to.
package struct LoadReport: Sendable {
    /// How long it ran, in nanoseconds.
    package internal(set) var elapsedNanoseconds: Int64 = 0
    /// How long each answered request took.
    package internal(set) var latencies = LatencyHistogram()
    /// How many responses came with which status.
    package internal(set) var statusCounts: [Int: Int] = [:]
    /// Connections that were refused, reset or ended before a response did.
    package internal(set) var lostConnections = 0
    /// Responses that were none.
    package internal(set) var malformedResponses = 0
    /// Requests without an answer when the run was over.
    package internal(set) var unansweredRequests = 0
    /// Processor time of the generator itself, in nanoseconds.
    package internal(set) var generatorNanoseconds: Int64 = 0

    /// How many requests were answered.
    package var requestCount: Int { latencies.count }

    /// How many went wrong in transport.
    package var errorCount: Int { lostConnections + malformedResponses + unansweredRequests }

    /// Answers in a second.
    package var requestsPerSecond: Double {
        guard elapsedNanoseconds > 0 else { return 0 }
        return Double(requestCount) * 1e9 / Double(elapsedNanoseconds)
    }

    /// A quantile of the latency in microseconds, such as 0.99.
    package func microseconds(atQuantile quantile: Double) -> Double {
        Double(latencies.nanoseconds(atQuantile: quantile)) / 1e3
    }
}

import HTTPClient
import Posix
import Synchronization

/// `limen drill soak`: steady load for a long time, and how the memory of the server moves.
enum SoakDrill {
    private static let connectionCount = 8
    /// An hour of it fills five gigabytes of audit rows.
    private static let requestsPerSecond = 200
    /// A shorter run shows the noise of the allocator and no slope.
    private static let secondsMin = 600
    private static let megabytesPerHourMax = 1.0

    /// Runs the drill; `false` when an answer was wrong, the load was not reached, or the memory
    /// grows.
    static func run(_ target: EdgeTarget, _ parsed: Arguments) async throws(CommandError) -> Bool {
        let seconds = try parsed.integer("seconds", default: 3_600, in: 1...604_800)
        let rate = try parsed.integer("rate", default: requestsPerSecond, in: 1...1_000_000)
        let sampler = MemorySampler(target)
        try sampler.start()
        let report = try target.load(
            target.work.bytes,
            connections: connectionCount,
            milliseconds: seconds * 1_000,
            requestsPerSecond: rate,
            vary: target.work.vary
        )
        let samples = await sampler.end()
        // The first tenth fills buffers and caches.
        let settled = Array(samples.dropFirst(samples.count / 10))
        let slope = MemorySlope.megabytesPerHour(settled)
        let isLongEnough = seconds >= secondsMin
        let isServed =
            report.errorCount == 0 && report.requestCount > 0
            && report.statusCounts.keys.allSatisfy { $0 == 200 }
        // The memory of a server that was asked less says nothing of the load that was meant.
        let isLoaded = report.requestCount >= rate * seconds * 9 / 10
        let isFlat = slope.map { $0 < megabytesPerHourMax } ?? false
        let sizes = settled.map { $0.residentBytes >> 20 }
        let verdict =
            !isServed
            ? "an answer was wrong or missing"
            : !isLoaded
                ? "the load was not reached: fewer than nine tenths of \(rate * seconds) answers"
                : !isLongEnough
                    ? "every answer was right; \(secondsMin) s at least are needed for a slope"
                    : slope == nil
                        ? "the memory is not known; name the server's process with --process"
                        : isFlat
                            ? "every answer was right, and the memory stays" : "the memory grows"
        Terminal.writeOutput(
            """
            \(connectionCount) connections for \(seconds) s
            answers                 \(report.requestCount) (\(Int(report.requestsPerSecond)) a second)
            statuses                \(StatusCounts.text(report.statusCounts))
            errors                  \(report.errorCount)
            p50, p99                \(Int(report.microseconds(atQuantile: 0.5))) us, \
            \(Int(report.microseconds(atQuantile: 0.99))) us
            resident                \(sizes.min() ?? 0) to \(sizes.max() ?? 0) MB, \
            \(settled.count) samples
            slope                   \(slope.map { Self.text($0) } ?? "not known")
            \(verdict)

            """
        )
        return isServed && isLoaded && (isFlat || !isLongEnough)
    }

    private static func text(_ megabytesPerHour: Double) -> String {
        let hundredths = Int((megabytesPerHour * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest) MB an hour"
    }
}

/// The slope of a process's memory.
enum MemorySlope {
    /// What a process held at a moment.
    struct Sample: Equatable {
        let milliseconds: Int64
        let residentBytes: Int
    }

    /// The slope by least squares; `nil` with fewer than three samples, or all at one moment.
    static func megabytesPerHour(_ samples: [Sample]) -> Double? {
        guard samples.count >= 3, let first = samples.first else { return nil }
        let hours = samples.map { Double($0.milliseconds - first.milliseconds) / 3_600_000 }
        let sizes = samples.map { Double($0.residentBytes) / 1_048_576 }
        let count = Double(samples.count)
        let meanHours = hours.reduce(0, +) / count
        let meanSize = sizes.reduce(0, +) / count
        var above = 0.0
        var below = 0.0
        for (hour, size) in zip(hours, sizes) {
            above += (hour - meanHours) * (size - meanSize)
            below += (hour - meanHours) * (hour - meanHours)
        }
        return below > 0 ? above / below : nil
    }
}

/// Looks at the memory of the server again and again.
final class MemorySampler: Sendable {
    private let process: Int32?
    private let samples = Mutex<[MemorySlope.Sample]>([])
    private let isOver = Atomic<Bool>(false)
    private static let periodMilliseconds = 250

    /// Makes a sampler of a target's process.
    init(_ target: EdgeTarget) {
        process = target.process
    }

    /// Begins.
    func start() throws(CommandError) {
        do {
            let bell = try Doorbell()
            try WorkerThread.start(name: "sampler") { self.run(bell) }
        } catch {
            throw CommandError(.unavailable, "no thread can be started: \(error.text)")
        }
    }

    /// Ends, and answers what was seen.
    func end() async -> [MemorySlope.Sample] {
        isOver.store(true, ordering: .sequentiallyConsistent)
        return samples.withLock { $0 }
    }

    private func run(_ bell: Doorbell) {
        guard let process else { return }
        while !isOver.load(ordering: .relaxed) {
            if let bytes = ResourceUsage.residentBytes(process: process) {
                let now = Clock.monotonicMilliseconds()
                samples.withLock {
                    $0.append(MemorySlope.Sample(milliseconds: now, residentBytes: bytes))
                }
            }
            bell.wait(timeoutMilliseconds: Self.periodMilliseconds)
        }
    }
}

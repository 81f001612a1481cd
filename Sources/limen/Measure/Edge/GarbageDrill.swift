import Basics
import Crypto
import HTTPClient
import HTTPMessages
import Posix

/// `limen drill garbage`: random bytes and changed requests; the server lives and never fails.
enum GarbageDrill {
    /// A good request must be answered after so many bad ones.
    private static let checkEvery = 50
    /// Over TLS, so many requests come to one that is said in clear.
    private static let clearEvery = 3
    private static let waitMilliseconds = 20_000

    /// Runs the drill; `false` when the server failed, hung or answered what is none.
    static func run(_ target: EdgeTarget, _ parsed: Arguments) async throws(CommandError) -> Bool {
        let count = try parsed.integer("count", default: 10_000, in: 1...100_000_000)
        let seed = try parsed.integer(
            "seed",
            default: Int(Clock.now().microseconds % 1_000_000),
            in: 0...Int.max
        )
        var mutator = RequestMutator(seed: UInt64(seed), base: target.work.bytes)
        var statuses: [Int: Int] = [:]
        var failures: [Int] = []
        var silentCount = 0
        var clearCount = 0
        var refusedCount = 0
        for number in 1...count {
            let bytes = mutator.next()
            if target.security != nil, number % clearEvery == 0 {
                clearCount += 1
                switch refusal(of: bytes, target) {
                case .statuses([]): break
                case .statuses([400]): refusedCount += 1
                default: failures.append(number)
                }
            } else {
                switch answer(to: bytes, target) {
                case .statuses(let list):
                    if list.isEmpty { silentCount += 1 }
                    for status in list { statuses[status, default: 0] += 1 }
                    // What we do not do and what we do not speak are answers; a failure of ours is
                    // not.
                    if list.contains(where: { $0 >= 500 && $0 != 501 && $0 != 505 }) {
                        failures.append(number)
                    }
                case .none: failures.append(number)
                }
            }
            if number % checkEvery == 0, !target.isAlive {
                failures.append(number)
                break
            }
        }
        let after = target.holdings
        // A server that hears nobody out was not tried.
        let wasTried =
            (statuses[400] ?? 0) > 0 && silentCount < max((count - clearCount) / 2, 1)
        let isGood = failures.isEmpty && wasTried && target.isAlive
        Terminal.writeOutput(
            """
            \(count) random and changed requests (seed \(seed))
            statuses                \(StatusCounts.text(statuses))
            closed without one      \(silentCount)
            said in clear           \(clearCount), of which told so \(refusedCount)
            server afterwards       \(after?.text ?? "not known")
            failures                \(failures.count)\(failures.first.map { ", first at \($0)" } ?? "")
            \(isGood ? "the server lives and never failed" : "this run does not show it")

            """
        )
        return isGood
    }

    /// What came back for some bytes.
    private enum Answer {
        case statuses([Int])
        /// No connection, no end, or bytes that are no responses.
        case none
    }

    private static func answer(to bytes: [UInt8], _ target: EdgeTarget) -> Answer {
        do {
            var client = try target.client(timeoutMilliseconds: waitMilliseconds)
            return try answer(to: bytes, &client)
        } catch {
            return .none
        }
    }

    /// What a server that speaks TLS says of bytes that are none: a status, or nothing of HTTP.
    private static func refusal(of bytes: [UInt8], _ target: EdgeTarget) -> Answer {
        do {
            var client = try HTTPClient.connect(
                target.address,
                timeoutMilliseconds: waitMilliseconds
            )
            return try answer(to: bytes, &client, orAlert: true)
        } catch {
            return .none
        }
    }

    private static func answer(
        to bytes: [UInt8],
        _ client: inout HTTPClient,
        orAlert: Bool = false
    ) throws(HTTPClientError) -> Answer {
        try client.writeLast(bytes)
        do throws(HTTPClientError) {
            let received = try client.receiveAll()
            // An alert of TLS (RFC 8446 section 6) is no answer.
            if orAlert, received.first == 0x15 { return .statuses([]) }
            return Self.statuses(received)
        } catch .connectionLost, .notSecured(.truncated) {
            // A reset: whoever floods a connection that was ended gets one. What came before counts.
            return Self.statuses(client.unread, isCutOff: true)
        }
    }

    private static func statuses(_ bytes: [UInt8], isCutOff: Bool = false) -> Answer {
        var parser = ResponseParser()
        var statuses: [Int] = []
        var start = 0
        while start < bytes.count {
            let (consumed, outcome) = parser.consume(bytes, start..<bytes.count)
            start += consumed
            if isCutOff, outcome == .needsMore { break }
            guard outcome == .complete else { return .none }
            statuses.append(parser.take().status)
        }
        return .statuses(statuses)
    }
}

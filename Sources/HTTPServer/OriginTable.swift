import Basics
import HTTPMessages
import Posix

/// The connections of a loop by their origin, in the order in which they would give way to others.
///
/// That order is the one in which they began, but whoever is found at work goes to the end of it.
/// So a request costs nothing here, and of the silent ones the oldest goes first.
struct OriginTable {
    private var lines: [String: [Poller.Token]] = [:]

    /// Counts a connection in.
    mutating func add(_ origin: String, _ token: Poller.Token) {
        lines[origin, default: []].append(token)
    }

    /// Counts a connection out.
    mutating func remove(_ origin: String, _ token: Poller.Token) {
        guard let place = lines[origin]?.firstIndex(of: token) else {
            preconditionFailure("a connection of nobody")
        }
        lines[origin]?.remove(at: place)
        if lines[origin]?.isEmpty == true { lines[origin] = nil }
    }

    /// The connection of an origin that is the next to give way; `nil` when none can.
    ///
    /// Only some are looked at, and those at work are passed over by whoever asks next.
    mutating func leaver(
        of origin: String,
        _ leave: (Poller.Token) -> ConnectionState.Leave
    ) -> Poller.Token? {
        guard var line = lines.removeValue(forKey: origin) else { return nil }
        defer { lines[origin] = line }
        var inNeed: Poller.Token?
        for place in 0..<min(line.count, Limits.httpLeaversLookedAtMax) {
            switch leave(line[place]) {
            case .atOnce:
                let found = line[place]
                line.append(contentsOf: line[..<place])
                line.removeFirst(place)
                return found
            case .inNeed: inNeed = inNeed ?? line[place]
            case .never: continue
            }
        }
        let looked = min(line.count, Limits.httpLeaversLookedAtMax)
        line.append(contentsOf: line[..<looked])
        line.removeFirst(looked)
        return inNeed
    }
}

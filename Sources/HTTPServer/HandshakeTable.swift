import Posix

/// The handshakes that are under way on a loop, each with its origin, in the order they began.
///
/// Places are shared among origins: when all are taken, or an origin has its share, the oldest one
/// of whoever has the most gives way to the newcomer. So a few addresses or networks cannot close
/// the door to others by beginning handshakes that they never end; as many as there are places can.
struct HandshakeTable {
    private let countMax: Int
    private let perOriginMax: Int
    private var byOrigin: [String: [Entry]] = [:]
    private var begun: UInt64 = 0
    /// How many are under way.
    private(set) var count = 0

    private struct Entry {
        /// The place in the order of all that ever began.
        let number: UInt64
        let token: Poller.Token
    }

    init(countMax: Int, perOriginMax: Int) {
        precondition(countMax > 0, "no room for a handshake")
        precondition(perOriginMax > 0, "no room for a handshake of anybody")
        self.countMax = countMax
        self.perOriginMax = perOriginMax
    }

    /// Counts a handshake in; answers the one that has to give way to it, which is counted out.
    mutating func begin(_ origin: String, _ token: Poller.Token) -> Poller.Token? {
        var leaver: Poller.Token?
        if byOrigin[origin]?.count ?? 0 >= perOriginMax {
            leaver = removeOldest(of: origin)
        } else if count >= countMax {
            leaver = removeOldest(of: largest(besides: origin))
        }
        begun += 1
        byOrigin[origin, default: []].append(Entry(number: begun, token: token))
        count += 1
        return leaver
    }

    /// Counts a handshake out that is over; one that is not counted is none of ours.
    mutating func end(_ origin: String, _ token: Poller.Token) {
        guard let place = byOrigin[origin]?.firstIndex(where: { $0.token == token }) else { return }
        remove(place, of: origin)
    }

    /// The origin with the most; of several the one whose oldest has waited longest.
    ///
    /// The newcomer counts for its own, or one with a single handshake could displace another.
    private func largest(besides newcomer: String) -> String {
        var found = newcomer
        var most = 0
        var oldest = UInt64.max
        for (origin, entries) in byOrigin {
            let weight = entries.count + (origin == newcomer ? 1 : 0)
            let number = entries[0].number
            guard weight > most || (weight == most && number < oldest) else { continue }
            (found, most, oldest) = (origin, weight, number)
        }
        return found
    }

    private mutating func removeOldest(of origin: String) -> Poller.Token? {
        guard let token = byOrigin[origin]?.first?.token else { return nil }
        remove(0, of: origin)
        return token
    }

    private mutating func remove(_ place: Int, of origin: String) {
        byOrigin[origin]?.remove(at: place)
        if byOrigin[origin]?.isEmpty == true { byOrigin[origin] = nil }
        count -= 1
        precondition(count >= 0, "a handshake ended twice")
    }
}

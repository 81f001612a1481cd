import Basics

/// A moment in which no descriptor is left to accept a connection with, though the places are not
/// all taken: other parts of the process hold more than the reserve, or the machine has no more.
///
/// Nobody knows who knocks, so whoever has the most connections lets some go that nobody is at work
/// on, on loop after loop; then the listener is looked at again.
struct Shortage: Sendable {
    let loops: [LoopHandle]
    /// The loop that accepts.
    let accepting: Int
    let shared: ServerShared

    /// Ends it, if somebody has more than one connection.
    func end() {
        guard let heaviest = shared.census.heaviest else { return }
        let countMax = min(Limits.httpShortageLeaverCountMax, max(1, heaviest.count / 4))
        ask(heaviest, countMax, step: 0)
    }

    private func ask(_ heaviest: ConnectionCensus.Heaviest, _ countMax: Int, step: Int) {
        guard step < loops.count else { return }
        loops[(heaviest.first + step) % loops.count].run { driver in
            let count = driver.letGo(of: heaviest.origin, atMost: countMax)
            if count > 0 { loops[accepting].run { $0.resumeAccepting() } }
            if count < countMax { ask(heaviest, countMax - count, step: step + 1) }
        }
    }
}

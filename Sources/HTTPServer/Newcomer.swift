/// A connection that was counted in above the limit and waits for another one to give way.
///
/// What a connection is at is known on its own loop only: loop after loop is asked for one of the
/// address with the most, then for one of the next. Who finds nobody is turned away.
struct Newcomer: Sendable {
    let accepted: AcceptedSocket
    /// Whose connections may give way, those with the most first.
    let origins: [String]
    let loops: [LoopHandle]
    /// The loop that is asked first.
    let first: Int
    let shared: ServerShared

    /// Asks for a place; the answer comes on the loop that is asked.
    func ask(_ step: Int = 0) {
        guard step < origins.count * loops.count else {
            shared.census.turnedAway(accepted.origin)
            shared.turnAway(accepted)
            return
        }
        let origin = origins[step / loops.count]
        loops[(first + step) % loops.count].run { driver in
            if !driver.adopt(accepted, inPlaceOfOneOf: origin) { ask(step + 1) }
        }
    }
}

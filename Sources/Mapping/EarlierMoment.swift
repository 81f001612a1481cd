import Basics

/// When a model is evaluated a second time, so that a result can be held against an earlier one.
///
///     "earlier": { "back": "PT24H" }                          a day before
///     "earlier": { "set": "previous", "of": ["pulse", ...] }  the set of observations before this
///
/// The earlier result is made by the same rules from the same request, as if it had been asked for
/// at that moment.
struct EarlierMoment: Sendable {
    enum Kind: Sendable {
        /// So many seconds before the moment of evaluation.
        case back(seconds: Int)
        /// Just before the oldest of these inputs' values, by their positions.
        case previousSet(of: [Int])
    }

    let kind: Kind
    /// How far ahead of its moment an evaluation accepts records, at most.
    let futureSeconds: Int
    /// The longest window of the inputs of the set in seconds.
    let windowSeconds: Int

    /// How much further back than its windows the profile has to see, in seconds.
    var reachSeconds: Int {
        switch kind {
        case .back(let seconds): seconds
        case .previousSet: windowSeconds + futureSeconds + 1
        }
    }

    /// The moment, or `nil` when the present result rests on no dated value.
    func moment(for inputs: [MappingReport.Input], now: Instant) -> Instant? {
        switch kind {
        case .back(let seconds):
            return now.advanced(byMicroseconds: Int64(seconds) * -1_000_000)
        case .previousSet(let members):
            let times = members.compactMap { inputs[$0].source?.effective }
            guard let oldest = times.min(), oldest <= now else { return nil }
            // A record a little ahead of the clock is accepted, and this one must not be.
            return oldest.advanced(byMicroseconds: Int64(futureSeconds + 1) * -1_000_000)
        }
    }
}

extension ProfileReader {
    /// Reads `earlier`; `inputs` are the inputs without the facts, `rules` their alternatives.
    static func earlier(
        _ root: ProfileNode,
        _ inputs: [InputPlan],
        _ rules: [SourceRule]
    ) throws(ProfileError) -> EarlierMoment? {
        guard let node = root.child("earlier") else { return nil }
        try node.requireObject(ProfileFormat.earlier)
        let back = try node.duration("back")
        let set = try node.string("set")
        let kind: EarlierMoment.Kind
        var members: [Int] = []
        if let back, set == nil, node.child("of") == nil {
            guard back > 0, back <= Limits.earlierSecondsMax else {
                throw node.fault(.malformed, at: "back")
            }
            kind = .back(seconds: back)
        } else {
            guard set == "previous", back == nil else { throw node.fault(.malformed, at: "set") }
            for (position, name) in (try node.strings("of") ?? inputs.map(\.name)).enumerated() {
                guard let member = inputs.firstIndex(where: { $0.name == name }) else {
                    throw node.fault(
                        .malformed,
                        at: "of",
                        position,
                        accepted: inputs.map(\.name).joined(separator: ", ")
                    )
                }
                members.append(member)
            }
            kind = .previousSet(of: members)
        }
        return EarlierMoment(
            kind: kind,
            futureSeconds: inputs.map(\.futureSeconds).max() ?? 0,
            windowSeconds: rules.filter { members.contains($0.input) }
                .map(\.windowSeconds).max() ?? 0
        )
    }
}

import Basics
import JSON

extension ProfileReader {
    /// Reads `quorum`.
    static func quorums(
        _ root: ProfileNode,
        _ inputs: [InputPlan]
    ) throws(ProfileError) -> [QuorumRule] {
        var quorums: [QuorumRule] = []
        for node in try root.list("quorum") {
            try node.requireObject(ProfileFormat.quorum)
            let names = try node.strings("of") ?? inputs.map(\.name)
            var members: [Int] = []
            for (position, name) in names.enumerated() {
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
            let count = try node.child("atLeast").map { (child) throws(ProfileError) in
                guard let count = child.json.integerValue, (1...members.count).contains(count)
                else { throw child.fault() }
                return count
            }
            let span = try node.duration("span")
            guard count != nil || span != nil else { throw node.fault(.malformed, at: "atLeast") }
            var parts: [String] = []
            if let count {
                parts.append("at least \(count) observed of " + names.joined(separator: ", "))
            }
            if let span {
                let length = DurationText.text(seconds: span)
                parts.append(
                    count == nil
                        ? "\(names.joined(separator: ", ")) observed within \(length) of each other"
                        : "within \(length) of each other"
                )
            }
            quorums.append(
                QuorumRule(
                    members: members,
                    countMin: count,
                    spanSeconds: span,
                    code: try node.requiredString("else"),
                    text: parts.joined(separator: ", ")
                )
            )
        }
        return quorums
    }
}

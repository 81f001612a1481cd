import JSON
import Mapping

extension LintPass {
    /// The golden cases: whether there are any, and whether they fit the profile.
    mutating func checkCases(_ documents: [String: JSONDocument]) {
        let names = documents.keys.filter { $0.hasPrefix("cases/") }.sorted()
        guard !names.isEmpty else {
            add(
                .note,
                .goldenCase,
                root,
                "the profile has no golden cases, so nothing shows that it does what is meant",
                accepted: "JSON files in the folder cases"
            )
            return
        }
        // A case may expect facts among the inputs.
        let known = Set(inputs.map(\.name))
        var titles: Set<String> = []
        for name in names {
            guard let document = documents[name] else { continue }
            let file = LintNode(json: document.root, path: "", file: name)
            for node in file.list("cases") {
                let expected = node["expect"]
                for (input, place) in expected?["inputs"]?.members ?? []
                where !known.contains(input) {
                    add(.error, .goldenCase, place, "there is no input \(input.quoted)")
                }
                for rejection in expected?.list("rejections") ?? [] {
                    guard let reason = rejection["reason"], let word = reason.text,
                        RejectionReason(rawValue: word) == nil
                    else { continue }
                    add(.error, .goldenCase, reason, "there is no reason \(word.quoted)")
                }
                if let title = node["name"], let text = title.text,
                    !titles.insert(text).inserted
                {
                    add(.note, .goldenCase, title, "another case has this name")
                }
                for member in ["at", "patient", "bundle", "expect"] where node[member] == nil {
                    add(.error, .goldenCase, node, "the case has no \(member.quoted)")
                }
            }
        }
    }
}

import Basics
import Crypto
import JSON

/// How long a tenant keeps its rows, as its policy document says.
///
///     { "format": "limen-erasure-policy/1",
///       "title": "Retention of decision support logs, version 3",
///       "keepMonths": 72,
///       "ground": "45 CFR 164.316(b)(2)(i)" }
///
/// No patient's keys are destroyed before the month of their rows is so many months past. The whole
/// document is kept, with its digest, and named by each erasure under it. A tenant without one
/// keeps for 72 months.
package struct ErasurePolicy: Sendable, Equatable {
    /// For how many whole months rows are kept.
    package let keepMonths: Int
    /// The document, byte for byte.
    package let document: [UInt8]
    /// SHA-256 of the document.
    package let digest: [UInt8]

    /// The months of a tenant without a policy: six years (45 CFR 164.316(b)(2)(i)).
    package static let defaultKeepMonths = 72

    private static let names: Set = ["format", "title", "keepMonths", "ground"]

    /// Why a document is no policy: the member, and what would be accepted; `nil` when it is one.
    package static func fault(in document: [UInt8]) -> String? {
        guard document.count <= Limits.keyTextBytesMax,
            let root = try? JSONDocument(parsing: document).root, root.kind == .object
        else { return "it is no JSON object of at most \(Limits.keyTextBytesMax) bytes" }
        guard root["format"]?.isString("limen-erasure-policy/1") == true else {
            return "/format must be \"limen-erasure-policy/1\""
        }
        for name in ["title", "ground"] {
            guard let text = root[name]?.stringValue, (1...200).contains(text.count) else {
                return "/\(name) must be a text of 1 to 200 characters"
            }
        }
        guard let months = root["keepMonths"]?.integerValue, (0...1_200).contains(months) else {
            return "/keepMonths must be a whole number from 0 to 1200"
        }
        guard Set(root.members.compactMap { $0.name.stringValue }) == names else {
            return "format, title, keepMonths and ground are known, and nothing else may be there"
        }
        return nil
    }

    /// Reads a document; `nil` when it is none: every member is needed, and no other may be there.
    package init?(reading document: [UInt8]) {
        guard document.count <= Limits.keyTextBytesMax,
            let parsed = try? JSONDocument(parsing: document)
        else { return nil }
        let root = parsed.root
        guard root.kind == .object,
            Set(root.members.compactMap { $0.name.stringValue }) == Self.names,
            root["format"]?.isString("limen-erasure-policy/1") == true,
            let title = root["title"]?.stringValue, (1...200).contains(title.count),
            let ground = root["ground"]?.stringValue, (1...200).contains(ground.count),
            let months = root["keepMonths"]?.integerValue, (0...1_200).contains(months)
        else { return nil }
        keepMonths = months
        self.document = document
        digest = Digest.sha256(document)
    }
}

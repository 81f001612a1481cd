import Basics
import JSON
import Mapping

/// Gathers what is wrong with a document while its reader goes on behind a fault.
final class ClientFaults {
    /// The file, relative to the root of the configuration.
    let file: String
    private(set) var findings: [CatalogueFinding] = []
    private let code: CatalogueFinding.Code

    init(file: String, code: CatalogueFinding.Code) {
        self.file = file
        self.code = code
    }

    func add(_ path: String, _ value: JSONValue, _ sentence: String, accepted: String?) {
        guard findings.count < Limits.catalogueFindingsMax else { return }
        findings.append(
            CatalogueFinding(
                code: code,
                file: file,
                path: path,
                sentence: sentence,
                place: TextPlace(value.byteOffset, in: value.tape),
                accepted: accepted
            )
        )
    }

    /// Takes over a finding of another reader, with the place in the document it was read from.
    func add(_ finding: CatalogueFinding, in value: JSONValue) {
        var target = value
        for (_, member) in value.members where finding.path.hasPrefix(member.path) {
            target = member
        }
        add(finding.path, target, finding.sentence, accepted: finding.accepted)
    }
}

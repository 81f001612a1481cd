import JSON
import Mapping

/// One line of the error file: what is wrong, where, and what would be taken.
///
///     {"file":"ward.ndjson","line":7,"offset":4211,"path":"valueQuantity.code",
///      "code":"unit-unknown","profile":"news2","input":"temperature",
///      "sentence":"the unit is unknown to UCUM","accepted":"a UCUM unit of temperature"}
///
/// It holds no word and no value of the data.
struct BatchFinding: Sendable {
    let file: String
    let line: Int
    let offset: Int?
    var path = ""
    /// A code of `DataFault`, or the reason of a rejection.
    let code: String
    var profile: String?
    var input: String?
    let sentence: String
    let accepted: String

    /// A fault of a file, a line or a patient.
    init(
        _ fault: DataFault,
        file: String,
        line: Int,
        offset: Int?,
        path: String = "",
        sentence: String? = nil
    ) {
        self.file = file
        self.line = line
        self.offset = offset
        self.path = path
        code = fault.rawValue
        self.sentence = sentence ?? fault.sentence
        accepted = fault.accepted
    }

    /// A resource that an input asks for and could not use.
    init(
        _ rejection: MappingReport.Rejection,
        profile: String,
        file: String,
        line: Int,
        offset: Int?
    ) {
        self.file = file
        self.line = line
        self.offset = offset
        path = rejection.path
        code = rejection.reason.rawValue
        self.profile = profile
        input = rejection.input
        sentence = rejection.sentence
        accepted = rejection.accepted
    }

    /// Whether a rejection tells of a fault of the data rather than of its age or state.
    static func isFault(_ reason: RejectionReason) -> Bool {
        switch reason {
        case .type, .code, .status, .absent, .stale, .recent, .superseded: false
        case .subject, .profile, .valueType, .unitMissing, .unitUnknown, .unitIncompatible,
            .notANumber, .comparator, .untranslated, .noTime, .future, .implausible, .duplicate:
            true
        }
    }

    /// The line.
    var bytes: [UInt8] {
        var writer = JSONWriter(reservingBytes: 256)
        writer.beginObject()
        writer.member("file", file)
        writer.member("line", line)
        if let offset { writer.member("offset", offset) }
        if !path.isEmpty { writer.member("path", path) }
        writer.member("code", code)
        writer.member("profile", ifPresent: profile)
        writer.member("input", ifPresent: input)
        writer.member("sentence", sentence)
        writer.member("accepted", accepted)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

import Basics
import CDSHooks
import Posix

/// The moment as of which data is mapped.
enum EvaluationMoment {
    /// Just behind the newest Observation of each patient, for data of the past.
    case newest
    /// One moment for all.
    case fixed(Instant)

    /// Reads `--at`: a time, `now`, or `newest`, which is what is taken without it.
    init(_ text: String?) throws(CommandError) {
        switch text {
        case nil, "newest": self = .newest
        case "now": self = .fixed(Clock.now())
        case .some(let text):
            guard let moment = Instant(rfc3339: text) else {
                throw CommandError(
                    .usage,
                    "--at takes a time such as 2026-05-04T10:00:00Z, or newest, or now"
                )
            }
            self = .fixed(moment)
        }
    }

    /// The moment for a patient.
    func moment(for record: PatientRecord) -> Instant {
        switch self {
        case .newest: record.newestMoment ?? Clock.now()
        case .fixed(let moment): moment
        }
    }

    /// What a report says of it.
    var sentence: String {
        switch self {
        case .newest: "each patient as of just after the newest Observation"
        case .fixed(let moment): "as of " + moment.text
        }
    }
}

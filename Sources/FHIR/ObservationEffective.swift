import Basics
import JSON

/// `Observation.effective[x]`: when the value was true for the patient.
package enum ObservationEffective: Sendable {
    /// `effectiveDateTime`, or `effectiveInstant` since R4.
    case dateTime(FHIRDateTime)
    case period(start: FHIRDateTime?, end: FHIRDateTime?)
    /// `effectiveTiming`; the moments of its `event`.
    case timing(events: [FHIRDateTime])

    static func read(from object: JSONValue) throws(FHIRError) -> ObservationEffective? {
        guard let choice = try Choice.find("effective", in: object) else { return nil }
        let json = choice.json
        if choice.isType("DateTime") { return .dateTime(try FHIRDateTime(reading: json)) }
        if choice.isType("Instant") {
            let moment = try FHIRDateTime(reading: json)
            guard moment.instant != nil else {
                throw FHIRError(code: .invalidDateTime, path: json.path)
            }
            return .dateTime(moment)
        }
        if choice.isType("Period") {
            guard let period = Period(json) else {
                throw FHIRError(code: .wrongShape, path: json.path)
            }
            return .period(start: try period.readStart(), end: try period.readEnd())
        }
        guard choice.isType("Timing") else {
            throw FHIRError(code: .unexpectedType, path: json.path)
        }
        guard json.kind == .object else {
            throw FHIRError(code: .wrongShape, path: json.path)
        }
        var events: [FHIRDateTime] = []
        if let list = json["event"] {
            guard list.kind == .array else {
                throw FHIRError(code: .wrongShape, path: list.path)
            }
            for event in list.elements { events.append(try FHIRDateTime(reading: event)) }
        }
        return .timing(events: events)
    }

    /// The moment the value holds for: the dateTime, the end of the period, the last event.
    ///
    /// A period without an end is still going on, so its start is all that is known.
    package var moment: FHIRDateTime? {
        switch self {
        case .dateTime(let moment): moment
        case .period(let start, let end): end ?? start
        case .timing(let events):
            events.max { left, right in
                let left = left.range?.upperBound ?? Instant(microseconds: .min)
                let right = right.range?.upperBound ?? Instant(microseconds: .min)
                return left < right
            }
        }
    }
}

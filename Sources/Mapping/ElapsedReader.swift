import Basics
import FHIR
import FHIRPath
import JSON
import UCUM

/// How long it is from one time of a resource to another, or to the moment of evaluation.
///
///     { "resource": "Patient", "since": "birthDate" }                          unit "a": the age
///     { "resource": "Encounter", "since": "period.start", "until": "period.end" }   unit "d"
///
/// In years (`a`) and months (`mo`) whole ones of the calendar are counted, as an age is; a date
/// that is not complete is taken only where all it can mean gives the same number. In every other
/// unit of time the length is exact, and both ends need a time of day.
struct ElapsedReader: Sendable {
    let since: ValueReader.Expression
    /// `nil` for the moment of evaluation, which also stands in for a time that has not come yet.
    let until: ValueReader.Expression?
    let unit: Unit

    /// What is counted.
    enum Unit: Sendable {
        case years
        case months
        case exact(PreparedConversion)

        /// Reads a UCUM unit of time; `nil` for any other unit.
        init?(_ text: String) {
            switch text {
            case "a": self = .years
            case "mo": self = .months
            default:
                do throws(UCUMError) {
                    self = .exact(
                        PreparedConversion(
                            try UCUMConversion(
                                from: UCUMUnit(parsing: "s"),
                                to: UCUMUnit(parsing: text)
                            )
                        )
                    )
                } catch {
                    return nil
                }
            }
        }
    }

    /// The length in the unit.
    func find(
        in place: JSONPlace,
        on tape: JSONTape,
        now: Instant,
        _ variables: VariableValues
    ) throws(Fault) -> FoundValue {
        guard let start = try range(since, place, tape, variables) else {
            throw Fault(.valueMissing, since.parsed.text)
        }
        var end = now...now
        if let until, let found = try range(until, place, tape, variables) {
            // An end that lies ahead is planned, and the time runs up to now.
            end = min(found.lowerBound, now)...min(found.upperBound, now)
        }
        let lowest = try length(from: start.upperBound, to: end.lowerBound)
        let highest = try length(from: start.lowerBound, to: end.upperBound)
        guard lowest == highest else { throw Fault(.timeImprecise, since.parsed.text) }
        guard lowest >= DecimalNumber(0) else { throw Fault(.future, since.parsed.text) }
        return .computedQuantity(lowest)
    }

    /// The earliest and the latest moment that the time can mean; `nil` when there is none.
    ///
    /// For calendar units a date is a day of the calendar in UTC, as `today()` is.
    private func range(
        _ expression: ValueReader.Expression,
        _ place: JSONPlace,
        _ tape: JSONTape,
        _ variables: VariableValues
    ) throws(Fault) -> ClosedRange<Instant>? {
        let path = expression.parsed.text
        let result: [FHIRPathValue]
        do throws(FHIRPathError) {
            result = try expression.parsed.evaluate(
                in: variables.environment(
                    for: expression,
                    focus: [.element(JSONValue(tape, place))]
                )
            )
        } catch {
            throw Fault(error.finding, path)
        }
        guard let first = result.first else { return nil }
        guard result.count == 1 else { throw Fault(.severalValues, path) }
        guard let time = Self.time(first) else { throw Fault(.timeMalformed, path) }
        if let instant = time.instant { return instant...instant }
        guard time.precision <= .day else { throw Fault(.timeWithoutZone, path) }
        let range: Range<Instant>
        switch unit {
        case .years, .months: range = time.range(atOffsetMinutes: 0)
        case .exact:
            guard let anywhere = time.range else { throw Fault(.timeMalformed, path) }
            range = anywhere
        }
        return range.lowerBound...range.upperBound.advanced(byMicroseconds: -1)
    }

    private static func time(_ value: FHIRPathValue) -> FHIRDateTime? {
        switch value {
        case .date(let time), .dateTime(let time): time
        case .element(let json): FHIRDateTime(json)
        case .string(let text): FHIRDateTime(text: text)
        case .boolean, .integer, .decimal, .time, .quantity: nil
        }
    }

    private func length(from start: Instant, to end: Instant) throws(Fault) -> DecimalNumber {
        switch unit {
        case .years: return DecimalNumber(Self.months(from: start, to: end, per: 12))
        case .months: return DecimalNumber(Self.months(from: start, to: end, per: 1))
        case .exact(let conversion):
            let microseconds = Int128(end.microseconds(since: start))
            guard let seconds = DecimalNumber(coefficient: microseconds, scale: 6),
                let length = conversion.convert(seconds.normalized)
            else { throw Fault(.numberTooLong, since.parsed.text) }
            return length.normalized
        }
    }

    /// The completed months of the calendar, or years of twelve; -1 when the end lies before.
    ///
    /// Who was born on 29 February comes of age on 1 March in a year without that day.
    static func months(from start: Instant, to end: Instant, per count: Int) -> Int {
        let (first, last) = (start.date, end.date)
        guard last >= first else { return -1 }
        var months = (last.year - first.year) * 12 + last.month - first.month
        if last.day < first.day { months -= 1 }
        return months / count
    }
}

extension FHIRPathError {
    /// Whether the expression asks for too much, or merely fits this resource not.
    var finding: Finding { code == .limitExceeded ? .expressionTooLarge : .expressionFailed }
}

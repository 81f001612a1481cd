import Basics
import CDSHooks

/// How far local time is from UTC, as RFC 3339 writes it: `Z` or `+02:00`.
struct ZoneOffset: Sendable, Equatable {
    /// Minutes to be added to UTC.
    let minutes: Int

    static let utc = ZoneOffset(minutes: 0)

    private init(minutes: Int) { self.minutes = minutes }

    /// Reads `Z`, `+02:00` or `-05:30`; `nil` for anything else.
    ///
    /// The name of a zone is not taken: what it means changes with the tables of the machine.
    init?(_ text: String) {
        if text == "Z" || text == "z" {
            self = .utc
            return
        }
        // The reader of moments knows what an offset may be.
        guard let moment = Instant(rfc3339: "2000-01-02T00:00:00" + text),
            let noon = Instant(rfc3339: "2000-01-02T00:00:00Z")
        else { return nil }
        minutes = Int(noon.microseconds(since: moment) / 60_000_000)
    }

    /// A moment in this zone, such as `2026-05-04T12:00:00+02:00`, to the millisecond.
    func text(_ moment: Instant) -> String {
        let thousandth = Instant(microseconds: moment.microseconds / 1_000 * 1_000)
        guard minutes != 0 else { return thousandth.text }
        let local = thousandth.advanced(byMicroseconds: Int64(minutes) * 60_000_000)
        let sign = minutes < 0 ? "-" : "+"
        let size = abs(minutes)
        return local.text.dropLast() + sign + padded(size / 60, 2) + ":" + padded(size % 60, 2)
    }

    /// Reads a moment of the command line.
    ///
    /// A time says its own offset. A date alone is a day somewhere, so it needs `--zone`.
    ///
    /// - Parameters:
    ///   - name: The option.
    ///   - arguments: Where it stands.
    ///   - isEnd: Whether a date stands for the end of its day: the whole day is meant.
    /// - Returns: The moment; `nil` when the option is not there.
    /// - Throws: `CommandError` with exit code 2.
    static func moment(
        _ name: String,
        _ arguments: Arguments,
        isEnd: Bool = false
    ) throws(CommandError) -> Instant? {
        guard let text = arguments.value(name) else { return nil }
        let zone = arguments.value("zone")
        if let zone { _ = try given(zone) }
        do {
            return try AskedMoment.read(text, zone: zone, isEnd: isEnd)
        } catch {
            switch error {
            case .zoneMissing:
                throw CommandError(
                    .usage,
                    "--\(name) \(shown(text)) is a date: say in which zone it "
                        + "\(isEnd ? "ends" : "begins"), such as --zone +02:00 or --zone Z, or give a time such as "
                        + "2026-05-04T10:00:00+02:00"
                )
            case .malformed:
                throw CommandError(
                    .usage,
                    "--\(name) takes a time with its offset such as 2026-05-04T10:00:00+02:00, or "
                        + "a date with --zone"
                )
            }
        }
    }

    /// The zone that times are shown in: that of `--zone`, or UTC.
    static func shown(_ arguments: Arguments) throws(CommandError) -> ZoneOffset {
        guard let text = arguments.value("zone") else { return .utc }
        return try given(text)
    }

    private static func given(_ text: String) throws(CommandError) -> ZoneOffset {
        guard let zone = ZoneOffset(text) else {
            throw CommandError(.usage, "--zone takes Z or an offset such as +02:00")
        }
        return zone
    }

    private static func shown(_ text: String) -> String {
        text.utf8.allSatisfy { (0x2B...0x3A).contains($0) } ? text : "TEXT"
    }
}

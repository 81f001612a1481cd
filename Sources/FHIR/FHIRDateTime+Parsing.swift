import Basics

extension FHIRDateTime {
    /// Reads the bytes of a date or dateTime; `nil` when they are none.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        self.init(utf8: bytes.span)
    }

    /// Reads the bytes of a date or dateTime without copying them; `nil` when they are none.
    package init?(utf8 bytes: Span<UInt8>) {
        var cursor = DateTimeCursor()
        guard let year = cursor.digits(4, in: bytes) else { return nil }
        var month = 1
        var day = 1
        var precision = Precision.year
        if cursor.take(UInt8(ascii: "-"), in: bytes) {
            guard let value = cursor.digits(2, in: bytes) else { return nil }
            month = value
            precision = .month
            if cursor.take(UInt8(ascii: "-"), in: bytes) {
                guard let value = cursor.digits(2, in: bytes) else { return nil }
                day = value
                precision = .day
            }
        }
        if cursor.isAtEnd(of: bytes) {
            self.init(year: year, month: month, day: day, precision: precision)
            return
        }
        guard precision == .day, cursor.take(UInt8(ascii: "T"), in: bytes) else { return nil }
        guard let time = cursor.time(in: bytes) else { return nil }
        guard let zone = cursor.zone(in: bytes), cursor.isAtEnd(of: bytes) else { return nil }
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(date: date, time: time, zone: zone)
    }
}

/// Steps through the bytes of a date or time.
struct DateTimeCursor {
    private var position = 0

    func isAtEnd(of bytes: Span<UInt8>) -> Bool { position == bytes.count }

    mutating func take(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func digits(_ count: Int, in bytes: Span<UInt8>) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            guard let digit = digit(in: bytes) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit(in bytes: Span<UInt8>) -> Int? {
        guard position < bytes.count else { return nil }
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        position += 1
        return Int(digit)
    }

    /// Reads `hh[:mm[:ss[.f+]]]`.
    mutating func time(in bytes: Span<UInt8>) -> FHIRTime? {
        guard let hour = digits(2, in: bytes) else { return nil }
        guard take(UInt8(ascii: ":"), in: bytes) else {
            return FHIRTime(hour: hour, precision: .hour)
        }
        guard let minute = digits(2, in: bytes) else { return nil }
        guard take(UInt8(ascii: ":"), in: bytes) else {
            return FHIRTime(hour: hour, minute: minute, precision: .minute)
        }
        guard let second = digits(2, in: bytes) else { return nil }
        guard take(UInt8(ascii: "."), in: bytes) else {
            return FHIRTime(hour: hour, minute: minute, second: second, precision: .second)
        }
        var microsecond = 0
        var digitCount = 0
        while let digit = digit(in: bytes) {
            if digitCount < 6 { microsecond = microsecond * 10 + digit }
            digitCount += 1
        }
        guard digitCount > 0, digitCount <= 18 else { return nil }
        for _ in digitCount..<max(6, digitCount) { microsecond *= 10 }
        return FHIRTime(
            hour: hour,
            minute: minute,
            second: second,
            microsecond: microsecond,
            fractionDigitCount: digitCount,
            precision: .fraction
        )
    }

    /// Reads `Z`, `+hh:mm`, `-hh:mm` or nothing; `nil` when it is none of them.
    ///
    /// Offsets reach from -12:00 to +14:00 in the world; the FHIR grammar allows up to 14:00.
    mutating func zone(in bytes: Span<UInt8>) -> FHIRDateTime.Zone? {
        if isAtEnd(of: bytes) { return .missing }
        if take(UInt8(ascii: "Z"), in: bytes) { return .offset(minutes: 0) }
        let isNegative = take(UInt8(ascii: "-"), in: bytes)
        guard isNegative || take(UInt8(ascii: "+"), in: bytes) else { return nil }
        guard let hours = digits(2, in: bytes), take(UInt8(ascii: ":"), in: bytes),
            let minutes = digits(2, in: bytes)
        else {
            return nil
        }
        guard minutes <= 59, hours * 60 + minutes <= 14 * 60 else { return nil }
        let offset = hours * 60 + minutes
        return .offset(minutes: isNegative ? -offset : offset)
    }
}

import Basics
import JSON
import Testing

@testable import FHIR

@Suite("dates and times")
struct FHIRDateTimeTests {
    @Test(
        "keep their text and precision",
        arguments: [
            ("2024", FHIRDateTime.Precision.year), ("2024-02", .month), ("2024-02-29", .day),
            ("2024-02-29T14:30:00Z", .second), ("2024-02-29T14:30:00+01:00", .second),
            ("2024-02-29T14:30:00.120-05:30", .fraction),
            ("2024-02-29T14:30:00.123456789Z", .fraction), ("2016-12-31T23:59:60Z", .second),
        ]
    )
    func keepTextAndPrecision(text: String, precision: FHIRDateTime.Precision) {
        let value = FHIRDateTime(text: text)
        #expect(value?.precision == precision)
        let isLong = text.contains("123456789")
        #expect(value?.text == (isLong ? "2024-02-29T14:30:00.123456000Z" : text))
    }

    @Test(
        "refuse text that is none",
        arguments: [
            "", "24", "2024-13", "2024-00", "2023-02-29", "2024-1-1", "2024-02-29 14:30:00",
            "2024-02-29T", "2024-02-29T25:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T14:60:00Z",
            "2024-02-29T14:30:61Z", "2024-02-29T14:30:00+15:00", "2024-02-29T14:30:00+01",
            "2024-02-29T14:30:00.Z", "2024-02-29t14:30:00z", "0000-01-01", "2024-02-29Z",
            "2024-02-29T14:30:00Zx", " 2024", "+2024", "２０２４",
        ]
    )
    func refuse(text: String) {
        #expect(FHIRDateTime(text: text) == nil)
    }

    @Test("every proper prefix of a moment is a coarser moment or refused")
    func prefixes() {
        let text = "2024-02-29T14:30:05.250+01:00"
        let accepted: Set<Int> = [4, 7, 10, 13, 16, 19, 21, 22, 23, 29]
        for length in 0...text.utf8.count {
            let isAccepted = FHIRDateTime(text: String(text.prefix(length))) != nil
            #expect(isAccepted == accepted.contains(length), "length \(length)")
        }
    }

    @Test("tell a time without a zone from a date")
    func zones() {
        #expect(FHIRDateTime(text: "2024-02-29")?.zone == .notApplicable)
        #expect(FHIRDateTime(text: "2024-02-29T10:00:00")?.zone == .missing)
        #expect(FHIRDateTime(text: "2024-02-29T10:00:00Z")?.zone == .offset(minutes: 0))
        #expect(FHIRDateTime(text: "2024-02-29T10:00:00-03:30")?.zone == .offset(minutes: -210))
        #expect(FHIRDateTime(text: "2024-02-29T10:00:00")?.range == nil)
        #expect(FHIRDateTime(text: "2024-02-29T10:00:00")?.instant == nil)
    }

    @Test(
        "span the moments they may mean",
        arguments: [
            ("2024-02-29T10:00:00Z", "2024-02-29T10:00:00Z", "2024-02-29T10:00:01Z"),
            ("2024-02-29T10:00:00.5Z", "2024-02-29T10:00:00.500Z", "2024-02-29T10:00:00.600Z"),
            ("2024-02-29T00:30:00+01:00", "2024-02-28T23:30:00Z", "2024-02-28T23:30:01Z"),
            ("2024-02-29", "2024-02-28T10:00:00Z", "2024-03-01T12:00:00Z"),
            ("2024-02", "2024-01-31T10:00:00Z", "2024-03-01T12:00:00Z"),
            ("2023", "2022-12-31T10:00:00Z", "2024-01-01T12:00:00Z"),
            ("2024", "2023-12-31T10:00:00Z", "2025-01-01T12:00:00Z"),
        ]
    )
    func span(text: String, earliest: String, latest: String) {
        let range = FHIRDateTime(text: text)?.range
        #expect(range?.lowerBound.text == earliest)
        #expect(range?.upperBound.text == latest)
    }

    @Test("a local date spans one day at the offset that is given")
    func localRange() {
        let range = FHIRDateTime(text: "2024-02-29")?.range(atOffsetMinutes: 60)
        #expect(range?.lowerBound.text == "2024-02-28T23:00:00Z")
        #expect(range?.upperBound.text == "2024-02-29T23:00:00Z")
    }

    @Test("a moment made from an instant reads back")
    func fromInstant() {
        let instant = Instant(microseconds: 1_709_216_100_250_000)
        let value = FHIRDateTime(instant)
        #expect(value.text == "2024-02-29T14:15:00.250Z")
        #expect(value.instant == instant)
    }

    @Test(
        "reading an element names the fault and the element",
        arguments: [
            ("\"2024-02-30\"", FHIRError.Code.invalidDateTime), ("5", .wrongShape),
            ("\"2024-02-29T10:00:00\"", .zoneMissing), ("\"2024-02-29T10:00Z\"", .invalidDateTime),
            ("null", .wrongShape), ("{}", .wrongShape),
        ]
    )
    func reading(json: String, code: FHIRError.Code) throws {
        let root = try JSONDocument(parsing: "{\"issued\":\(json)}").root
        let value = try #require(root["issued"])
        #expect(throws: FHIRError(code: code, path: "issued")) {
            try FHIRDateTime(reading: value)
        }
    }

    @Test("escapes in the JSON string do not matter")
    func escapes() throws {
        let root = try JSONDocument(parsing: #"["2024\u002d02-29"]"#).root
        let value = try #require(root.elements.first { _ in true })
        #expect(FHIRDateTime(value)?.text == "2024-02-29")
    }

    @Test("a time of day has no zone", arguments: ["10", "10:30", "10:30:00", "10:30:00.500"])
    func timeOfDay(text: String) {
        #expect(FHIRTime(text: text)?.text == text)
        #expect(FHIRTime(text: text + "Z") == nil)
        #expect(FHIRTime(text: "2" + text) == nil)
    }
}

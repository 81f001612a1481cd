import Foundation
import JSON
import Monitoring
import Support
import Testing

/// The format `limen-reference/1`.
@Suite("References")
struct ReferenceTests {
    static func bytes() throws -> [UInt8] {
        let place = Shared.checkout.appendingPathComponent("Tests/Cases/monitoring/reference.json")
        return Array(try Data(contentsOf: place))
    }

    @Test("are read with every count, and written so that they are read back the same")
    func roundTrip() throws {
        let reference = try ReferenceReader.read(Self.bytes())
        #expect(reference.series.count == 3)
        let pulse = try #require(reference[SeriesName(.input, "pulse")])
        #expect(pulse.bins.edges == [64, 86.30000000000001, 95.5])
        #expect(pulse.histogram.bins == [100, 120, 90, 90])
        #expect(pulse.histogram.missing == 20)
        #expect(pulse.histogram.invalid == 1)
        #expect(pulse.caseCount == 421)
        #expect(pulse.size == 400)
        #expect(pulse.standard?.bins == [320, 79, 1])
        #expect(reference[SeriesName(.segment)]?.histogram.validCount == 400)
        #expect(reference[SeriesName(.input, "weight")] == nil)
        #expect(try ReferenceReader.read(ReferenceWriter.json(reference)) == reference)
    }

    @Test("that are cut off anywhere are refused, and never half read")
    func truncated() throws {
        let bytes = try Self.bytes()
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
        for length in 0..<end {
            #expect(throws: ReferenceError.self) {
                _ = try ReferenceReader.read(Array(bytes[..<length]))
            }
        }
    }

    @Test(
        "with a fault are refused at its path",
        arguments: [
            (#""format": "limen-reference/1""#, #""format": "limen-reference/9""#, "format"),
            (#""profile": "ward""#, #""profile": 1"#, "profile"),
            (#""sha256": "0f""#, #""sha": "0f""#, "model.sha256"),
            (#""name": "sex""#, #""name": "pulse""#, "series[1].name"),
            ("[ 100, 120, 90, 90 ]", "[ 100, 120, 90 ]", "series[0].counts"),
            ("[ 100, 120, 90, 90 ]", "[ 100, 120, 90, 90.5 ]", "series[0].counts"),
            ("[ 100, 120, 90, 90 ]", "[ 100, 120, 90, 9e99 ]", "series[0].counts"),
            ("[ 51, 121 ]", "[ 51 ]", "series[0].range"),
            ("[ 64, 86.30000000000001, 95.5 ]", "[ 64, 64, 95.5 ]", "series[0].edges"),
            (#""imputed": 5"#, #""imputed": 21"#, "series[0].counts"),
            (#""below": 4"#, #""below": 400"#, "series[0].counts"),
            (#"[ "f", "m" ]"#, #"[ "f", "f" ]"#, "series[1].categories"),
            ("[ 320, 79, 1 ]", "[ 320 ]", "series[0].standard.counts"),
        ]
    )
    func faults(_ old: String, _ new: String, _ path: String) throws {
        let text = String(decoding: try Self.bytes(), as: UTF8.self)
        let edited = text.replacing(old, with: new)
        #expect(edited != text)
        let error = #expect(throws: ReferenceError.self) {
            _ = try ReferenceReader.read(Array(edited.utf8))
        }
        #expect(error?.path == path)
    }

    @Test("made of few different values have as many bins as these allow")
    func fewValues() throws {
        let made = try #require(
            ReferenceBuilder.numbers(
                name: SeriesName(.input, "scale"),
                values: Array(repeating: 1, count: 300) + Array(repeating: 2, count: 100),
                notes: [.missing: 7],
                standard: nil
            )
        )
        #expect(made.histogram.validCount == 400)
        #expect(made.caseCount == 407)
        #expect(made.range == 1...2)
        #expect(made.histogram.outOfRange == 0)
        let constant = try #require(
            ReferenceBuilder.numbers(
                name: made.name,
                values: Array(repeating: 1, count: 9),
                notes: [:],
                standard: nil
            )
        )
        #expect(constant.histogram.bins == [0, 9])
        for values in [[], [1, .nan], [.infinity]] {
            let none = ReferenceBuilder.numbers(
                name: made.name,
                values: values,
                notes: [:],
                standard: nil
            )
            #expect(none == nil)
        }
    }
}

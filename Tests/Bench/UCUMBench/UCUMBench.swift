import Basics
import UCUM

/// Measures decimals and unit conversion: nanoseconds for one operation, median of seven rounds.
///
///     swift run -c release UCUMBench
@main
enum UCUMBench {
    static func main() throws {
        for text in ["7", "98.6", "-0.0125", "123456789012.345678", "1.5e3"] {
            let bytes = Array(text.utf8)
            report("DecimalNumber(utf8:) \(text)") {
                DecimalNumber(utf8: bytes.span)?.scale ?? -1
            }
        }
        if let left = DecimalNumber(text: "36.60"), let right = DecimalNumber(text: "36.6"),
            let step = DecimalNumber(text: "0.1")
        {
            report("== across scales") { left == right ? 1 : 0 }
            report("< across scales") { left < right ? 1 : 0 }
            report("rounded(toMultipleOf:)") { left.rounded(toMultipleOf: step)?.scale ?? -1 }
        }
        for text in ["/min", "mm[Hg]", "10*3/uL", "mL/(8.h.kg)"] {
            report("UCUMUnit(parsing:) \(text)") {
                (try? UCUMUnit(parsing: text).text.utf8.count) ?? -1
            }
        }
        for text in ["[pi]9.[pi]9.m", "[m_e]7/[m_p]7/[h]5", "10*99/10*98/10*97/10*96.10*95.m"] {
            report("UCUMUnit(parsing:) hostile \(text)") {
                (try? UCUMUnit(parsing: text).text.utf8.count) ?? -1
            }
        }
        let converter = UCUMConverter(to: try UCUMUnit(parsing: "mm[Hg]"))
        report("UCUMConverter.conversion(from:) kPa") {
            (try? converter.conversion(from: "kPa").isIdentity) == nil ? 0 : 1
        }
        for (source, target, text) in [
            ("/min", "{beats}/min", "72"), ("g/dL", "g/L", "13.2"), ("[degF]", "Cel", "98.6"),
            ("[degF]", "Cel", "99"), ("kPa", "mm[Hg]", "10.6"), ("[lb_av]", "kg", "150.5"),
            ("[pH]", "mol/L", "7.4"),
        ] {
            let source = try UCUMUnit(parsing: source)
            let target = try UCUMUnit(parsing: target)
            let conversion = try UCUMConversion(from: source, to: target)
            guard let value = DecimalNumber(text: text) else { continue }
            report("convert \(text) \(source.text) to \(target.text)") {
                conversion.convert(value)?.scale ?? -1
            }
            report("  prepare") {
                (try? UCUMConversion(from: source, to: target).isIdentity) == nil ? 0 : 1
            }
        }
    }

    private static func report(_ name: String, _ work: () -> Int) {
        var figures: [Double] = []
        var sink = 0
        for _ in 0..<7 {
            let clock = ContinuousClock()
            let start = clock.now
            var rounds = 0
            repeat {
                for _ in 0..<100 { sink &+= work() }
                rounds += 100
            } while clock.now - start < .milliseconds(20)
            figures.append((clock.now - start) / .nanoseconds(1) / Double(rounds))
        }
        let tenths = Int(figures.sorted()[3] * 10)
        print("\(tenths / 10).\(tenths % 10) ns", name, sink == .min ? "!" : "")
    }
}

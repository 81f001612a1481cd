public import ClinicalEngine
import Foundation
import PMML

/// Rows made of bytes for the documents of this checkout.
public enum EvaluationRows {
    /// The models of `Tests/Cases/pmml` and `Profiles`, compiled once.
    public static let models: [ClinicalModel] = {
        let checkout = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        var models: [ClinicalModel] = []
        for folder in ["Tests/Cases/pmml", "Profiles"] {
            let place = checkout.appendingPathComponent(folder)
            let files = FileManager.default.enumerator(atPath: place.path)
            var names: [String] = []
            while let name = files?.nextObject() as? String { names.append(name) }
            for name in names.sorted() where name.hasSuffix(".pmml") {
                guard let data = try? Data(contentsOf: place.appendingPathComponent(name)),
                    let model = try? PMMLDocument.compile(Array(data))
                else { continue }
                models.append(model)
            }
        }
        return models
    }()

    /// Evaluates the row that the bytes stand for in one of the models.
    public static func run(_ bytes: [UInt8]) {
        precondition(!models.isEmpty, "no document of the checkout was found and compiled")
        var rest = bytes[...]
        guard let choice = rest.popFirst() else { return }
        let model = models[Int(choice) % models.count]
        let inputs = model.fields.map { value(&rest, $0) }
        let evaluation = model.evaluate(inputs)
        EvaluationProbe.check(evaluation)
        precondition(evaluation == model.evaluate(inputs), "the same row, another answer")
    }

    /// The first byte says what kind of value, the next ones which.
    private static func value(
        _ rest: inout ArraySlice<UInt8>,
        _ field: ClinicalModel.Field
    ) -> InputValue {
        guard let kind = rest.popFirst() else { return .missing }
        switch kind % 8 {
        case 0: return .missing
        case 1: return .number(odd[Int(rest.popFirst() ?? 0) % odd.count])
        case 2: return .number(bits(&rest))
        case 3: return .category(String(decoding: rest.prefix(4), as: UTF8.self))
        case 4, 5:
            guard case .categorical(let known) = field.kind, !known.isEmpty else { fallthrough }
            return .category(known[Int(rest.popFirst() ?? 0) % known.count])
        default:
            return .number(Double(Int(rest.popFirst() ?? 0)) + Double(rest.popFirst() ?? 0) / 10)
        }
    }

    private static func bits(_ rest: inout ArraySlice<UInt8>) -> Double {
        var pattern: UInt64 = 0
        for _ in 0..<8 { pattern = pattern << 8 | UInt64(rest.popFirst() ?? 0) }
        return Double(bitPattern: pattern)
    }

    /// Numbers at the edges of what a double holds.
    private static let odd: [Double] = [
        0, -0.0, 1, -1, .nan, .signalingNaN, .infinity, -.infinity, .greatestFiniteMagnitude,
        -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e308, -1e308,
        1e-308, 9_007_199_254_740_992, 0.1,
    ]
}

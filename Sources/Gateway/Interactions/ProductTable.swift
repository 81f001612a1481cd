import Basics
import Mapping

/// What the products of a site are made of: a `*.products.csv` beside `interactions.json`.
///
///     system,code,ingredientSystem,ingredientCode,ingredientName
///     urn:oid:1.2.3,4711,http://www.whocc.no/atc,C10AA01,simvastatin
///
/// A product of several ingredients has a line for each. Fields hold neither commas nor quotes;
/// the name may be empty.
struct ProductTable {
    /// One line.
    struct Link {
        let product: MedicationRecord.Coding
        let ingredient: MedicationRecord.Coding
        let name: String
    }

    static let header = "system,code,ingredientSystem,ingredientCode,ingredientName"

    private(set) var links: [Link] = []

    /// Reads a table; another name of a system counts as the system.
    ///
    /// - Throws: `InteractionFault` with the number of the first line that cannot be read.
    init(reading bytes: [UInt8], aliases: [String: String]) throws(InteractionFault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InteractionFault(path: "", sentence: "the file is no UTF-8")
        }
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let place = "line \(number)"
            if number == 1 {
                guard line == Self.header else {
                    throw InteractionFault(path: place, sentence: "expected is " + Self.header)
                }
                continue
            }
            if line.isEmpty { continue }
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init
            )
            guard fields.count == 5, !line.contains("\""),
                fields.prefix(4).allSatisfy({ !$0.isEmpty })
            else {
                throw InteractionFault(
                    path: place,
                    sentence: "five fields without quotes are expected"
                )
            }
            guard InteractionDocument.isName(fields[4].isEmpty ? fields[3] : fields[4]) else {
                throw InteractionFault(path: place, sentence: InteractionDocument.nameSentence)
            }
            guard links.count < Limits.interactionProductsMax else {
                throw InteractionFault(
                    path: place,
                    sentence: "at most \(Limits.interactionProductsMax) lines are allowed"
                )
            }
            links.append(
                Link(
                    product: .init(system: aliases[fields[0]] ?? fields[0], code: fields[1]),
                    ingredient: .init(system: aliases[fields[2]] ?? fields[2], code: fields[3]),
                    name: fields[4].isEmpty ? fields[3] : fields[4]
                )
            )
        }
        guard number > 0, !text.isEmpty else {
            throw InteractionFault(path: "line 1", sentence: "expected is " + Self.header)
        }
    }
}

import Basics
import ClinicalEngine
import Crypto
import JSON

/// What is wrong with a file of a knowledge base.
struct InteractionFileFault: Error {
    let file: String
    let fault: InteractionFault
}

extension InteractionKnowledge {
    /// The file that makes a folder of `Profiles/` a knowledge base.
    static let fileName = "interactions.json"
    /// How the names of product tables end.
    static let productEnding = ".products.csv"

    /// Loads a folder.
    ///
    /// - Parameters:
    ///   - name: the name of the folder.
    ///   - document: `interactions.json`.
    ///   - products: the product tables by file name.
    /// - Throws: `InteractionFileFault` with the file and the place of the first fault.
    init(
        name: String,
        document: JSONDocument,
        products: [String: [UInt8]]
    ) throws(InteractionFileFault) {
        var content: InteractionDocument
        do {
            content = try InteractionDocument(reading: document.root)
        } catch {
            throw InteractionFileFault(file: Self.fileName, fault: error)
        }
        for file in products.keys.sorted() {
            do {
                content.add(
                    try ProductTable(reading: products[file] ?? [], aliases: content.aliases)
                )
            } catch {
                throw InteractionFileFault(file: file, fault: error)
            }
        }
        let table = InteractionTable(
            ingredientCount: content.ingredients.count,
            classes: content.classes.map(\.members),
            rules: content.classPairs
        )
        guard let table else {
            let sentence = "the classes make more than \(Limits.interactionPairsMax) pairs"
            throw InteractionFileFault(
                file: Self.fileName,
                fault: InteractionFault(path: "pairs", sentence: sentence)
            )
        }
        self.name = name
        url = content.url
        version = content.version
        title = content.title
        source = content.source
        digest = Hexadecimal.text(Digest.sha256(document.bytes))
        productDigests = products.keys.sorted().map { file in
            (file, Hexadecimal.text(Digest.sha256(products[file] ?? [])))
        }
        ingredients = content.ingredients
        rules = content.rules
        let used = Set(content.classPairs.flatMap { [$0.one, $0.other] })
        emptyClasses = used.sorted().map { content.classes[$0] }
            .filter { $0.members.isEmpty }.map(\.name)
        self.table = table
        substances = content.substances
        systemAliases = content.aliases
    }
}

import Foundation
import FoundationXML

/// Counts the elements of an XML document; -1 when it is not well-formed.
final class XMLCount: NSObject, XMLParserDelegate {
    private var count = 0

    func elements(of text: String) -> Int {
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        return parser.parse() ? count : -1
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        count += 1
    }
}

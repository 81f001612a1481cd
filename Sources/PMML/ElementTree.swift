import Basics
import Foundation
import FoundationXML

/// The elements of a document in document order, each with the end of its subtree.
final class ElementTree: Sendable {
    /// One element as it was read.
    struct Entry: Sendable {
        let name: String
        let namespace: String
        let attributes: [String: String]
        let line: Int
        var text = ""
        /// The position after its last descendant.
        var end = 0
    }

    let entries: [Entry]

    private init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// The outermost element.
    var root: Element { Element(tree: self, position: 0) }

    /// Reads a document; nothing outside of it is ever loaded.
    static func read(_ bytes: [UInt8]) throws(PMMLError) -> ElementTree {
        try SourceCheck.check(bytes)
        let builder = Builder()
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        // What follows the outermost element is only noted by the parser, which then says yes.
        let isParsed = parser.parse() && !isFollowed(parser.parserError)
        if let error = builder.error { throw error }
        guard isParsed, builder.open.isEmpty, let root = builder.entries.first else {
            throw PMMLError(
                code: .malformed,
                element: builder.innermostName,
                line: max(parser.lineNumber, 1)
            )
        }
        guard Self.namespaces.contains(root.namespace) else {
            throw PMMLError(code: .unsupported, element: "PMML@xmlns", line: root.line)
        }
        return ElementTree(builder.entries)
    }

    /// Whether something other than comments and instructions stands behind the outermost element
    /// (XML 1.0, section 2.1).
    private static func isFollowed(_ error: (any Error)?) -> Bool {
        error.map { ($0 as NSError).code } == documentEnd
    }

    /// The code of libxml2 (`XML_ERR_DOCUMENT_END`) that Foundation passes on and passes over.
    private static let documentEnd = 5

    /// PMML 4.0 to 4.4; what the reader implements means the same in all of them.
    private static let namespaces = (0...4).map { "http://www.dmg.org/PMML-4_\($0)" }
}

/// Gathers the elements while the parser runs; used by one thread only.
private final class Builder: NSObject, XMLParserDelegate {
    private(set) var entries: [ElementTree.Entry] = []
    private(set) var open: [Int] = []
    private(set) var error: PMMLError?
    private var complaintCount = 0

    var innermostName: String {
        open.last.map { entries[$0].name } ?? "PMML"
    }

    private func refuse(_ code: PMMLError.Code, _ element: String, _ parser: XMLParser) {
        guard error == nil else { return }
        error = PMMLError(code: code, element: element, line: max(parser.lineNumber, 1))
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        guard error == nil else { return }
        guard open.count < Limits.pmmlDepthMax, entries.count < Limits.pmmlElementsMax else {
            return refuse(.tooLarge, String(elementName.prefix(64)), parser)
        }
        open.append(entries.count)
        entries.append(
            ElementTree.Entry(
                name: elementName,
                namespace: namespaceURI ?? "",
                attributes: attributeDict,
                line: max(parser.lineNumber, 1)
            )
        )
    }

    func parser(
        _ parser: XMLParser,
        didEndElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        guard error == nil, let position = open.popLast() else { return }
        entries[position].end = entries.count
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard error == nil, let position = open.last else { return }
        entries[position].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
        guard error == nil, let position = open.last else { return }
        entries[position].text += String(decoding: CDATABlock, as: UTF8.self)
    }

    /// Ends a document of which there is too much to complain about.
    ///
    /// Foundation makes an error of each complaint and never frees it; the parser goes on after the
    /// first, so that a large file of garbage would cost forty times its size, for good.
    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        complaintCount += 1
        if complaintCount == Limits.pmmlComplaintsMax {
            refuse(.malformed, innermostName, parser)
        }
    }

    func parser(
        _ parser: XMLParser,
        foundInternalEntityDeclarationWithName name: String,
        value: String?
    ) {
        refuse(.doctype, "ENTITY", parser)
    }

    func parser(
        _ parser: XMLParser,
        foundExternalEntityDeclarationWithName name: String,
        publicID: String?,
        systemID: String?
    ) {
        refuse(.doctype, "ENTITY", parser)
    }
}

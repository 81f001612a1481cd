package import JSON

extension JSONValue {
    /// The bytes of a string with its escapes resolved; `nil` when the value is none.
    ///
    /// Nothing is copied unless the string holds an escape.
    package var textBytes: ArraySlice<UInt8>? {
        guard kind == .string else { return nil }
        let raw = rawBytes
        guard raw.contains(UInt8(ascii: "\\")) else { return raw }
        return Array((stringValue ?? "").utf8)[...]
    }

    /// The path of a member of this object, whether it is there or not.
    package func path(of name: String) -> String {
        let own = path
        return own.isEmpty ? name : own + "." + name
    }

    /// The member as a string; `nil` when absent.
    package func text(_ name: String) throws(FHIRError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else {
            throw FHIRError(code: .wrongShape, path: value.path)
        }
        return text
    }

    /// The member as an object; `nil` when absent.
    package func object(_ name: String) throws(FHIRError) -> JSONValue? {
        guard let value = self[name] else { return nil }
        guard value.kind == .object else {
            throw FHIRError(code: .wrongShape, path: value.path)
        }
        return value
    }

    /// The member as an array of objects; `nil` when absent.
    package func objects(_ name: String) throws(FHIRError) -> JSONValue.Elements? {
        guard let value = self[name] else { return nil }
        guard value.kind == .array else {
            throw FHIRError(code: .wrongShape, path: value.path)
        }
        for element in value.elements where element.kind != .object {
            throw FHIRError(code: .wrongShape, path: element.path)
        }
        return value.elements
    }

    /// The objects among the elements of an array member; none when it is anything else.
    package func views<View: ElementView>(_ name: String, as type: View.Type) -> Views<View> {
        Views(owner: self[name])
    }
}

/// A reader that looks at one JSON object.
package protocol ElementView: Sendable {
    /// Makes a view; `nil` when the value is no object.
    init?(_ json: JSONValue)
}

/// The objects of a JSON array, each seen through a view; whatever is no object is passed over.
package struct Views<View: ElementView>: Sequence, Sendable {
    let owner: JSONValue?

    /// Steps through the views.
    package struct Iterator: IteratorProtocol {
        var elements: JSONValue.Elements.Iterator?

        /// The next view.
        package mutating func next() -> View? {
            while let element = elements?.next() {
                if let view = View(element) { return view }
            }
            return nil
        }
    }

    /// Starts at the first element.
    package func makeIterator() -> Iterator {
        Iterator(elements: owner?.elements.makeIterator())
    }

    /// The first view.
    package var first: View? {
        var iterator = makeIterator()
        return iterator.next()
    }

    /// Whether there is none.
    package var isEmpty: Bool { first == nil }
}

extension JSONWriter {
    /// A container that is being copied.
    private enum Frame {
        case object(JSONValue.Members.Iterator)
        case array(JSONValue.Elements.Iterator)
    }

    /// Copies a value of a document without the space around its parts, on one line.
    ///
    /// Numbers keep their text; strings are escaped as this writer escapes. The depth is bounded
    /// by the depth of the document, and the stack is explicit.
    package mutating func compactValue(_ value: JSONValue) {
        var frames: [Frame] = []
        begin(value, &frames)
        while let frame = frames.popLast() {
            switch frame {
            case .object(var members):
                guard let (name, value) = members.next() else {
                    endObject()
                    continue
                }
                frames.append(.object(members))
                self.name(name.stringValue ?? "")
                begin(value, &frames)
            case .array(var elements):
                guard let value = elements.next() else {
                    endArray()
                    continue
                }
                frames.append(.array(elements))
                begin(value, &frames)
            }
        }
    }

    /// Writes a leaf, or opens a container.
    private mutating func begin(_ value: JSONValue, _ frames: inout [Frame]) {
        switch value.kind {
        case .null, .true, .false, .number: self.value(value)
        case .string: self.value(value.stringValue ?? "")
        case .array:
            beginArray()
            frames.append(.array(value.elements.makeIterator()))
        case .object:
            beginObject()
            frames.append(.object(value.members.makeIterator()))
        }
    }
}

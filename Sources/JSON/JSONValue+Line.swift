extension JSONValue {
    /// The line and the column in it, in bytes and both from 1, at which the value begins.
    ///
    /// Found by walking from the start of the document, so it costs only those who ask.
    package var linePosition: (line: Int, column: Int) {
        var line = 1
        var column = 1
        for byte in tape.bytes.prefix(byteOffset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return (line, column)
    }
}

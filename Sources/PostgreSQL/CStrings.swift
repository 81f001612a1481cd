/// Texts as a list of C strings that ends with a null pointer.
@safe
struct CStrings {
    private let bytes: [[CChar]]

    init(_ texts: [String]) {
        bytes = texts.map { Array($0.utf8CString) }
    }

    /// Calls the body with the list.
    @unsafe
    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let flat = bytes.flatMap { $0 }
        return unsafe flat.withUnsafeBufferPointer { characters in
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var offset = 0
            for text in bytes {
                unsafe pointers.append(characters.baseAddress.map { unsafe $0 + offset })
                offset += text.count
            }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer { list in
                guard let start = list.baseAddress else {
                    preconditionFailure("the list holds at least its end")
                }
                return unsafe body(start)
            }
        }
    }
}

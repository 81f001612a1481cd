package import Basics
import CPostgreSQL

/// The rows that a statement gave, in binary format.
///
/// A field is read by its row and column, both from zero; `nil` is NULL. A field that has not the
/// asked form throws `unexpectedResult`.
@safe
package struct QueryResult: ~Copyable {
    private let raw: OpaquePointer

    init(adopting raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    deinit {
        unsafe PQclear(raw)
    }

    /// How many rows there are.
    package var rowCount: Int { Int(unsafe PQntuples(raw)) }

    /// How many columns there are.
    package var columnCount: Int { Int(unsafe PQnfields(raw)) }

    /// How many rows a command touched, by its command tag.
    package var affectedCount: Int {
        guard let text = unsafe PQcmdTuples(raw) else { return 0 }
        return Int(unsafe String(cString: text)) ?? 0
    }

    /// The bytes of a field.
    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        precondition(row >= 0 && row < rowCount, "the row does not exist")
        precondition(column >= 0 && column < columnCount, "the column does not exist")
        let row = Int32(row)
        let column = Int32(column)
        guard unsafe PQgetisnull(raw, row, column) == 0 else { return nil }
        let length = Int(unsafe PQgetlength(raw, row, column))
        guard let start = unsafe PQgetvalue(raw, row, column) else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: length))
    }

    /// A text.
    package func text(_ row: Int, _ column: Int) throws(PostgreSQLError) -> String? {
        guard let bytes = bytes(row, column) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.malformed }
        return text
    }

    /// An integer of 16, 32 or 64 bits.
    package func integer(_ row: Int, _ column: Int) throws(PostgreSQLError) -> Int? {
        guard let bytes = bytes(row, column) else { return nil }
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch bytes.count {
        case 2: return Int(Int16(truncatingIfNeeded: bits))
        case 4: return Int(Int32(truncatingIfNeeded: bits))
        case 8: return Int(Int64(bitPattern: bits))
        default: throw Self.malformed
        }
    }

    /// A boolean.
    package func bool(_ row: Int, _ column: Int) throws(PostgreSQLError) -> Bool? {
        guard let bytes = bytes(row, column) else { return nil }
        guard bytes.count == 1 else { throw Self.malformed }
        return bytes[0] != 0
    }

    /// A UUID.
    package func uuid(_ row: Int, _ column: Int) throws(PostgreSQLError) -> UUIDBytes? {
        guard let bytes = bytes(row, column) else { return nil }
        guard let uuid = UUIDBytes(bytes) else { throw Self.malformed }
        return uuid
    }

    /// A moment.
    package func instant(_ row: Int, _ column: Int) throws(PostgreSQLError) -> Instant? {
        guard let sinceEpoch = try integer(row, column) else { return nil }
        return Instant(microseconds: Int64(sinceEpoch))
            .advanced(byMicroseconds: Parameters.epochOffsetMicroseconds)
    }

    /// An array of texts.
    package func texts(_ row: Int, _ column: Int) throws(PostgreSQLError) -> [String]? {
        guard let elements = try elements(row, column) else { return nil }
        return try elements.map { element throws(PostgreSQLError) in
            guard let text = String(validating: element, as: UTF8.self) else {
                throw Self.malformed
            }
            return text
        }
    }

    /// An array of UUIDs.
    package func uuids(_ row: Int, _ column: Int) throws(PostgreSQLError) -> [UUIDBytes]? {
        guard let elements = try elements(row, column) else { return nil }
        return try elements.map { element throws(PostgreSQLError) in
            guard let uuid = UUIDBytes(element) else { throw Self.malformed }
            return uuid
        }
    }

    private static let malformed = PostgreSQLError(code: .unexpectedResult)

    /// The elements of an array of one dimension without NULLs.
    private func elements(
        _ row: Int,
        _ column: Int
    ) throws(PostgreSQLError) -> [ArraySlice<UInt8>]? {
        guard let bytes = bytes(row, column) else { return nil }
        var rest = bytes[...]
        guard let dimensionCount = Self.take32(&rest), Self.take32(&rest) == 0,
            Self.take32(&rest) != nil
        else { throw Self.malformed }
        if dimensionCount == 0 { return [] }
        guard dimensionCount == 1, let count = Self.take32(&rest), Self.take32(&rest) != nil else {
            throw Self.malformed
        }
        var elements: [ArraySlice<UInt8>] = []
        for _ in 0..<count {
            guard let length = Self.take32(&rest), rest.count >= Int(length) else {
                throw Self.malformed
            }
            elements.append(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
        return elements
    }

    private static func take32(_ bytes: inout ArraySlice<UInt8>) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        let value = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bytes = bytes.dropFirst(4)
        return value
    }
}

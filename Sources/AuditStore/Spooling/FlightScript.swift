import PostgreSQL

/// The statements between BEGIN and COMMIT of a batch, with their values.
///
/// A batch is the same script whether it is sent at once, sent again after a lost reply, or kept in
/// the spool and sent much later: places, times, keys and signatures are those of the first time.
struct FlightScript {
    private(set) var statements: [(name: StaticString, values: Parameters)] = []

    /// The form of the bytes.
    private static let version: UInt8 = 1

    /// What a script may hold; the place in the list stands for the name in the bytes.
    ///
    /// New statements are added at the end. A script of another version of the program whose
    /// statements take other values is refused by the server, and then it stays in the spool.
    private static let known: [StaticString] = [
        WriterStatements.tenant, WriterStatements.key, WriterStatements.event,
        WriterStatements.card, WriterStatements.feedback, WriterStatements.shown,
        WriterStatements.log, WriterStatements.batch,
    ]

    init() {}

    /// Adds a statement.
    mutating func add(_ name: StaticString, _ values: Parameters) {
        statements.append((name, values))
    }

    /// Queues the statements; answers how many they are.
    func send(on connection: borrowing Connection) throws(PostgreSQLError) -> Int {
        for statement in statements {
            try connection.sendPrepared(statement.name, statement.values)
        }
        return statements.count
    }

    /// The script as bytes: of each statement its number, the length of its values, and these.
    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        for statement in statements {
            guard
                let number = Self.known.firstIndex(where: {
                    $0.description == statement.name.description
                })
            else { preconditionFailure("a statement that no script may hold") }
            let values = statement.values.encoded
            bytes.append(UInt8(number))
            for shift in [24, 16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: values.count >> shift))
            }
            bytes += values
        }
        return bytes
    }

    /// Reads a script; `nil` when it is none of this program's.
    init?(encoded: [UInt8]) {
        guard encoded.first == Self.version else { return nil }
        var rest = encoded.dropFirst()
        while let number = rest.first {
            let head = rest.dropFirst().prefix(4)
            guard head.count == 4, Int(number) < Self.known.count else { return nil }
            let length = head.reduce(0) { $0 << 8 | Int($1) }
            let body = rest.dropFirst(5).prefix(length)
            guard body.count == length, let values = Parameters(encoded: body) else { return nil }
            add(Self.known[Int(number)], values)
            rest = rest.dropFirst(5 + length)
        }
    }
}

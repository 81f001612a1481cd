import JSON

/// Finds members that are null or empty where the specification does not allow it.
enum ConformEmptiness {
    /// Holds a document against requirement 3; the lists at the top may be empty.
    static func check(_ root: JSONValue, _ ledger: ConformLedger, _ call: String) -> ConformLedger {
        var ledger = ledger
        var waiting = [root]
        while let value = waiting.popLast() {
            for (name, member) in value.members {
                if name.isString("resource") || name.isString("extension") { continue }
                let isTop = value.isSamePlace(as: root)
                if isTop, name.isString("cards") || name.isString("services") {
                    waiting.append(contentsOf: member.elements)
                    continue
                }
                look(at: member, &waiting, &ledger, call)
            }
            for element in value.elements { look(at: element, &waiting, &ledger, call) }
        }
        return ledger
    }

    private static func look(
        at value: JSONValue,
        _ waiting: inout [JSONValue],
        _ ledger: inout ConformLedger,
        _ call: String
    ) {
        let isEmpty: Bool
        switch value.kind {
        case .null: isEmpty = true
        case .string: isEmpty = value.stringValue?.isEmpty ?? true
        case .array: isEmpty = value.elements.first { _ in true } == nil
        case .object: isEmpty = value.members.first { _ in true } == nil
        case .true, .false, .number: isEmpty = false
        }
        if isEmpty {
            ledger.fault([3], at: call + " " + value.pointer, "the value is null or empty")
        } else if value.kind == .array || value.kind == .object {
            waiting.append(value)
        }
    }
}

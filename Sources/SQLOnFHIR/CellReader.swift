import Basics
import FHIR
import FHIRPath
import JSON

/// Turns what a path found into a cell, or says why it cannot be one.
enum CellReader {
    static func cell(
        of found: FHIRPathCollection,
        for column: ViewColumn
    ) throws(ViewRowError) -> ViewCell {
        if column.isCollection {
            var cells: [ViewCell] = []
            for position in 0..<found.count {
                guard let value = found.value(at: position) else { continue }
                cells.append(try cell(value, for: column))
            }
            return .list(cells)
        }
        var only: FHIRPathValue?
        for position in 0..<found.count {
            guard let value = found.value(at: position) else { continue }
            guard only == nil else { throw ViewRowError(.severalValues, column) }
            only = value
        }
        guard let only else { return .null }
        return try cell(only, for: column)
    }

    private static func cell(
        _ value: FHIRPathValue,
        for column: ViewColumn
    ) throws(ViewRowError) -> ViewCell {
        guard let type = column.type else {
            guard let cell = plain(value) else { throw ViewRowError(.structure, column) }
            return cell
        }
        guard isOf(type.kind, value), let cell = plain(value, orStructure: type.kind) else {
            throw ViewRowError(.wrongType, column)
        }
        return cell
    }

    /// A primitive as it is; `nil` for a structure.
    private static func plain(_ value: FHIRPathValue) -> ViewCell? {
        switch value {
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .decimal(let number): return .decimal(number)
        case .string, .date, .dateTime, .time: return value.text.map { .text($0) }
        case .quantity: return nil
        case .element(let json):
            switch json.kind {
            case .true, .false, .number, .string: return .element(json)
            case .null, .array, .object: return nil
            }
        }
    }

    private static func plain(
        _ value: FHIRPathValue,
        orStructure kind: ViewType.Kind
    ) -> ViewCell? {
        if kind == .structure, case .element(let json) = value { return .element(json) }
        return plain(value)
    }

    /// Whether a value is of the kind that a column declares.
    ///
    /// SQL on FHIR 2: an implementation should report it when the type does not match.
    private static func isOf(_ kind: ViewType.Kind, _ value: FHIRPathValue) -> Bool {
        switch kind {
        case .boolean: return value.booleanValue != nil
        case .integer: return value.integerValue != nil
        case .longInteger:
            return value.integerValue != nil || value.stringValue.flatMap { Int($0) } != nil
        case .decimal: return isNumber(value)
        case .date: return moment(value).map { $0.precision <= .day } ?? false
        case .dateTime:
            return moment(value).map { $0.zone != .missing } ?? false
        case .instant:
            return moment(value).map {
                $0.precision >= .second && $0.zone != .missing
            } ?? false
        case .time:
            if case .time = value { return true }
            return value.stringValue.flatMap { FHIRTime(text: $0) } != nil
        case .text: return isText(value)
        case .structure:
            guard case .element(let json) = value else { return false }
            return json.kind == .object
        }
    }

    /// A number of any length: its text is kept, so that none has too many digits.
    private static func isNumber(_ value: FHIRPathValue) -> Bool {
        switch value {
        case .integer, .decimal: true
        case .element(let json): json.kind == .number
        case .boolean, .string, .date, .dateTime, .time, .quantity: false
        }
    }

    private static func moment(_ value: FHIRPathValue) -> FHIRDateTime? {
        switch value {
        case .date(let date), .dateTime(let date): date
        case .string(let text): FHIRDateTime(text: text)
        case .element(let json): FHIRDateTime(json)
        case .boolean, .integer, .decimal, .time, .quantity: nil
        }
    }

    private static func isText(_ value: FHIRPathValue) -> Bool {
        switch value {
        case .string, .date, .dateTime, .time: true
        case .element(let json): json.kind == .string
        case .boolean, .integer, .decimal, .quantity: false
        }
    }
}

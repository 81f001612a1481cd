import Basics
import FHIR
import JSON

extension Evaluator {
    /// The node of an argument.
    func argument(_ position: Int, of call: Call) -> Int {
        program.arguments[call.first + position]
    }

    /// The value of an argument that is evaluated once, in the scope of the call.
    mutating func value(
        _ position: Int,
        of call: Call,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard position < call.count else { return .none }
        return try isolated(argument(position, of: call), scope)
    }

    /// Calls a function.
    mutating func evaluate(
        _ call: Call,
        on input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let node = call.node
        switch call.function {
        case .empty: return .one(.boolean(input.isEmpty))
        case .exists: return .one(.boolean(try exists(call, input, scope)))
        case .all: return .one(.boolean(try all(call, input, scope)))
        case .allTrue: return try booleans(input, at: node, isAll: true, wanted: true)
        case .anyTrue: return try booleans(input, at: node, isAll: false, wanted: true)
        case .allFalse: return try booleans(input, at: node, isAll: true, wanted: false)
        case .anyFalse: return try booleans(input, at: node, isAll: false, wanted: false)
        case .subsetOf: return try subset(input, of: try value(0, of: call, scope), at: node)
        case .supersetOf: return try subset(try value(0, of: call, scope), of: input, at: node)
        case .count: return .one(.integer(input.count))
        case .distinct: return try distinct(input, at: node)
        case .isDistinct:
            return .one(.boolean(try distinct(input, at: node).count == input.count))
        case .not: return try boolean(input, at: node).map { .one(.boolean(!$0)) } ?? .none
        case .hasValue: return .one(.boolean(primitive(input) != nil))
        case .getValue: return primitive(input).map { .one($0) } ?? .none
        case .where: return try filtered(call, input, scope)
        case .select: return try projected(call, input, scope)
        case .repeat, .repeatAll: return try repeated(call, input, scope)
        case .coalesce: return try coalesced(call, scope)
        case .single, .first, .last, .tail, .skip, .take:
            return try subsetting(call, input, scope)
        case .intersect, .exclude:
            return try intersected(call, input, try value(0, of: call, scope))
        case .union:
            let other = try value(0, of: call, scope)
            return try union(input, other, isLeftDistinct: isUnion(base(of: call)), at: node)
        case .combine:
            // The order is always kept, so the second argument of FHIRPath 3.0 changes nothing.
            var result = input
            result.append(try value(0, of: call, scope))
            try checkSize(result, at: node)
            return result
        case .iif: return try conditional(call, input, scope)
        case .toInteger, .toLong, .toDecimal, .toString, .toBoolean, .toDate, .toDateTime,
            .toTime, .toQuantity, .convertsToInteger, .convertsToLong, .convertsToDecimal,
            .convertsToString, .convertsToBoolean, .convertsToDate, .convertsToDateTime,
            .convertsToTime, .convertsToQuantity:
            return try converted(call, input, scope)
        case .indexOf, .lastIndexOf, .substring, .startsWith, .endsWith, .contains, .upper,
            .lower, .replace, .matches, .matchesFull, .replaceMatches, .length, .toChars, .split,
            .trim, .encode, .decode, .escape, .unescape:
            return try text(call, input, scope)
        case .join: return try joined(call, input, scope)
        case .abs, .ceiling, .exp, .floor, .ln, .log, .power, .round, .sqrt, .truncate:
            return try mathematics(call, input, scope)
        case .children:
            var result = Items.none
            for index in 0..<input.count {
                result.append(try allChildren(of: input[index], at: node))
            }
            return result
        case .descendants: return try descendants(of: input, at: node)
        case .trace:
            let name = try string(try value(0, of: call, scope), at: node) ?? ""
            let said = call.count > 1 ? try projectedValue(1, of: call, input, scope) : input
            if recorder != nil { record(said, of: node, label: name) }
            return input
        case .now: return .one(.dateTime(FHIRDateTime(environment.now)))
        case .today:
            let date = environment.now.date
            return FHIRDateTime(year: date.year, month: date.month, day: date.day).map {
                .one(.date($0))
            } ?? .none
        case .timeOfDay: return .one(.time(FHIRDateTime(environment.now).time))
        case .defineVariable: return try define(call, input, scope)
        case .aggregate: return try aggregated(call, input, scope)
        case .sort: return try sorted(call, input, scope)
        case .sum, .min, .max, .avg: return try summarised(call, input)
        case .yearOf, .monthOf, .dayOf, .hourOf, .minuteOf, .secondOf, .millisecondOf,
            .timezoneOffsetOf, .dateOf, .timeOf:
            return try part(call.function, of: input, at: node)
        case .duration, .difference: return try interval(call, input, scope)
        case .lowBoundary, .highBoundary: return try boundary(call, input, scope)
        case .precision: return try precision(input, at: node)
        case .comparable: return try comparable(input, try value(0, of: call, scope), at: node)
        case .type:
            var result = Items.none
            for index in 0..<input.count { result.append(.type(typeName(of: input[index]))) }
            return result
        case .extension:
            guard let url = try string(try value(0, of: call, scope), at: node) else {
                return .none
            }
            return try extensions(input, url, at: node)
        case .resolve: return try resolved(input, at: node)
        case .conformsTo: return try conforms(input, try value(0, of: call, scope), at: node)
        case .getResourceKey: return resourceKeys(input)
        case .getReferenceKey:
            return referenceKeys(input, type: try string(try value(0, of: call, scope), at: node))
        case .checkModifiers: return try modifiersChecked(call, input, scope)
        case .memberOf, .subsumes, .subsumedBy, .htmlChecks, .elementDefinition, .slice:
            throw fault(.unsupported, at: node)
        }
    }

    // MARK: Existence

    private mutating func exists(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Bool {
        guard call.count == 1 else { return !input.isEmpty }
        for index in 0..<input.count
        where try holds(call, input[index], index, scope) == true {
            return true
        }
        return false
    }

    private mutating func all(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Bool {
        for index in 0..<input.count
        where try holds(call, input[index], index, scope) != true {
            return false
        }
        return true
    }

    private func booleans(
        _ input: Items,
        at node: Int,
        isAll: Bool,
        wanted: Bool
    ) throws(FHIRPathError) -> Items {
        var hits = 0
        for index in 0..<input.count {
            guard case .boolean(let flag) = system(input[index]) else {
                throw fault(.typeMismatch, at: node)
            }
            if flag == wanted { hits += 1 }
        }
        return .one(.boolean(isAll ? hits == input.count : hits > 0))
    }

    private mutating func subset(
        _ items: Items,
        of others: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        let found = try membership(of: items, among: others, at: node)
        return .one(.boolean(found.allSatisfy { $0 }))
    }

    /// The System value of the only item when it is a primitive with a value.
    private func primitive(_ input: Items) -> Item? {
        guard input.count == 1, let item = input.first else { return nil }
        guard case .element(let element) = item else { return item }
        guard element.hasValue else { return nil }
        switch element.json.kind {
        case .true, .false, .number, .string: return system(item)
        case .null, .array, .object: return nil
        }
    }

    // MARK: Functions with expressions

    /// Evaluates an argument with an item as `$this`.
    private mutating func lambda(
        _ position: Int,
        of call: Call,
        _ item: Item,
        _ index: Int,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let inner = Scope(this: .one(item), index: index, total: scope.total)
        return try isolated(argument(position, of: call), inner)
    }

    private mutating func holds(
        _ call: Call,
        _ item: Item,
        _ index: Int,
        _ scope: Scope
    ) throws(FHIRPathError) -> Bool? {
        let criterion = argument(0, of: call)
        return try boolean(try lambda(0, of: call, item, index, scope), at: criterion)
    }

    private mutating func filtered(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        for index in 0..<input.count
        where try holds(call, input[index], index, scope) == true {
            result.append(input[index])
        }
        return result
    }

    private mutating func projected(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        try projectedValue(0, of: call, input, scope)
    }

    private mutating func projectedValue(
        _ position: Int,
        of call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        for index in 0..<input.count {
            result.append(try lambda(position, of: call, input[index], index, scope))
            try checkSize(result, at: call.node)
        }
        return result
    }

    /// Applies the projection again to what it gave, until nothing comes, or nothing new.
    ///
    /// `repeatAll` (FHIRPath 3.0) keeps what came before too; the limits end a circle.
    private mutating func repeated(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let isUnique = call.function == .repeat
        var result = Items.none
        var level = input
        while !level.isEmpty {
            var next = Items.none
            for index in 0..<level.count {
                let found = try lambda(0, of: call, level[index], index, scope)
                for position in 0..<found.count {
                    let isKnown =
                        isUnique
                        ? try contains(result, found[position], at: call.node) : false
                    guard !isKnown else { continue }
                    result.append(found[position])
                    next.append(found[position])
                }
                try checkSize(result, at: call.node)
            }
            level = next
        }
        return result
    }

    /// The first of the arguments that is not empty (FHIRPath 3.0, STU); the rest is left out.
    private mutating func coalesced(
        _ call: Call,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        for position in 0..<call.count {
            let items = try value(position, of: call, scope)
            if !items.isEmpty { return items }
        }
        return .none
    }

    private mutating func conditional(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        _ = try single(input, at: call.node)
        let inner = Scope(this: input, index: scope.index, total: scope.total)
        let criterion = argument(0, of: call)
        let items = try isolated(criterion, inner)
        guard let item = try single(items, at: criterion) else {
            return try value(2, of: call, inner)
        }
        if case .element(let element) = item, !element.hasValue {
            return try value(2, of: call, inner)
        }
        guard case .boolean(let flag) = system(item) else {
            throw fault(.typeMismatch, at: criterion)
        }
        return try value(flag ? 1 : 2, of: call, inner)
    }

    private mutating func define(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let name = try string(try value(0, of: call, scope), at: call.node) else {
            throw fault(.typeMismatch, at: call.node)
        }
        // A variable is defined once (FHIRPath 3.0, section 5.9.4).
        guard !defined.contains(where: { $0.name == name }) else {
            throw fault(.unknownVariable, at: call.node)
        }
        var items = input
        if call.count > 1 {
            let inner = Scope(this: input, index: scope.index, total: scope.total)
            items = try value(1, of: call, inner)
        }
        defined.append((name, items))
        return input
    }

    private mutating func aggregated(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        var total = try value(1, of: call, scope)
        for index in 0..<input.count {
            let inner = Scope(this: .one(input[index]), index: index, total: total)
            total = try isolated(argument(0, of: call), inner)
            try checkSize(total, at: call.node)
        }
        return total
    }

    private mutating func summarised(
        _ call: Call,
        _ input: Items
    ) throws(FHIRPathError) -> Items {
        guard var result = input.first else { return .none }
        result = system(result)
        for index in 1..<max(input.count, 1) {
            let item = input[index]
            if call.function == .min || call.function == .max {
                guard let order = try order(item, result, at: call.node) else { return .none }
                if call.function == .min ? order < 0 : order > 0 { result = system(item) }
            } else {
                guard let sum = try sum(result, item, at: call.node) else { return .none }
                result = sum
            }
        }
        guard call.function == .avg else { return .one(result) }
        return try quotient(result, .integer(input.count), at: call.node).map { .one($0) } ?? .none
    }

    // MARK: Subsetting

    private mutating func subsetting(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let node = call.node
        if call.function == .single { return try single(input, at: node).map { .one($0) } ?? .none }
        if call.function == .first { return input.first.map { .one($0) } ?? .none }
        if call.function == .last { return input.isEmpty ? .none : .one(input[input.count - 1]) }
        if call.function == .tail { return Items(Array(input.array.dropFirst())) }
        guard let count = try integer(try value(0, of: call, scope), at: node) else {
            return .none
        }
        if call.function == .skip { return Items(Array(input.array.dropFirst(max(count, 0)))) }
        return Items(Array(input.array.prefix(max(count, 0))))
    }

    private mutating func intersected(
        _ call: Call,
        _ input: Items,
        _ others: Items
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        let isExclusion = call.function == .exclude
        let found = try membership(of: input, among: others, at: call.node)
        for index in 0..<input.count where found[index] != isExclusion {
            result.append(input[index])
        }
        return isExclusion ? result : try distinct(result, at: call.node)
    }
}

/// The functions of FHIRPath 2.0 and of FHIR R4 (section 2.9.1.5) with their argument counts.
enum FunctionName: String, Sendable, CaseIterable {
    // Existence
    case empty, exists, all, allTrue, anyTrue, allFalse, anyFalse, subsetOf, supersetOf, count
    case distinct, isDistinct, not, hasValue, getValue
    // Filtering and subsetting
    case `where`, select, `repeat`, repeatAll, coalesce, single, first, last, tail, skip, take,
        intersect, exclude
    case union, combine
    // Conversion
    case iif, toInteger, convertsToInteger, toLong, convertsToLong, toDecimal, convertsToDecimal
    case toString, convertsToString, toBoolean, convertsToBoolean, toDate, convertsToDate
    case toDateTime, convertsToDateTime, toTime, convertsToTime, toQuantity, convertsToQuantity
    // Strings
    case indexOf, lastIndexOf, substring, startsWith, endsWith, contains, upper, lower, replace
    case matches, matchesFull, replaceMatches, length, toChars, split, join, trim, encode, decode
    case escape, unescape
    // Mathematics
    case abs, ceiling, exp, floor, ln, log, power, round, sqrt, truncate
    // Parts of dates and times (FHIRPath 3.0, STU)
    case yearOf, monthOf, dayOf, hourOf, minuteOf, secondOf, millisecondOf, timezoneOffsetOf
    case dateOf, timeOf, duration, difference
    // Tree, utility, aggregates
    case children, descendants, trace, now, today, timeOfDay, defineVariable, aggregate, sort
    case lowBoundary, highBoundary, precision, comparable, type, sum, min, max, avg
    // FHIR
    case `extension`, resolve, conformsTo, memberOf, subsumes, subsumedBy, htmlChecks
    case elementDefinition, slice, checkModifiers
    // SQL on FHIR
    case getResourceKey, getReferenceKey

    /// How many arguments it takes.
    var argumentCount: ClosedRange<Int> {
        switch self {
        case .empty, .allTrue, .anyTrue, .allFalse, .anyFalse, .count, .distinct, .isDistinct,
            .not, .hasValue, .getValue, .single, .first, .last, .tail, .toInteger,
            .convertsToInteger, .toLong, .convertsToLong, .toDecimal, .convertsToDecimal,
            .toString, .convertsToString, .toBoolean, .convertsToBoolean, .toDate,
            .convertsToDate, .toDateTime, .convertsToDateTime, .toTime, .convertsToTime, .upper,
            .lower, .length, .toChars, .trim, .abs, .ceiling, .exp, .floor, .ln, .sqrt, .truncate,
            .children, .descendants, .now, .today, .timeOfDay, .precision, .type, .sum, .min,
            .max, .avg, .resolve, .htmlChecks, .elementDefinition, .yearOf, .monthOf, .dayOf,
            .hourOf, .minuteOf, .secondOf, .millisecondOf, .timezoneOffsetOf, .dateOf, .timeOf,
            .getResourceKey:
            0...0
        case .exists, .round, .lowBoundary, .highBoundary, .join, .toQuantity,
            .convertsToQuantity, .getReferenceKey:
            0...1
        case .all, .subsetOf, .supersetOf, .where, .select, .repeat, .repeatAll, .skip, .take,
            .intersect, .exclude, .union, .indexOf, .lastIndexOf, .startsWith, .endsWith, .contains,
            .split, .encode, .decode, .escape, .unescape, .log, .power, .comparable, .extension,
            .conformsTo, .memberOf, .subsumes, .subsumedBy:
            1...1
        case .substring, .matches, .matchesFull, .trace, .defineVariable, .aggregate, .combine:
            1...2
        case .replace, .slice, .duration, .difference: 2...2
        case .coalesce: 1...16
        case .replaceMatches: 2...3
        case .iif: 2...3
        case .sort, .checkModifiers: 0...16
        }
    }

    /// Whether it needs what is not here: terminology, profiles or XHTML rules.
    var isUnsupported: Bool {
        switch self {
        case .memberOf, .subsumes, .subsumedBy, .htmlChecks, .elementDefinition, .slice:
            true
        case .empty, .exists, .all, .allTrue, .anyTrue, .allFalse, .anyFalse, .subsetOf,
            .supersetOf, .count, .distinct, .isDistinct, .not, .hasValue, .getValue, .where,
            .select, .repeat, .repeatAll, .coalesce, .checkModifiers, .yearOf, .monthOf, .dayOf,
            .hourOf, .minuteOf, .secondOf, .millisecondOf, .timezoneOffsetOf, .dateOf, .timeOf,
            .duration, .difference, .single, .first, .last, .tail, .skip, .take, .intersect,
            .exclude,
            .union, .combine, .iif, .toInteger, .convertsToInteger, .toLong, .convertsToLong,
            .toDecimal, .convertsToDecimal, .toString, .convertsToString, .toBoolean,
            .convertsToBoolean, .toDate, .convertsToDate, .toDateTime, .convertsToDateTime,
            .toTime, .convertsToTime, .toQuantity, .convertsToQuantity, .indexOf, .lastIndexOf,
            .substring, .startsWith, .endsWith, .contains, .upper, .lower, .replace, .matches,
            .matchesFull, .replaceMatches, .length, .toChars, .split, .join, .trim, .encode,
            .decode, .escape, .unescape, .abs, .ceiling, .exp, .floor, .ln, .log, .power, .round,
            .sqrt, .truncate, .children, .descendants, .trace, .now, .today, .timeOfDay,
            .defineVariable, .aggregate, .sort, .lowBoundary, .highBoundary, .precision,
            .comparable, .type, .sum, .min, .max, .avg, .extension, .resolve, .conformsTo,
            .getResourceKey, .getReferenceKey:
            false
        }
    }
}

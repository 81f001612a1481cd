import Basics
import FHIR
import JSON

/// An observation that every test lets pass: one that an input may take.
final class Candidate {
    let rule: Int
    /// The index of the input it would serve.
    let input: Int
    let position: Int
    /// The place of the resource in the request, for a stable order.
    let resourceIndex: Int
    let resource: ResourceFields
    let reading: Reading
    /// The component that the value stands in; `nil` for the resource itself.
    private let component: Int?
    private let pathInContainer: String
    let effective: Instant?
    /// The moment it competes with: the effective one, the middle of a date, or now without any.
    let order: Instant

    init(
        rule: Int,
        input: Int,
        position: Int,
        place: Int,
        resource: ResourceFields,
        verdict: borrowing Verdict
    ) {
        self.rule = rule
        self.input = input
        self.position = position
        resourceIndex = place
        self.resource = resource
        reading = verdict.reading
        component = verdict.component
        pathInContainer = verdict.path
        effective = verdict.effective
        order = verdict.order
    }

    /// The path of the value in the resource.
    var path: String {
        component.map { "component[\($0)]." + pathInContainer } ?? pathInContainer
    }

    /// Whether this one is taken rather than the other, by the rules of the input.
    ///
    /// The order is total, so the result does not depend on the order of the bundle except between
    /// two copies without any id.
    func isPreferred(to other: Candidate, by input: InputPlan) -> Bool {
        if input.preference == .rule, position != other.position {
            return position < other.position
        }
        switch input.selection {
        // What is made of several is told by its newest, and the newest that counts.
        case .count, .exists:
            if reading.value != other.reading.value { return reading.value == .boolean(true) }
            if order != other.order { return order > other.order }
        case .worst:
            if let isWorse = isWorse(than: other, by: input) { return isWorse }
            if order != other.order { return order > other.order }
        case .mean, .median, .latest: if order != other.order { return order > other.order }
        case .first: if order != other.order { return order < other.order }
        case .max:
            if let (left, right) = numbers(other), left != right { return left > right }
            if order != other.order { return order > other.order }
        case .min:
            if let (left, right) = numbers(other), left != right { return left < right }
            if order != other.order { return order > other.order }
        }
        if let wanted = input.onTie, reading.value != other.reading.value {
            if reading.value == wanted { return true }
            if other.reading.value == wanted { return false }
        }
        if position != other.position { return position < other.position }
        return isPreferredByRecord(to: other)
    }

    /// Whether the value is worse than the other's; `nil` when they are equally bad.
    private func isWorse(than other: Candidate, by input: InputPlan) -> Bool? {
        switch input.worst {
        case .high:
            return rank(in: input).flatMap { left in
                other.rank(in: input).flatMap { left == $0 ? nil : left > $0 }
            }
        case .low:
            return rank(in: input).flatMap { left in
                other.rank(in: input).flatMap { left == $0 ? nil : left < $0 }
            }
        case .outside(let normal):
            guard let (left, right) = numbers(other),
                let own = Self.distance(left, from: normal),
                let others = Self.distance(right, from: normal), own != others
            else { return nil }
            return own > others
        }
    }

    /// The place of the value on its scale: the number, the place among `values`, or yes over no.
    private func rank(in input: InputPlan) -> DecimalNumber? {
        switch reading.value {
        case .quantity(let number, _): number
        case .boolean(let flag): DecimalNumber(flag ? 1 : 0)
        case .code(let code): input.values.firstIndex(of: code).map { DecimalNumber($0) }
        }
    }

    private static func distance(
        _ number: DecimalNumber,
        from range: ClosedRange<DecimalNumber>
    ) -> DecimalNumber? {
        if number < range.lowerBound { return range.lowerBound.subtracting(number) }
        if number > range.upperBound { return number.subtracting(range.upperBound) }
        return DecimalNumber(0)
    }

    private func numbers(_ other: Candidate) -> (DecimalNumber, DecimalNumber)? {
        guard case .quantity(let left, _) = reading.value,
            case .quantity(let right, _) = other.reading.value
        else { return nil }
        return (left, right)
    }

    /// Later issue, then higher version, then greater id, then earlier place.
    private func isPreferredByRecord(to other: Candidate) -> Bool {
        let left = Self.issued(resource)
        let right = Self.issued(other.resource)
        if left != right { return (left ?? Self.longAgo) > (right ?? Self.longAgo) }
        let version = Self.version(resource)
        let otherVersion = Self.version(other.resource)
        if version != otherVersion { return version > otherVersion }
        let id = resource.idBytes ?? []
        let otherID = other.resource.idBytes ?? []
        if !id.elementsEqual(otherID) { return otherID.lexicographicallyPrecedes(id) }
        return resourceIndex < other.resourceIndex
    }

    private static let longAgo = Instant(microseconds: .min)

    private static func issued(_ fields: ResourceFields) -> Instant? {
        fields[.issued].flatMap { FHIRDateTime(fields.tape, $0) }?.instant
    }

    /// Numbers count as numbers; any other version text sorts as text, before every number.
    private static func version(_ fields: ResourceFields) -> Version {
        let text = fields.versionText ?? ""
        return Version(number: Int(text) ?? -1, text: text)
    }

    private struct Version: Comparable {
        let number: Int
        let text: String

        static func < (left: Version, right: Version) -> Bool {
            (left.number, left.text) < (right.number, right.text)
        }
    }
}

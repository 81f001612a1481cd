import Basics
import FHIR
import JSON

/// What a rule reads from a record: every test lets it pass but those that hang on the moment.
///
/// It is read once, and then held against each moment that is asked for (`MomentPass`): against
/// the window of its input first, then against what is plausible.
final class Candidate {
    let rule: Int
    /// The index of the input it would serve.
    let input: Int
    let position: Int
    /// How old the record may be for some alternative of the input that asks for it.
    let longestWindowSeconds: Int
    /// The place of the resource in the request, for a stable order.
    let resourceIndex: Int
    let resource: ResourceFields
    let reading: Reading
    /// The component that the value stands in; `nil` for the resource itself.
    private let component: Int?
    private let pathInContainer: String
    /// When it holds; `nil` where no time is needed and none is told.
    let time: RecordTime?
    /// Whether the number lies outside of what is plausible.
    let isImplausible: Bool
    /// Whether it is one of the records that the rule is for.
    let isMeant: Bool

    init(
        rule: Int,
        input: Int,
        position: Int,
        longestWindowSeconds: Int,
        place: Int,
        resource: ResourceFields,
        verdict: borrowing Verdict
    ) {
        self.rule = rule
        self.input = input
        self.position = position
        self.longestWindowSeconds = longestWindowSeconds
        resourceIndex = place
        self.resource = resource
        reading = verdict.reading
        component = verdict.component
        pathInContainer = verdict.path
        time = verdict.time
        isImplausible = verdict.isImplausible
        isMeant = verdict.isMeant
    }

    /// The path of the value in the resource.
    var path: String {
        component.map { "component[\($0)]." + pathInContainer } ?? pathInContainer
    }

    /// The moment that the value holds for; `nil` for a mere date and without any time.
    func effective(_ now: Instant) -> Instant? {
        guard let time, case .moment(let instant) = time.time(asOf: now) else { return nil }
        return instant
    }

    /// Whether both tell the same moment.
    func isOfMoment(of other: Candidate) -> Bool {
        guard let time, case .moment = time.time else { return false }
        return time.time == other.time?.time
    }

    /// The moment it competes with: the effective one, the middle of a date, or now without any.
    func order(_ now: Instant) -> Instant { time?.time(asOf: now).order(now: now) ?? now }

    /// Whether this one is taken rather than the other, by the rules of the input.
    ///
    /// The order is total, so the result does not depend on the order of the bundle except between
    /// two copies without any id.
    func isPreferred(to other: Candidate, by input: InputPlan, at now: Instant) -> Bool {
        if input.preference == .rule, position != other.position {
            return position < other.position
        }
        let (order, otherOrder) = (order(now), other.order(now))
        switch input.selection {
        // What is made of several is told by its newest, and the newest that counts.
        case .count, .exists:
            if reading.value != other.reading.value { return reading.value == .boolean(true) }
            if order != otherOrder { return order > otherOrder }
        case .worst:
            if let isWorse = isWorse(than: other, by: input) { return isWorse }
            if order != otherOrder { return order > otherOrder }
        case .mean, .median, .latest: if order != otherOrder { return order > otherOrder }
        case .first: if order != otherOrder { return order < otherOrder }
        case .max:
            if let (left, right) = numbers(other), left != right { return left > right }
            if order != otherOrder { return order > otherOrder }
        case .min:
            if let (left, right) = numbers(other), left != right { return left < right }
            if order != otherOrder { return order > otherOrder }
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

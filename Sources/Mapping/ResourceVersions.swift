import Basics
import FHIR
import JSON

/// Which resources of a request are the newest version of themselves.
///
/// A request may hold one resource several times. FHIR R4, section 2.26.1.1: type and id together
/// name it, `meta.versionId` and `meta.lastUpdated` tell its versions apart. Only the newest
/// counts, whatever it says; an older one must never speak where the newest takes it back.
struct ResourceVersions {
    private var findings: [Int: Finding] = [:]

    init(_ resources: [JSONValue]) {
        var first: [ArraySlice<UInt8>: Int] = [:]
        var groups: [Int: [Int]] = [:]
        for position in Self.positionsOfLikeIDs(resources) {
            guard let id = resources[position]["id"]?.decodedBytes else { continue }
            if let start = first[id] {
                groups[start, default: [start]].append(position)
            } else {
                first[id] = position
            }
        }
        for group in groups.values { judge(group, resources) }
    }

    /// The positions, in their order, of resources whose ids have the same hash; most often none.
    ///
    /// The hashes are sorted rather than kept in a table, so that ids that were chosen to have the
    /// same one cost no more than a sort, and the comparison of these few that follows.
    private static func positionsOfLikeIDs(_ resources: [JSONValue]) -> [Int] {
        var ids: [(hash: UInt64, position: Int)] = []
        ids.reserveCapacity(resources.count)
        for position in resources.indices {
            let tape = resources[position].tape
            guard let id = tape.member(MemberNames.id, of: resources[position].place),
                tape.isNonEmptyString(id)
            else { continue }
            ids.append((tape.hash(id, seed: 0), position))
        }
        ids.sort { $0.hash < $1.hash }
        var positions: [Int] = []
        for index in ids.indices.dropFirst() where ids[index].hash == ids[index - 1].hash {
            if positions.last != ids[index - 1].position {
                positions.append(ids[index - 1].position)
            }
            positions.append(ids[index].position)
        }
        return positions.sorted()
    }

    /// What is wrong with the resource at a place; `nil` when it is the newest of its versions.
    func finding(at position: Int) -> Finding? {
        findings.isEmpty ? nil : findings[position]
    }

    /// Judges resources of one id: apart by type, since each type numbers its own.
    private mutating func judge(_ positions: [Int], _ resources: [JSONValue]) {
        var types: [[UInt8]: [Int]] = [:]
        for position in positions {
            let type = resources[position]["resourceType"]?.decodedBytes ?? []
            types[Array(type), default: []].append(position)
        }
        for group in types.values where group.count > 1 {
            let versions = group.map { Version(resources[$0]) }
            let newest = Self.newest(of: versions) { $0.holdsAgainst($1) }
            for (version, position) in zip(versions, group) {
                guard let newest else {
                    findings[position] = .versionsDisagree
                    continue
                }
                if !version.isCopy(of: versions[newest]) { findings[position] = .olderVersion }
            }
        }
    }

    /// The place of a version that holds against all of them; `nil` when there is none.
    ///
    /// Versions that hold against each other are copies, so there is one such version or copies of
    /// it. Whoever does not hold against the next one is none: what is left when all were met is
    /// the only one that can be, and is held against all once more. That is two looks at each,
    /// where to try every version against every other takes half a minute for ten thousand.
    static func newest<Element>(
        of versions: [Element],
        holds: (_ one: Element, _ other: Element) -> Bool
    ) -> Int? {
        guard var candidate = versions.indices.first else { return nil }
        for next in versions.indices.dropFirst() where !holds(versions[candidate], versions[next]) {
            candidate = next
        }
        return versions.allSatisfy { holds(versions[candidate], $0) } ? candidate : nil
    }

    /// What tells one version of a resource from another.
    private struct Version {
        let bytes: ArraySlice<UInt8>
        let number: Int?
        let updated: Instant?
        let stage: Int?

        init(_ json: JSONValue) {
            bytes = json.rawBytes
            number = json["meta"]?["versionId"]?.stringValue.flatMap { Int($0) }
            updated = json["meta"]?["lastUpdated"].flatMap { FHIRDateTime($0) }?.instant
            stage = Self.stage(json["status"]?.stringValue)
        }

        /// FHIR R4 ObservationStatus: a correction follows what is final, a withdrawal all else.
        private static func stage(_ status: String?) -> Int? {
            switch status {
            case "registered", "preliminary": 0
            case "final": 1
            case "amended", "corrected": 2
            case "entered-in-error", "cancelled": 3
            case .some, nil: nil
            }
        }

        func isCopy(of other: Version) -> Bool { bytes.elementsEqual(other.bytes) }

        /// Whether this one is known to be no older than the other.
        ///
        /// Where the numbers and the times of two versions say opposite things, neither is known
        /// to be the newer: FHIR R4, section 2.26.1.1, promises no order of version ids.
        func holdsAgainst(_ other: Version) -> Bool {
            let isHigher = number.flatMap { own in
                other.number.flatMap { own == $0 ? nil : own > $0 }
            }
            let isLater = updated.flatMap { own in
                other.updated.flatMap { own == $0 ? nil : own > $0 }
            }
            if let isHigher { return isHigher && isLater ?? true }
            if let isLater { return isLater }
            if let stage, let otherStage = other.stage, stage != otherStage {
                return stage > otherStage
            }
            return isCopy(of: other)
        }
    }
}

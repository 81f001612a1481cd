package import JSON

import Basics
import FHIR
import FHIRPath

/// What a request's prefetch holds for the keys that a service declares.
///
/// A key has five states beside a plain resource, and none may be taken for another
/// (CDS Hooks 2.0, prefetch responses): absent, null, an empty Bundle, an OperationOutcome, and
/// something that is not what the key asks for.
package struct Prefetch: Sendable {
    /// The state of one key.
    package enum State: Sendable {
        /// The client did not send the key.
        case absent
        /// The client ran the query and has no data: null, or a Bundle without entries.
        case empty
        /// The client reports that it could not run the query.
        case failed
        /// The client sent something, and nothing of the type that the key asks for can be read.
        case unreadable
        /// There are data.
        case resources
    }

    /// One declared key.
    package struct Entry: Sendable {
        /// The key.
        package let key: String
        /// Its state.
        package let state: State
        /// Whether a `next` link says that there are more data.
        package let isPaged: Bool
        /// Whether the client reported an error for a part of it, or a part is lacking; what it sent
        /// is used.
        package let isPartial: Bool
        /// Whether not all of it was sent, or can be read, and the client does not say so.
        package let isLacking: Bool

        init(
            key: String,
            state: State,
            isPaged: Bool = false,
            isPartial: Bool = false,
            isLacking: Bool = false
        ) {
            self.key = key
            self.state = state
            self.isPaged = isPaged
            self.isPartial = isPartial
            self.isLacking = isLacking
        }
    }

    /// One resource and where it came from.
    package struct Item: Sendable {
        /// The resource.
        package let resource: JSONValue
        /// The `fullUrl` of its Bundle entry, when it has one.
        package let fullURL: JSONValue?

        /// Makes an item.
        package init(resource: JSONValue, fullURL: JSONValue?) {
            self.resource = resource
            self.fullURL = fullURL
        }
    }

    /// The declared keys in their order.
    package private(set) var entries: [Entry] = []
    /// Every resource under a declared key, in order; one that two keys deliver stands once.
    package private(set) var items: [Item] = []
    /// What a reviewer should know.
    package private(set) var flags: Set<HookRequest.Flag> = []

    /// Reads the values of the declared keys; other keys are ignored (CDS Hooks 2.0).
    ///
    /// - Throws: `HookRequestError` with the place of a value that is none of the allowed shapes.
    package init(
        reading json: JSONValue?,
        templates: [PrefetchTemplate]
    ) throws(HookRequestError) {
        var seen = 0
        for template in templates {
            let value = json?[template.key]
            if value != nil { seen += 1 }
            let start = items.count
            try read(value, key: template.key)
            checkType(of: items[start...], template)
            if start > 0, items.count > start { items = Self.withoutCopies(items, from: start) }
        }
        guard let json else { return }
        var count = 0
        for _ in json.members { count += 1 }
        guard count <= Limits.prefetchKeysMax else {
            throw Self.tooMany("/prefetch", json, "at most \(Limits.prefetchKeysMax) keys")
        }
        if count > seen { flags.insert(.undeclaredKeys) }
    }

    private mutating func read(_ value: JSONValue?, key: String) throws(HookRequestError) {
        guard let value else {
            entries.append(Entry(key: key, state: .absent))
            return
        }
        let pointer = "/prefetch/" + key
        guard !value.isNull else {
            entries.append(Entry(key: key, state: .empty))
            return
        }
        guard value.kind == .object else {
            throw .wrongType(value, pointer, accepted: "a FHIR resource, a Bundle or null")
        }
        if value["resourceType"] == nil, value["response"] != nil || value["resource"] != nil {
            flags.insert(.wrapper)
            let meaning = meaning(of: value["response"])
            guard meaning != .error, let resource = value["resource"] else {
                entries.append(Entry(key: key, state: .failed))
                return
            }
            try readResource(resource, key: key, pointer: pointer + "/resource")
            if meaning == .incomplete { markLacking() }
            return
        }
        try readResource(value, key: key, pointer: pointer)
    }

    private mutating func readResource(
        _ value: JSONValue,
        key: String,
        pointer: String
    ) throws(HookRequestError) {
        guard let type = value["resourceType"], type.kind == .string else {
            throw HookRequestError(
                code: .notResource,
                pointer: pointer,
                offset: value.byteOffset,
                sentence: "the object has no resourceType",
                accepted: "a FHIR resource, a Bundle or null"
            )
        }
        if type.isString("OperationOutcome") {
            entries.append(Entry(key: key, state: .failed))
        } else if type.isString("Bundle") {
            try readBundle(value, key: key, pointer: pointer)
        } else {
            items.append(Item(resource: value, fullURL: nil))
            entries.append(Entry(key: key, state: .resources))
        }
    }

    /// The members that are looked up in every entry, prepared once.
    private enum Names {
        static let response = JSONName("response")
        static let resource = JSONName("resource")
        static let resourceType = JSONName("resourceType")
        static let fullURL = JSONName("fullUrl")
        static let outcome = Array("OperationOutcome".utf8)
        static let bundle = Array("Bundle".utf8)
    }

    private mutating func readBundle(
        _ bundle: JSONValue,
        key: String,
        pointer: String
    ) throws(HookRequestError) {
        var isPaged = false
        var hasError = false
        var hasFailedPart = false
        var isLacking = false
        var isCutShort = false
        let countBefore = items.count
        // An entry of a batch-response may be a Bundle itself; those wait here, not on the stack.
        var waiting = [(bundle: bundle, pointer: pointer)]
        var position = 0
        while position < waiting.count {
            let (current, pointer) = waiting[position]
            position += 1
            let hasNextLink = try Self.hasNextLink(current, pointer)
            if hasNextLink { isPaged = true }
            guard !Retractions.isHistory(current) else {
                flags.insert(.history)
                isLacking = true
                continue
            }
            // A search finds what there is; only Bundles of other types say what is no more.
            let retractions =
                current["type"]?.isString("searchset") ?? false ? nil : Retractions(of: current)
            guard let array = current["entry"], !array.isNull else {
                if Self.hasMatches(current) { hasFailedPart = true }
                continue
            }
            guard array.kind == .array else {
                throw .wrongType(array, pointer + "/entry", accepted: "an array of entries")
            }
            var count = 0
            let tape = array.tape
            // Beside its matches a search may send what they refer to (FHIR R4, Bundle.total).
            let total = hasNextLink ? nil : Self.total(of: current)
            var matchCount = 0
            for (index, element) in array.elements.enumerated() {
                count += 1
                if total != nil, Self.isMatch(element) { matchCount += 1 }
                if let response = tape.member(Names.response, of: element.place) {
                    switch meaning(of: JSONValue(tape, response)) {
                    case .hint: break
                    case .incomplete: isCutShort = true
                    case .error:
                        hasFailedPart = true
                        continue
                    }
                }
                guard let place = tape.member(Names.resource, of: element.place),
                    let type = tape.member(Names.resourceType, of: place),
                    tape.kind(type) == .string,
                    retractions?.cover(element) != true
                else {
                    flags.insert(.entryWithoutResource)
                    isLacking = true
                    continue
                }
                let resource = JSONValue(tape, place)
                if tape.isString(type, Names.outcome) {
                    // It is no match, also where its entry does not say so.
                    if total != nil, Self.isMatch(element) { matchCount -= 1 }
                    switch read(outcome: resource) {
                    case .hint: break
                    case .incomplete: isCutShort = true
                    case .error: hasError = true
                    }
                } else if tape.isString(type, Names.bundle) {
                    guard waiting.count < Limits.prefetchKeysMax else {
                        throw Self.tooMany(pointer, current, "fewer Bundles inside a Bundle")
                    }
                    waiting.append((resource, "\(pointer)/entry/\(index)/resource"))
                } else {
                    guard items.count < Limits.prefetchEntriesMax else {
                        throw Self.tooMany(
                            pointer,
                            current,
                            "at most \(Limits.prefetchEntriesMax) resources"
                        )
                    }
                    let fullURL = tape.member(Names.fullURL, of: element.place)
                    items.append(
                        Item(resource: resource, fullURL: fullURL.map { JSONValue(tape, $0) })
                    )
                }
            }
            if count == 0 {
                if Self.hasMatches(current) { hasFailedPart = true }
            } else if let total, total > matchCount {
                flags.insert(.fewerThanTotal)
                isLacking = true
            }
        }
        if isPaged { flags.insert(.paged) }
        if hasError {
            // Data that came with an error are not known to be all there are: none is used.
            items.removeSubrange(countBefore...)
        }
        let isFailed = hasError || hasFailedPart
        let state: State =
            items.count > countBefore
            ? .resources : isFailed ? .failed : isLacking ? .unreadable : .empty
        if isCutShort { isLacking = true }
        let isPartial = (isFailed || isLacking) && (state == .resources || state == .empty)
        if isPartial { flags.insert(.partial) }
        entries.append(
            Entry(
                key: key,
                state: state,
                isPaged: isPaged,
                isPartial: isPartial,
                isLacking: isLacking && !hasError
            )
        )
    }

    /// Holds what stands under a key against the type that its template asks for.
    ///
    /// A search sends nothing but that type and what its resources refer to, so a key without any
    /// of it was not answered, and "nothing recorded" would be wrong. One kind of record of a
    /// medicine stands for another. A type that FHIR R4 does not have may be a misspelt one.
    private mutating func checkType(of found: ArraySlice<Item>, _ template: PrefetchTemplate) {
        guard let entry = entries.last, entry.state == .resources else { return }
        let wanted = Array(template.resourceType.utf8)
        let isForMedicines = Self.isMedicineRecord(template.resourceType)
        var hasWanted = false
        var hasUnknown = false
        for item in found {
            let tape = item.resource.tape
            guard let type = tape.member(Names.resourceType, of: item.resource.place) else {
                continue
            }
            if tape.isString(type, wanted) {
                hasWanted = true
            } else {
                let name = JSONValue(tape, type).stringValue ?? ""
                if !ElementKnowledge.isResource(name) {
                    hasUnknown = true
                } else if isForMedicines, Self.isMedicineRecord(name) {
                    hasWanted = true
                }
            }
        }
        guard !hasWanted || hasUnknown else { return }
        flags.insert(hasWanted ? .partial : .otherType)
        entries[entries.count - 1] = Entry(
            key: entry.key,
            state: hasWanted ? .resources : .unreadable,
            isPaged: entry.isPaged,
            isPartial: hasWanted,
            isLacking: true
        )
    }

    private static func isMedicineRecord(_ type: String) -> Bool {
        type.hasPrefix("Medication") && type != "Medication" && type != "MedicationKnowledge"
    }

    /// Notes that a part of the last key is lacking, whatever came of it.
    private mutating func markLacking() {
        guard let entry = entries.last, entry.state == .resources || entry.state == .empty else {
            return
        }
        flags.insert(.partial)
        entries[entries.count - 1] = Entry(
            key: entry.key,
            state: entry.state,
            isPaged: entry.isPaged,
            isPartial: true,
            isLacking: true
        )
    }

    /// Reads an OperationOutcome beside data.
    private mutating func read(outcome: JSONValue) -> OutcomeMeaning {
        let meaning = OutcomeMeaning(outcome)
        switch meaning {
        case .hint: flags.insert(.outcomeWarning)
        case .incomplete: flags.insert(.outcomeIncomplete)
        case .error: break
        }
        return meaning
    }

    /// What the response of an entry says: that its query was not answered, with a status outside
    /// 2xx or an error in its outcome, or not wholly (FHIR R4, Bundle.entry.response).
    private mutating func meaning(of response: JSONValue?) -> OutcomeMeaning {
        guard let response, !response.isNull else { return .hint }
        guard !OutcomeMeaning.isFailure(response) else { return .error }
        guard let outcome = response["outcome"], !outcome.isNull else { return .hint }
        return read(outcome: outcome)
    }

    private static func tooMany(
        _ pointer: String,
        _ value: JSONValue,
        _ accepted: String
    ) -> HookRequestError {
        HookRequestError(
            code: .tooMany,
            pointer: pointer,
            offset: value.byteOffset,
            sentence: "there are more of them than the limit allows",
            accepted: accepted
        )
    }
}

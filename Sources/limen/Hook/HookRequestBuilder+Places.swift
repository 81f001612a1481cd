import JSON

/// Where each resource of a file goes.
///
/// A Medication is no record by itself. A search finds it beside what it has found (FHIR R4,
/// `_include`), so it goes where that goes; a key with nothing but Medications would be no answer.
extension HookRequestBuilder {
    /// A part of the request that holds resources of the file.
    enum Place: Equatable {
        /// The orders of the context that are being made.
        case drafts
        /// The search of a template, by its position.
        case key(Int)
    }

    /// Where each resource goes, in the order of the file; `nil` for what is asked for nowhere.
    var places: [Place?] {
        let entries = rewriter.entries
        var places = entries.map { $0.type == "Medication" ? medicationKey : place(of: $0) }
        guard medicationKey == nil, entries.contains(where: { $0.type == "Medication" }) else {
            return places
        }
        var named: [String: Int] = [:]
        var first: Int?
        for (entry, place) in zip(entries, places) {
            guard case .key(let index) = place, templates[index].includesMedications else {
                continue
            }
            first = min(first ?? index, index)
            guard let name = medicationName(in: entry) else { continue }
            named[name] = min(named[name] ?? index, index)
        }
        // Those of the orders come with the records, wherever these have a place.
        var other = first.map { Place.key($0) }
        if other == nil, context == nil, drafts.contains(where: { medicationName(in: $0) != nil }) {
            other = .drafts
        }
        for (position, entry) in entries.enumerated() where entry.type == "Medication" {
            places[position] = named["Medication/" + entry.id].map { .key($0) } ?? other
        }
        return places
    }

    /// The resources that go to a place.
    func entries(at place: Place, _ places: [Place?]) -> [BundleRewriter.Entry] {
        zip(rewriter.entries, places).filter { $1 == place }.map(\.0)
    }

    /// The search for Medications themselves, where there is one.
    private var medicationKey: Place? {
        templates.firstIndex { $0.isSearch && $0.type == "Medication" }.map { .key($0) }
    }

    private func place(of entry: BundleRewriter.Entry) -> Place? {
        isDraft(entry) ? .drafts : key(for: entry).map { .key($0) }
    }

    /// The Medication that a record refers to, as a relative reference.
    private func medicationName(in entry: BundleRewriter.Entry) -> String? {
        guard let text = entry.resource["medicationReference"]?["reference"]?.stringValue else {
            return nil
        }
        let parts = rewriter.literal(text).split(separator: "/")
        guard let type = parts.lastIndex(of: "Medication"), type + 1 < parts.count else {
            return nil
        }
        return "Medication/" + parts[type + 1]
    }

    /// The template whose search finds a resource: the first that asks for one of its codes.
    ///
    /// What no search asks for goes into the first search of its type, so that the answer can say
    /// how many codes no input asks for.
    private func key(for entry: BundleRewriter.Entry) -> Int? {
        let candidates = templates.indices.filter {
            templates[$0].isSearch && templates[$0].type == entry.type
        }
        guard candidates.count > 1 else { return candidates.first }
        let codings = entry.resource["code"]?["coding"]?.elements.map { coding in
            (coding["system"]?.stringValue ?? "") + "|" + (coding["code"]?.stringValue ?? "")
        }
        let match = candidates.first { index in
            codings?.contains { templates[index].codes.contains($0) } ?? false
        }
        return match ?? candidates.first
    }
}

package import ClinicalEngine

/// The files of a new profile, as far as they can be written without guessing.
///
///     ProfileScaffold(name: "sofa", inputs: [.init(name: "bilirubin", unit: "umol/L")]).files
///
/// What only the site or the author can know stays empty: the codes under which values are
/// recorded, how old they may be, a unit that the model does not state. Loading refuses such a
/// profile and names each place; the scaffold never makes a code up.
package struct ProfileScaffold: Sendable {
    /// One input of the model.
    package struct Input: Sendable, Equatable {
        /// What values it takes.
        package enum Kind: Sendable, Equatable {
            case quantity
            case boolean
            /// One of these codes.
            case code([String])
        }

        /// The name, which is the model's field name.
        package let name: String
        /// What values it takes.
        package let kind: Kind
        /// The UCUM unit of a quantity, when it is known.
        package let unit: String?
        /// The range outside of which a value cannot be true, when the model states one.
        package let plausible: ClosedRange<Double>?
        /// The `system|code` tokens under which it is recorded, when they are known.
        package let codes: [String]

        /// Makes an input.
        package init(
            name: String,
            kind: Kind = .quantity,
            unit: String? = nil,
            plausible: ClosedRange<Double>? = nil,
            codes: [String] = []
        ) {
            self.name = name
            self.kind = kind
            self.unit = unit
            self.plausible = plausible
            self.codes = codes
        }

        /// The input for a field of a model.
        ///
        /// - Parameters:
        ///   - field: the field.
        ///   - intervals: the ranges of its valid values (PMML 4.4, DataField).
        ///   - codes: the tokens under which it is recorded, when they are known.
        package init(field: ClinicalModel.Field, intervals: [Interval], codes: [String] = []) {
            name = field.name
            unit = field.unit
            self.codes = codes
            switch field.kind {
            case .continuous: kind = .quantity
            case .categorical(let values) where Set(values) == ["true", "false"]: kind = .boolean
            case .categorical(let values): kind = .code(values)
            }
            let lower = intervals.map(\.lower).min() ?? -.infinity
            let upper = intervals.map(\.upper).max() ?? .infinity
            plausible = lower.isFinite && upper.isFinite && lower <= upper ? lower...upper : nil
        }
    }

    /// The name of the folder, of the service and of its file.
    package let name: String
    /// The inputs, in the order of the model.
    package let inputs: [Input]
    /// The model's document, when there is one.
    package let model: [UInt8]?

    /// Makes a scaffold; without a model its place is named in the README.
    package init(name: String, inputs: [Input], model: [UInt8]? = nil) {
        self.name = name
        self.inputs = inputs
        self.model = model
    }

    /// The files by path, relative to the root of the configuration, in the order of reading.
    package var files: [(path: String, bytes: [UInt8])] {
        let folder = "Profiles/" + name + "/"
        var files: [(path: String, bytes: [UInt8])] = [
            (folder + "profile.json", Self.bytes(profile)),
            (folder + "README.md", Array(readme.utf8)),
            (folder + "cases/first.json", Self.bytes(cases)),
            ("Hooks/" + name + ".json", Self.bytes(hook)),
        ]
        if let model { files.insert((folder + "model.pmml", model), at: 1) }
        return files
    }

    /// What is still to be filled in, one sentence each.
    package var open: [String] {
        var open: [String] = []
        if model == nil { open.append("model.pmml: put the model here") }
        open.append("profile.json, defaults.within: how old a value may be")
        for (position, input) in inputs.enumerated() {
            let place = "profile.json, inputs[\(position)] " + input.name
            if input.codes.isEmpty {
                open.append(place + ": the system|code tokens of your systems")
            }
            if input.kind == .quantity, input.unit == nil {
                open.append(place + ": the UCUM unit that the model takes")
            }
        }
        return open
    }

    private static func bytes(_ value: JSONLayout) -> [UInt8] {
        Array((value.layout(indent: 0, column: 0, columnMax: 0) + "\n").utf8)
    }

    // MARK: Profile

    private var profile: JSONLayout {
        .object([
            .init("format", .text("limen-profile/1")),
            .init("url", .text("https://limen.example/profiles/" + name)),
            .init("version", .text("0.1.0")),
            .init("status", .text("draft")),
            .init("title", .text(name + " inputs from FHIR")),
            .init("model", .text("model.pmml")),
            .init("applies", .list([])),
            .init(
                "defaults",
                .object([
                    .init("resource", .text("Observation")),
                    .init("status", .list(["final", "amended", "corrected"].map { .text($0) })),
                    .init("within", .text("")),
                    .init("future", .text("PT5M")),
                    .init("select", .text("latest")),
                    .init("prefer", .text("newest")),
                ])
            ),
            .init("inputs", .list(inputs.map(Self.layout))),
        ])
    }

    private static func layout(_ input: Input) -> JSONLayout {
        var members: [JSONLayout.Member] = [.init("name", .text(input.name))]
        var path = "value"
        switch input.kind {
        case .quantity:
            members.append(.init("type", .text("quantity")))
            members.append(.init("unit", .text(input.unit ?? "")))
            if let range = input.plausible {
                let bounds = [range.lowerBound, range.upperBound]
                members.append(.init("plausible", .list(bounds.map { .number($0) })))
            }
            path = "value.ofType(Quantity)"
        case .boolean:
            members.append(.init("type", .text("boolean")))
            path = "value.ofType(boolean)"
        case .code(let values):
            members.append(.init("type", .text("code")))
            members.append(.init("values", .list(values.map { .text($0) })))
        }
        let rule = JSONLayout.object([
            .init("code", .list(input.codes.map { .text($0) })),
            .init("path", .text(path)),
        ])
        members.append(.init("from", .list([rule])))
        members.append(.init("missing", .object([.init("policy", .text("reject"))])))
        return .object(members)
    }

    // MARK: Case and service

    private var cases: JSONLayout {
        let patient = JSONLayout.object([
            .init("resourceType", .text("Patient")), .init("id", .text("p1")),
            .init("birthDate", .text("1960-02-03")),
        ])
        let entry = JSONLayout.object([
            .init("fullUrl", .text("https://ehr.example/fhir/Patient/p1")),
            .init("resource", patient),
        ])
        let first = JSONLayout.object([
            .init("name", .text("nothing recorded: every input is missing, and none is made up")),
            .init("at", .text("2026-05-04T10:00:00Z")),
            .init("patient", .text("p1")),
            .init(
                "bundle",
                .object([
                    .init("resourceType", .text("Bundle")), .init("type", .text("collection")),
                    .init("entry", .list([entry])),
                ])
            ),
            .init(
                "expect",
                .object([
                    .init("inputs", .object(inputs.map { .init($0.name, .null) })),
                    .init("rejections", .list([])),
                ])
            ),
        ])
        return .object([
            .init("format", .text("limen-cases/1")),
            .init("profile", .text(name)),
            .init("cases", .list([first])),
        ])
    }

    private var hook: JSONLayout {
        .object([
            .init("id", .text(name)),
            .init("hook", .text("patient-view")),
            .init("title", .text(name)),
            .init("description", .text(name + " from the patient's record.")),
            .init("prefetch", .text("auto")),
            .init(
                "limen",
                .object([
                    .init("format", .text("limen-hook/1")),
                    .init("version", .text("0.1.0")),
                    .init("profile", .text(name)),
                    .init("mode", .text("shadow")),
                    .init("deadline", .text("PT0.4S")),
                    .init("defaults", source),
                    .init("cards", .list(cards)),
                ])
            ),
        ])
    }

    private var source: JSONLayout {
        .object([.init("source", .object([.init("label", .text(name))]))])
    }

    /// Only the result; what could not be computed has the standard cards.
    private var cards: [JSONLayout] {
        let detail = "{{ %explain.table }}\n{{ %explain.rejected }}\n\n{{ %explain.notes }}"
        let card = JSONLayout.object([
            .init("summary", .text(name + " {{ %result.score }}")),
            .init("indicator", .text("info")),
            .init("detail", .text(detail)),
        ])
        return [
            .object([
                .init("name", .text("result")),
                .init("when", .text("%result.status = 'complete'")),
                .init("card", card),
            ])
        ]
    }

    // MARK: README

    private var readme: String {
        """
        # \(name)

        A scaffold. Say here what the model is, whose work it is, for whom it was made and for
        whom it must not be used, and what its source leaves open.

        ## To be filled in

        \(open.map { "- " + $0 }.joined(separator: "\n"))
        - profile.json, applies: for whom the model was made (age, pregnancy, death)
        - profile.json: units that your systems write as text (`unitAliases`), code translations
          (`conceptMap`), chart rounding (`round`) and plausible ranges (`plausible`)
        - ../../Hooks/\(name).json: what the cards say; `mode` is `shadow` until they are reviewed
        - cases/: a case for every rule and every reason that your data holds

        `limen map test \(name)` says what is still open; `limen map explain \(name) DATA` shows
        what your own data gives.

        """
    }
}

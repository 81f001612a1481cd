/// What a hook puts into `context`.
///
///     patient-view    1.0    userId R, patientId R, encounterId o
///
/// The hooks of the library are in `HookDefinition+Library.swift`; an organisation's own hook
/// declares its context in the hook document. A hook that is neither may carry what it likes; of
/// it only the well-known fields are checked, when they are there.
package struct HookDefinition: Sendable, Equatable {
    /// What a field of the context holds.
    package enum Kind: String, Sendable, CaseIterable {
        /// The user, as a relative reference.
        case user
        /// The id of the patient.
        case patient
        /// The id of the encounter.
        case encounter
        /// A FHIR Bundle.
        case bundle
        /// An array of relative references.
        case references
        /// One relative reference.
        case reference
        /// A FHIR resource.
        case resource
        /// A JSON object.
        case object
        /// An array of JSON objects.
        case objects
        /// A text.
        case text
    }

    /// Another name under which clients in the field send a field.
    package struct Spelling: Sendable, Equatable {
        /// The name.
        package let name: String
        /// What it holds there.
        package let kind: Kind
    }

    /// One field of the context.
    package struct Field: Sendable, Equatable {
        /// The name.
        package let name: String
        /// What it holds.
        package let kind: Kind
        /// Whether the hook requires it.
        package let isRequired: Bool
        /// The resource types that a `resource` may be; any when there are none.
        package var types: [String] = []
        /// Other names of it, in the order of preference.
        package var others: [Spelling] = []

        /// Makes a field.
        package init(
            _ name: String,
            _ kind: Kind,
            isRequired: Bool = true,
            types: [String] = [],
            others: [Spelling] = []
        ) {
            self.name = name
            self.kind = kind
            self.isRequired = isRequired
            self.types = types
            self.others = others
        }
    }

    /// What a check of interactions finds in a context.
    package enum Medicines: Sendable, Equatable {
        /// The field holds the medicines that are being ordered.
        case drafts(field: String)
        /// Nothing is being ordered: what the patient has is held against itself.
        case review
        /// The hook is not about medicines, or names them without sending them.
        case none
    }

    /// The name of the hook.
    package let name: String
    /// The version of the hook, where the library or the document gives one.
    package let version: String?
    /// The fields of its context.
    package let fields: [Field]
    /// What a check of interactions finds in its context.
    package let medicines: Medicines

    /// Makes a definition.
    package init(name: String, version: String?, fields: [Field], medicines: Medicines = .none) {
        self.name = name
        self.version = version
        self.fields = fields
        self.medicines = medicines
    }

    /// The definition of a hook by name; that of an unlisted hook requires nothing.
    package static func named(_ name: String) -> HookDefinition {
        library[name]
            ?? HookDefinition(name: name, version: nil, fields: [optionalUser, anyPatient, visit])
    }

    /// Whether a hook is one of the library; the name of another is the client's own text.
    package static func isWellKnown(_ name: String) -> Bool { library[name] != nil }

    /// Whether a name is one that an organisation may give its own hook: a reverse domain name,
    /// such as `org.example.patient-transmogrify` (CDS Hooks 2.0, hooks).
    package static func isReverseDomain(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 3, name.utf8.count <= 253 else { return false }
        return labels.allSatisfy { label in
            !label.isEmpty && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.allSatisfy {
                    ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A)
                        || ($0 >= 0x41 && $0 <= 0x5A) || $0 == UInt8(ascii: "-")
                }
        }
    }

    /// The names that prefetch tokens `{{context.x}}` may use: the root-level primitive fields.
    ///
    /// CDS Hooks 2.0, prefetch tokens.
    package var tokenNames: [String] {
        fields.filter {
            switch $0.kind {
            case .user, .patient, .encounter, .reference, .text: true
            case .bundle, .references, .resource, .object, .objects: false
            }
        }.map(\.name)
    }
}

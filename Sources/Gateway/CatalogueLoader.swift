import Basics
import CDSHooks
import ClinicalEngine
import Crypto
import JSON
import Mapping
import Monitoring
import PMML

/// Reads the files of a configuration and gathers what is wrong with them.
struct CatalogueLoader {
    let files: [String: [UInt8]]
    let now: Instant
    private(set) var findings: [CatalogueFinding] = []
    private(set) var profiles: [String: LoadedProfile] = [:]
    /// The mappings that are sound, also those whose model is not.
    private(set) var mappings: [String: Profile] = [:]
    /// The knowledge bases of interactions by folder name.
    private(set) var knowledgeBases: [String: InteractionKnowledge] = [:]
    private(set) var services: [LoadedService] = []
    /// The services of profiles with all versions that their documents name.
    private(set) var families: [ServiceFamily.Key: ServiceFamily] = [:]
    /// The files of the services, in their order.
    private var serviceFiles: [String] = []
    private(set) var clients: [Client] = []
    /// The dialects by name: the standard ones, and those of `Hooks/dialects/`.
    private(set) var dialects = DialectReader.standards

    /// Whether clients are let in whose keys everybody knows.
    let isDevelopment: Bool
    /// What other configurations were made of; `nil` when everything is read anew.
    let memory: CatalogueMemory?

    init(
        files: [String: [UInt8]],
        now: Instant,
        isDevelopment: Bool = false,
        memory: CatalogueMemory? = nil
    ) {
        self.files = files
        self.now = now
        self.isDevelopment = isDevelopment
        self.memory = memory
    }

    mutating func load() {
        let names = files.keys.sorted()
        for name in names where name.hasPrefix("Profiles/") && name.hasSuffix("/profile.json") {
            loadProfile(name)
        }
        for name in names
        where name.hasPrefix("Profiles/") && name.hasSuffix("/" + InteractionKnowledge.fileName) {
            loadInteractions(name)
        }
        for name in names where isDirectly(name, below: "Hooks/") { loadHook(name) }
        for name in names where isDirectly(name, below: "Hooks/dialects/") { loadDialect(name) }
        for name in names
        where isDirectly(name, below: "Hooks/clients/")
            && !name.hasSuffix(ClientReader.keySetEnding)
        {
            loadClient(name)
        }
        for (service, file) in zip(services, serviceFiles) {
            guard case .profile(let loaded) = service.computation else { continue }
            let profile = loaded.profile
            let known =
                profile.inputNames + profile.retrievals.flatMap(\.feeds)
                + profile.applicabilityCodes
            for (label, _) in service.hook.labels where !known.contains(label) {
                add(
                    .unknownName,
                    file,
                    "limen.labels",
                    "there is no such input, fact or code"
                )
            }
        }
        checkClients()
    }

    private func isDirectly(_ name: String, below folder: String) -> Bool {
        name.hasPrefix(folder) && name.hasSuffix(".json")
            && !name.dropFirst(folder.count).contains("/")
    }

    private mutating func add(
        _ code: CatalogueFinding.Code,
        _ file: String,
        _ path: String,
        _ sentence: String
    ) {
        findings.append(CatalogueFinding(code: code, file: file, path: path, sentence: sentence))
    }

    /// Notes a finding, with its place where the element is there.
    mutating func note(
        _ code: CatalogueFinding.Code,
        _ file: String,
        _ path: String,
        _ sentence: String
    ) {
        var place: TextPlace?
        if let bytes = files[file], let document = try? JSONDocument(parsing: bytes) {
            place = TextPlace(path: path, in: document)
        }
        findings.append(
            CatalogueFinding(code: code, file: file, path: path, sentence: sentence, place: place)
        )
    }

    private mutating func document(_ name: String) -> JSONDocument? {
        guard let bytes = files[name] else {
            add(.missingFile, name, "", "the file is missing")
            return nil
        }
        do {
            return try CatalogueMemory.value(memory, .document, [bytes]) {
                () throws(JSONError) in try JSONDocument(parsing: bytes)
            }
        } catch {
            add(.notJSON, name, "byte \(error.offset)", error.sentence)
            return nil
        }
    }

    /// What a resource is checked against: profiles, and the value sets of their bindings.
    private static let structureEndings = [".structuredefinition.json", ".valueset.json"]

    private mutating func loadProfile(_ file: String) {
        let folder = String(file.dropLast("profile.json".count))
        let name = String(folder.dropFirst("Profiles/".count).dropLast())
        guard let document = document(file) else { return }
        var conceptMaps: [String: JSONDocument] = [:]
        for other in files.keys.sorted()
        where other.hasPrefix(folder) && other.hasSuffix(".conceptmap.json") {
            guard let map = self.document(other) else { return }
            conceptMaps[String(other.dropFirst(folder.count))] = map
        }
        var structures: [String: JSONDocument] = [:]
        for other in files.keys.sorted()
        where other.hasPrefix(folder) && Self.structureEndings.contains(where: other.hasSuffix) {
            guard let structure = self.document(other) else { return }
            structures[String(other.dropFirst(folder.count))] = structure
        }
        let open = OpenMembers.findings(in: document.root, file: file)
        guard open.isEmpty else {
            findings += open
            return
        }
        let profile: Profile
        do {
            let texts = [conceptMaps, structures].flatMap { documents in
                documents.sorted { $0.key < $1.key }.flatMap { [Array($0.utf8), $1.bytes] }
            }
            profile = try CatalogueMemory.value(memory, .profile, [document.bytes] + texts) {
                () throws(ProfileError) in
                try Profile(parsing: document, conceptMaps: conceptMaps, structures: structures)
            }
        } catch {
            add(
                .profile,
                error.file.map { folder + $0 } ?? file,
                "\(error.path), line \(error.place.line), column \(error.place.column)",
                "\(error.sentence) (\(error.code.rawValue))"
            )
            return
        }
        mappings[name] = profile
        let modelFile = folder + profile.model
        guard let modelBytes = files[modelFile] else {
            add(.missingFile, modelFile, "", "the model that the profile names is missing")
            return
        }
        let model: ClinicalModel
        do {
            model = try CatalogueMemory.value(memory, .model, [modelBytes]) {
                () throws(PMMLError) in try PMMLDocument.compile(modelBytes)
            }
        } catch {
            let place = "\(error.element), line \(error.line)"
            add(.model, modelFile, place, "the model is not valid (\(error.code.rawValue))")
            return
        }
        guard let reference = reference(name, folder, profile, model, modelBytes) else { return }
        let loaded = LoadedProfile(
            name: name,
            profile: profile,
            model: model,
            profileDigest: Hexadecimal.text(Digest.sha256(document.bytes)),
            modelDigest: Hexadecimal.text(Digest.sha256(modelBytes)),
            conceptMapDigests: conceptMaps.keys.sorted().map { name in
                (name, Hexadecimal.text(Digest.sha256(conceptMaps[name]?.bytes ?? [])))
            },
            structureDigests: structures.keys.sorted().map { name in
                (name, Hexadecimal.text(Digest.sha256(structures[name]?.bytes ?? [])))
            },
            reference: reference.found
        )
        guard let loaded else {
            let wanted = model.fields.map(\.name).joined(separator: ", ")
            add(.fieldsDiffer, file, "inputs", "the model takes exactly: \(wanted)")
            return
        }
        profiles[name] = loaded
    }

    /// What the data of a model is held against; `nil` when the file for it has a fault.
    private mutating func reference(
        _ name: String,
        _ folder: String,
        _ profile: Profile,
        _ model: ClinicalModel,
        _ modelBytes: [UInt8]
    ) -> (found: ModelReference?, Void)? {
        let file = folder + ReferenceReader.fileName
        guard let bytes = files[file] else {
            let found = ModelReference.stated(name, profile, model, modelBytes)
            return (found, ())
        }
        do {
            let reference = try ReferenceReader.read(bytes)
            let misfit = CounterLayout.misfit(in: reference, profile: profile, model: model)
            guard let misfit else { return (reference, ()) }
            add(.reference, file, misfit.text, "the model has none of that name and kind")
        } catch {
            add(.reference, file, error.path, "\(error.sentence) (\(error.code.rawValue))")
        }
        return nil
    }

    private mutating func loadHook(_ file: String) {
        guard let document = document(file) else { return }
        if let name = HookService.interactionsName(of: document) {
            loadHook(document, file, interactions: name)
            return
        }
        let profileName = HookService.profileName(of: document) ?? ""
        guard let profile = profiles[profileName] else {
            add(.hook, file, "limen.profile", "there is no such profile, or it is not valid")
            return
        }
        var versions = [profile]
        for name in VersionPlan.profiles(of: document) {
            guard let version = profiles[name] else {
                add(.hook, file, "limen", "a canary or shadow version is missing or not valid")
                return
            }
            versions.append(version)
        }
        let digest = Hexadecimal.text(Digest.sha256(document.bytes))
        let facts = versions.map { Self.facts($0.profile) }
        let all = versions.count == 1 ? nil : HookService.ProfileFacts.merged(facts)
        do {
            for (position, name) in Self.hooks(of: document).enumerated() {
                var variants: [String: LoadedService] = [:]
                for (version, own) in zip(versions, facts) {
                    let hook = try HookService(
                        reading: document,
                        profile: .init(
                            queries: own.queries,
                            inputNames: own.inputNames,
                            allQueries: all
                        ),
                        on: name
                    )
                    let service = LoadedService(
                        hook: hook,
                        computation: .profile(version),
                        digest: digest
                    )
                    // The cards are the same for every hook.
                    if position == 0 { try check(service, version, beside: versions) }
                    variants[version.name] = service
                }
                guard let named = variants[profile.name] else { return }
                append(named, file)
                families[.init(named)] = ServiceFamily(named: named, variants: variants)
            }
        } catch {
            add(error, file)
        }
    }

    /// Makes the cards of a service for samples of what may be found.
    private func check(
        _ service: LoadedService,
        _ version: LoadedProfile,
        beside versions: [LoadedProfile]
    ) throws(HookServiceError) {
        let content = [service.digest, now.text] + ([version] + versions).map(\.folderDigest)
        try CatalogueMemory.value(memory, .check, content.map { Array($0.utf8) }) {
            () throws(HookServiceError) in
            let samples = try CardFacts.samples(for: service, version, now: now)
            try service.hook.check(against: samples)
        }
    }

    /// The hooks to read a document for; `nil` lets the reader say what is wrong with none.
    private static func hooks(of document: JSONDocument) -> [String?] {
        let hooks = HookService.hooks(of: document)
        return hooks.isEmpty ? [nil] : hooks
    }

    private mutating func append(_ service: LoadedService, _ file: String) {
        let hook = service.hook
        guard !services.contains(where: { $0.hook.id == hook.id && $0.hook.hook == hook.hook })
        else {
            add(.duplicate, file, "id", "another file offers this service for this hook")
            return
        }
        services.append(service)
        serviceFiles.append(file)
    }

    private mutating func add(_ error: HookServiceError, _ file: String) {
        let place = error.path + (error.offset.map { ", byte \($0)" } ?? "")
        add(.hook, file, place, error.sentence + " (\(error.code.rawValue))")
    }

    private mutating func loadHook(
        _ document: JSONDocument,
        _ file: String,
        interactions name: String
    ) {
        guard let knowledge = knowledgeBases[name] else {
            let sentence = "there is no such knowledge base, or it is not valid"
            add(.hook, file, "limen.interactions", sentence)
            return
        }
        let digest = Hexadecimal.text(Digest.sha256(document.bytes))
        do {
            for name in Self.hooks(of: document) {
                let hook = try HookService(readingInteractions: document, on: name)
                append(
                    LoadedService(
                        hook: hook,
                        computation: .interactions(knowledge),
                        digest: digest
                    ),
                    file
                )
            }
        } catch {
            add(error, file)
        }
    }

    private mutating func loadInteractions(_ file: String) {
        let folder = String(file.dropLast(InteractionKnowledge.fileName.count))
        let name = String(folder.dropFirst("Profiles/".count).dropLast())
        guard let document = document(file) else { return }
        var products: [String: [UInt8]] = [:]
        for (other, bytes) in files
        where other.hasPrefix(folder) && other.hasSuffix(InteractionKnowledge.productEnding) {
            products[String(other.dropFirst(folder.count))] = bytes
        }
        do {
            let texts = products.sorted { $0.key < $1.key }.flatMap { [Array($0.utf8), $1] }
            let content = [Array(name.utf8), document.bytes] + texts
            knowledgeBases[name] = try CatalogueMemory.value(memory, .knowledge, content) {
                () throws(InteractionFileFault) in
                try InteractionKnowledge(name: name, document: document, products: products)
            }
        } catch {
            add(.interactions, folder + error.file, error.fault.path, error.fault.sentence)
        }
    }

    /// What of a profile a hook document needs.
    private static func facts(_ profile: Profile) -> HookService.ProfileFacts {
        HookService.ProfileFacts(
            queries: profile.retrievals.map {
                .init(
                    resource: $0.resource,
                    codes: $0.codes,
                    windowSeconds: $0.windowSeconds,
                    feeds: $0.feeds,
                    isRequired: $0.isRequired
                )
            },
            inputNames: profile.inputNames
        )
    }

    private mutating func loadDialect(_ file: String) {
        guard let document = document(file) else { return }
        let faults = ClientFaults(file: file, code: .dialect)
        if let dialect = DialectReader(dialects: dialects, faults: faults).dialect(document) {
            dialects[dialect.name] = dialect
        }
        findings += faults.findings
    }

    private mutating func loadClient(_ file: String) {
        guard let document = document(file) else { return }
        let reader = ClientReader(file: file, files: files, dialects: dialects)
        let client = reader.client(document)
        findings += reader.faults.findings
        guard let client else { return }
        guard !clients.contains(where: { $0.id == client.id }) else {
            note(.duplicate, file, "id", "another file has this client")
            return
        }
        clients.append(client)
    }
}

import Testing

/// The arrows of the house: which modules a target may import.
///
/// SwiftPM does not check this: a module that is reached through a dependency can be imported
/// without being declared.
@Suite("Imports")
struct ImportTests {
    /// Every target with what it may import.
    static let table: [String: Set<String>] = [
        // L1: pure values; no Foundation, no Glibc, no clock.
        "Basics": [],
        // The vector instruction that the standard library lacks; see `JSONBlock`.
        "JSON": ["Basics", "_Builtin_intrinsics"],
        "HTTPMessages": ["Basics"],
        "ClinicalEngine": ["Basics"],
        "Monitoring": ["Basics", "JSON", "ClinicalEngine"],
        "UCUM": ["Basics"],
        "FHIR": ["Basics", "JSON"],
        "FHIRPath": ["Basics", "JSON", "FHIR", "UCUM"],
        "Audit": ["Basics", "JSON"],
        "Lifecycle": ["Basics", "Audit"],
        "StructureDefinitions": ["Basics", "JSON", "FHIR", "FHIRPath"],
        "Mapping": ["Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "StructureDefinitions"],
        "CDSHooks": ["Basics", "JSON", "FHIR", "FHIRPath", "Lifecycle"],
        "SQLOnFHIR": ["Basics", "JSON", "FHIR", "FHIRPath"],

        // L2: each owns one outside thing.
        "Posix": ["Basics", "CLinux", "Glibc", "Synchronization"],
        "Crypto": ["Basics", "COpenSSL", "Synchronization"],
        "JOSE": ["Basics", "JSON", "Crypto", "Synchronization"],
        "Telemetry": ["Basics", "JSON", "Synchronization"],
        "PMML": ["Basics", "ClinicalEngine", "Foundation", "FoundationXML"],
        "PostgreSQL": ["Basics", "CPostgreSQL", "Posix", "Synchronization"],
        "Vault": ["Basics", "Audit", "Crypto", "Posix", "Synchronization"],
        "Ledger": ["Basics", "JSON", "Audit", "Crypto", "Synchronization"],
        "HTTPServer": ["Basics", "HTTPMessages", "Crypto", "Posix", "Synchronization"],
        "HTTPClient": ["Basics", "HTTPMessages", "Crypto", "Posix", "Synchronization"],
        "Spool": ["Basics", "Crypto", "Posix", "Synchronization"],

        // L3: the request pipeline, and the store.
        "Gateway": [
            "Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML",
            "CDSHooks", "Audit", "Lifecycle", "HTTPMessages", "Crypto", "JOSE", "Telemetry",
            "Monitoring", "Synchronization",
        ],
        "AuditStore": [
            "Basics", "JSON", "Audit", "Lifecycle", "PostgreSQL", "Crypto", "JOSE", "Posix",
            "Monitoring", "Ledger", "Spool", "Vault",
            "Synchronization",
        ],
        "ProfileLint": ["Basics", "JSON", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML"],

        // L4: sees everything but the C modules.
        "limen": [
            "Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML",
            "CDSHooks", "Audit", "HTTPMessages", "HTTPServer", "HTTPClient", "Crypto", "JOSE",
            "Telemetry", "Lifecycle",
            "Posix", "PostgreSQL", "Gateway", "AuditStore", "StructureDefinitions",
            "SQLOnFHIR", "ProfileLint", "Monitoring", "Ledger", "Spool", "Vault",
            "Synchronization",
        ],
    ]

    @Test("Every target imports only what its row of the table names")
    func importsStayInTheTable() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            let allowed = try #require(
                Self.table[file.target],
                "\(file.path) lies in a target that the table does not name"
            )
            for name in Self.imports(of: file) {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("Each C module is imported by one target")
    func eachCModuleHasOneOwner() throws {
        var owners: [String: Set<String>] = [:]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for name in Self.imports(of: file) where name.first == "C" && name != "ClinicalEngine" {
                if ["CLinux", "CPostgreSQL", "COpenSSL"].contains(name) {
                    owners[name, default: []].insert(file.target)
                }
            }
        }
        for (name, targets) in owners {
            #expect(targets.count == 1, "\(name) is imported by \(targets.sorted())")
        }
        #expect(owners.count == 3)
    }

    @Test("The package depends on no Swift package")
    func thePackageStandsAlone() throws {
        let manifest = try #require(
            try SourceTree.text("Package.swift"),
            "Package.swift is missing"
        )
        #expect(!manifest.contains(".package("))
    }

    /// The modules that a file imports.
    static func imports(of file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || Self.levels.contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { return nil }
            let kinds: Set = ["struct", "class", "enum", "func", "protocol", "typealias", "var"]
            let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return name.split(separator: ".").first.map(String.init)
        }
    }

    private static let levels: Set = ["public", "package", "internal", "private", "fileprivate"]
}

// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target (see `Sources/limen/limen.docc`): warnings are errors, memory
/// safety is explicit, and the concurrency defaults are those of the next language mode.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A library target of the house.
func module(_ name: String, _ dependencies: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        swiftSettings: settings
    )
}

/// The tests of one target, in the folder named after it; `excluding` names the texts beside them.
func tests(
    _ name: String,
    _ dependencies: [String] = [],
    excluding: [String] = []
) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: ([name, "Support"] + dependencies).map { .init(stringLiteral: $0) },
        path: "Tests/\(name)Tests",
        exclude: excluding,
        swiftSettings: settings
    )
}

/// A measurement: an executable below `Tests/Bench`.
func bench(
    _ name: String,
    _ dependencies: [String],
    linkerFlags: [String] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/Bench/" + name,
        swiftSettings: settings,
        linkerSettings: linkerFlags.isEmpty ? [] : [.unsafeFlags(linkerFlags)]
    )
}

/// A fuzz target: a library below `Tests/Fuzz` with the entry of libFuzzer, or what these share.
func fuzz(_ name: String, _ dependencies: [String]) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/Fuzz/" + name,
        swiftSettings: settings
    )
}

let package = Package(
    name: "Limen",
    products: [
        .library(name: "ClinicalEngine", targets: ["ClinicalEngine"]),
        .library(name: "PMML", targets: ["PMML"]),
        .executable(name: "limen", targets: ["limen"]),
    ],
    targets: [
        // L0: system libraries.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CPostgreSQL",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),

        // L1: pure values.
        module("Basics"),
        module("JSON", ["Basics"]),
        module("HTTPMessages", ["Basics"]),
        module("ClinicalEngine", ["Basics"]),
        module("Monitoring", ["Basics", "JSON", "ClinicalEngine"]),
        module("UCUM", ["Basics"]),
        module("FHIR", ["Basics", "JSON"]),
        module("FHIRPath", ["Basics", "JSON", "FHIR", "UCUM"]),
        module("Audit", ["Basics", "JSON"]),
        module("Lifecycle", ["Basics", "Audit"]),
        module("StructureDefinitions", ["Basics", "JSON", "FHIR", "FHIRPath"]),
        module(
            "Mapping",
            ["Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "StructureDefinitions"]
        ),
        module("CDSHooks", ["Basics", "JSON", "FHIR", "FHIRPath", "Lifecycle"]),
        module("SQLOnFHIR", ["Basics", "JSON", "FHIR", "FHIRPath"]),

        // L2: each owns one outside thing.
        module("Posix", ["Basics", "CLinux"]),
        module("Crypto", ["Basics", "COpenSSL"]),
        module("JOSE", ["Basics", "JSON", "Crypto"]),
        module("Telemetry", ["Basics", "JSON"]),
        module("PMML", ["Basics", "ClinicalEngine"]),
        module("PostgreSQL", ["Basics", "CPostgreSQL", "Posix"]),
        module("Vault", ["Basics", "Audit", "Crypto", "Posix"]),
        module("HTTPServer", ["Basics", "HTTPMessages", "Crypto", "Posix"]),
        module("Ledger", ["Basics", "JSON", "Audit", "Crypto"]),
        module("HTTPClient", ["Basics", "HTTPMessages", "Crypto", "Posix"]),

        module("Spool", ["Basics", "Crypto", "Posix"]),

        // L3: the request pipeline, and the store.
        module(
            "Gateway",
            [
                "Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML",
                "CDSHooks", "Audit", "Lifecycle", "HTTPMessages", "Crypto", "JOSE", "Telemetry",
                "Monitoring",
            ]
        ),
        module(
            "AuditStore",
            [
                "Basics", "JSON", "Audit", "Lifecycle", "PostgreSQL", "Crypto", "JOSE", "Posix",
                "Monitoring", "Ledger", "Spool", "Vault",
            ]
        ),
        module(
            "ProfileLint",
            ["Basics", "JSON", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML"]
        ),

        // L4: commands, configuration, wiring.
        .executableTarget(
            name: "limen",
            dependencies: [
                "Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "Mapping", "ClinicalEngine", "PMML",
                "CDSHooks", "Audit", "HTTPMessages", "HTTPServer", "HTTPClient", "Crypto",
                "JOSE", "Telemetry", "Posix", "PostgreSQL", "Gateway", "AuditStore", "Lifecycle",
                "StructureDefinitions", "SQLOnFHIR", "ProfileLint", "Monitoring", "Ledger", "Spool",
                "Vault",
            ],
            swiftSettings: settings
        ),

        // Measurements, run in release mode.
        bench(
            "AuditListBench",
            ["Basics", "Audit", "AuditStore", "Crypto", "Ledger", "PostgreSQL", "Vault"]
        ),
        bench("AuditBench", ["Basics", "AuditStore", "Ledger", "PostgreSQL", "Vault"]),
        bench("EngineBench", ["Basics", "ClinicalEngine", "PMML"]),
        bench("FHIRPathBench", ["Basics", "FHIR", "FHIRPath", "JSON"]),
        bench("JSONBench", ["Basics", "JSON"]),
        bench("JOSEBench", ["Basics", "Crypto", "JOSE"]),
        .target(
            name: "Workload",
            dependencies: [
                "Basics", "Audit", "Crypto", "Gateway", "JSON", "Support", "Telemetry",
            ],
            path: "Tests/Bench/Workload",
            swiftSettings: settings
        ),
        bench(
            "PartsBench",
            [
                "Basics", "Audit", "CDSHooks", "ClinicalEngine", "Crypto", "FHIR", "FHIRPath",
                "Gateway", "HTTPMessages", "JOSE", "JSON", "Ledger", "Mapping", "Support", "Vault",
                "Workload",
            ]
        ),
        bench(
            "StandIn",
            ["Basics", "Gateway", "HTTPMessages", "HTTPServer", "Posix", "Workload"]
        ),
        bench(
            "MappingBench",
            ["Basics", "FHIR", "JSON", "Mapping"],
            // Calls of malloc are counted there.
            linkerFlags: ["-Xlinker", "--defsym=malloc=limen_counted_malloc"]
        ),
        bench(
            "FetchBench",
            [
                "Basics", "Crypto", "Gateway", "HTTPClient", "HTTPMessages", "Posix", "Support",
                "Telemetry",
            ]
        ),
        bench(
            "RefusalBench",
            [
                "Basics", "Crypto", "Gateway", "HTTPClient", "HTTPMessages", "HTTPServer", "JOSE",
                "Posix", "Support", "Telemetry",
            ]
        ),
        bench("UCUMBench", ["Basics", "UCUM"]),
        bench("SpoolHistories", ["Basics", "Posix", "Support"]),
        bench("SQLOnFHIRBench", ["Basics", "JSON", "SQLOnFHIR"]),

        // Odd bytes for parsers and models.
        fuzz("EngineProbes", ["ClinicalEngine", "PMML"]),
        fuzz("FuzzWatch", []),
        fuzz("EvaluationFuzz", ["EngineProbes", "FuzzWatch"]),
        fuzz("PMMLFuzz", ["EngineProbes", "FuzzWatch"]),
        fuzz("LanguageProbes", ["Basics", "JSON", "FHIRPath", "UCUM"]),
        fuzz("JSONFuzz", ["LanguageProbes", "FuzzWatch"]),
        fuzz("FHIRPathFuzz", ["LanguageProbes", "FuzzWatch"]),
        fuzz("UCUMFuzz", ["LanguageProbes", "FuzzWatch"]),
        fuzz("TokenProbes", ["Basics", "Crypto", "JOSE"]),
        fuzz("JWTFuzz", ["TokenProbes", "FuzzWatch"]),
        fuzz("EdgeProbes", ["Basics", "HTTPMessages"]),
        fuzz("HTTPFuzz", ["EdgeProbes", "FuzzWatch"]),
        fuzz("ConnectionFuzz", ["EdgeProbes", "FuzzWatch"]),
        fuzz("RecordProbes", ["Basics", "JSON", "FHIR", "Mapping"]),
        fuzz("FHIRFuzz", ["RecordProbes", "FuzzWatch"]),
        fuzz("DocumentProbes", ["Basics", "JSON", "Mapping", "CDSHooks", "Gateway"]),
        fuzz("ConfigurationFuzz", ["DocumentProbes", "FuzzWatch"]),
        fuzz("TrailProbes", ["Basics", "Audit", "Crypto", "Ledger", "Spool"]),
        fuzz("AuditFuzz", ["TrailProbes", "FuzzWatch"]),
        fuzz("CanaryFuzz", []),
        .executableTarget(
            name: "SanitizerCanary",
            dependencies: ["Posix"],
            path: "Tests/Sanitizers/SanitizerCanary",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "SocketHeir",
            dependencies: ["Posix"],
            path: "Tests/Heirs/SocketHeir",
            swiftSettings: settings
        ),

        // Tests.
        .target(
            name: "Support",
            dependencies: ["Basics", "JSON", "Audit", "Crypto", "Posix", "COpenSSL", "Spool"],
            path: "Tests/Support",
            swiftSettings: settings
        ),
        tests("Basics"),
        tests("JSON", ["Basics"]),
        tests("HTTPMessages", ["Basics"]),
        tests("ClinicalEngine", ["Basics"]),
        tests("Monitoring", ["Basics", "JSON"]),
        tests("UCUM", ["Basics"]),
        tests("FHIR", ["Basics", "JSON"]),
        tests(
            "FHIRPath",
            ["Basics", "JSON", "FHIR", "UCUM"],
            excluding: ["OfficialSuiteExceptions.md"]
        ),
        tests("Audit", ["Basics", "JSON", "StructureDefinitions"]),
        tests("Lifecycle", ["Audit"]),
        tests("StructureDefinitions", ["Basics", "JSON", "FHIR", "FHIRPath"]),
        tests(
            "Mapping",
            ["Basics", "JSON", "FHIR", "FHIRPath", "UCUM", "StructureDefinitions", "Gateway"]
        ),
        tests("CDSHooks", ["Basics", "JSON", "FHIR", "FHIRPath"]),
        tests("SQLOnFHIR", ["Basics", "JSON", "FHIRPath"], excluding: ["ExperimentalCases.md"]),
        tests("Posix", ["Basics"]),
        tests("Crypto", ["Basics"]),
        tests("Vault", ["Basics", "Audit", "Crypto", "Posix"]),
        tests("JOSE", ["Basics", "JSON", "Crypto"]),
        tests("Ledger", ["Basics", "JSON", "Audit", "Crypto"]),
        tests("Spool", ["Basics", "Crypto", "Posix"]),
        tests("Telemetry", ["Basics", "JSON"]),
        tests("PMML", ["Basics", "ClinicalEngine", "EngineProbes"]),
        tests("PostgreSQL", ["Basics", "Posix"]),
        tests("HTTPServer", ["Basics", "HTTPMessages", "HTTPClient", "Crypto", "Posix"]),
        tests("HTTPClient", ["Basics", "HTTPMessages", "HTTPServer", "Crypto", "JSON", "Posix"]),
        tests(
            "Gateway",
            [
                "Basics", "JSON", "FHIR", "Mapping", "ClinicalEngine", "CDSHooks", "Audit",
                "HTTPMessages", "HTTPClient", "HTTPServer", "Telemetry", "Crypto", "JOSE",
                "Monitoring", "PMML", "Lifecycle", "Posix", "limen",
            ]
        ),
        tests(
            "AuditStore",
            [
                "Basics", "JSON", "Audit", "Lifecycle", "PostgreSQL", "Crypto", "JOSE",
                "Monitoring", "Ledger", "Gateway", "HTTPMessages", "Telemetry", "CDSHooks", "Vault",
                "Spool", "Posix",
            ]
        ),
        tests("ProfileLint", ["Basics", "JSON"]),
        tests(
            "limen",
            [
                "Basics", "JSON", "Mapping", "Gateway", "ClinicalEngine", "Posix", "ProfileLint",
                "SQLOnFHIR", "CDSHooks", "Crypto", "HTTPMessages", "HTTPServer", "Telemetry",
                "AuditStore", "Monitoring", "JOSE",
            ]
        ),
        .executableTarget(
            name: "HTTPBench",
            dependencies: ["HTTPMessages", "HTTPServer", "HTTPClient", "Posix"],
            path: "Tests/Bench/HTTP",
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Support", "Basics", "JSON", "HTTPMessages", "HTTPClient", "Posix", "Crypto",
                "PostgreSQL", "StructureDefinitions",
            ],
            path: "Tests/EndToEndTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "LanguageProbes", "EngineProbes", "TokenProbes", "EdgeProbes", "RecordProbes",
                "DocumentProbes", "TrailProbes", "Support",
            ],
            path: "Tests/FuzzTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ConventionTests",
            dependencies: ["Support"],
            path: "Tests/ConventionTests",
            swiftSettings: settings
        ),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

// Another package that uses the engine, and nothing of the server or the database.
let package = Package(
    name: "Embedding",
    dependencies: [.package(name: "Limen", path: "../..")],
    targets: [
        .executableTarget(
            name: "Embedding",
            dependencies: [
                .product(name: "ClinicalEngine", package: "Limen"),
                .product(name: "PMML", package: "Limen"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        )
    ]
)

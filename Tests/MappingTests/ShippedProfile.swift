import Basics
import FHIR
import Foundation
import JSON
import Mapping
import Support
import Testing

/// A profile of this repository, read from `Profiles/` as the service reads it.
struct ShippedProfile {
    let name: String
    let profile: Profile

    /// Every folder of `Profiles/` that holds a profile.
    static let names = names(in: "Profiles")

    /// The made-up profiles of `Tests/Cases/mapping`, for what no shipped profile uses.
    static let syntheticNames = names(in: "Tests/Cases/mapping")

    private static func names(in folder: String) -> [String] {
        let root = Shared.checkout.appendingPathComponent(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().filter { name in
            let file = root.appendingPathComponent(name).appendingPathComponent("profile.json")
            return FileManager.default.fileExists(atPath: file.path)
        }
    }

    static func folder(_ name: String) -> URL {
        let parent = names.contains(name) ? "Profiles" : "Tests/Cases/mapping"
        return Shared.checkout.appendingPathComponent(parent).appendingPathComponent(name)
    }

    init(_ name: String) throws {
        self.name = name
        profile = try Profile(
            parsing: Self.document("profile.json", of: name),
            conceptMaps: Self.documents(".conceptmap.json", of: name),
            structures: Self.documents(".structuredefinition.json", of: name)
                .merging(Self.documents(".valueset.json", of: name)) { first, _ in first }
        )
    }

    static func document(_ file: String, of name: String) throws -> JSONDocument {
        let data = try Data(contentsOf: folder(name).appendingPathComponent(file))
        return try JSONDocument(parsing: Array(data))
    }

    static func conceptMaps(of name: String) throws -> [String: JSONDocument] {
        try documents(".conceptmap.json", of: name)
    }

    /// The documents beside the profile whose names end like that.
    private static func documents(
        _ ending: String,
        of name: String
    ) throws -> [String: JSONDocument] {
        var documents: [String: JSONDocument] = [:]
        let files = try FileManager.default.contentsOfDirectory(atPath: folder(name).path)
        for file in files where file.hasSuffix(ending) {
            documents[file] = try document(file, of: name)
        }
        return documents
    }
}

/// The Patient and the other resources of a bundle, or of a document that is one resource.
struct BundleContents {
    var patient: JSONValue?
    var patientFullURLs: [String] = []
    var resources: [JSONValue] = []

    init(_ root: JSONValue) {
        guard root["resourceType"]?.isString("Bundle") ?? false else {
            add(root, fullURL: nil)
            return
        }
        guard let entries = root["entry"] else { return }
        for entry in entries.elements {
            guard let resource = entry["resource"] else { continue }
            add(resource, fullURL: entry["fullUrl"]?.stringValue)
        }
    }

    private mutating func add(_ resource: JSONValue, fullURL: String?) {
        if patient == nil, resource["resourceType"]?.isString("Patient") ?? false {
            patient = resource
            if let fullURL { patientFullURLs.append(fullURL) }
        } else {
            resources.append(resource)
        }
    }
}

/// Reads the moment of a case.
func moment(_ text: String) throws -> Instant {
    try #require(FHIRDateTime(text: text)?.instant)
}

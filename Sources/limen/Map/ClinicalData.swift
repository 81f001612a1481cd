import Basics
import FHIR
import Gateway
import JSON
import Posix

/// The resources of a file, a folder, NDJSON or standard input, as a server would hold them.
struct ClinicalData {
    /// The documents, each a Bundle or one resource, in the order of the files.
    private var documents: [BundleRewriter] = []
    /// What was read, for the reader: a path, or `standard input`.
    let label: String
    /// The places of entries that hold no resource that can be read, such as `a.json: /entry/8`.
    private(set) var unreadPlaces: [String] = []
    /// What the Bundles say of not being all there is, such as `a.json: /link: there are ...`.
    private(set) var gaps: [String] = []

    /// Reads what a command line names.
    ///
    /// - Parameter path: a JSON file, an NDJSON file, a folder with such files, or `-`.
    /// - Throws: `CommandError` with exit code 3 that names the file, and the line of NDJSON.
    init(path: String) throws(CommandError) {
        label = path == "-" ? "standard input" : path
        guard Folder.isFolder(path: path) else {
            try add(try ConfigurationFiles.input(path), label)
            return
        }
        // The folders below it too, as every other command takes them.
        for file in try DataFiles([path]).files {
            try add(try ConfigurationFiles.bytes(file.path), file.path)
        }
    }

    /// Takes texts that were read already.
    init(texts: [String], label: String = "data") throws(CommandError) {
        self.label = label
        for text in texts { try add(Array(text.utf8), label) }
    }

    private mutating func add(_ bytes: [UInt8], _ name: String) throws(CommandError) {
        do {
            append(try BundleRewriter(try JSONDocument(parsing: bytes).root), name)
        } catch let error as JSONError {
            guard error.code == .trailingBytes else {
                let place = FindingPlace(offset: error.offset, in: bytes)
                throw CommandError(
                    .badInput,
                    "\(name):\(place.line):\(place.column): this is not JSON: \(error.sentence)"
                )
            }
            try addLines(bytes, name)
        } catch let error as CommandError {
            throw CommandError(error.exitCode, name + ": " + error.sentence)
        } catch {
            throw CommandError(.internalError, "an error of an unknown kind")
        }
    }

    private mutating func append(_ document: BundleRewriter, _ name: String) {
        documents.append(document)
        unreadPlaces += document.unread.map { name + ": " + $0.pointer }
        gaps += document.completeness.sentences.map { name + ": " + $0 }
    }

    /// Several values in one text: NDJSON, one resource a line.
    private mutating func addLines(_ bytes: [UInt8], _ name: String) throws(CommandError) {
        for (index, line) in bytes.split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        ).enumerated() {
            guard !DocumentScanner.isBlank(line) else { continue }
            do {
                append(
                    try BundleRewriter(try JSONDocument(parsing: Array(line)).root),
                    "\(name):\(index + 1)"
                )
            } catch let error as JSONError {
                throw CommandError(
                    .badInput,
                    "\(name):\(index + 1):\(error.offset + 1): this is not JSON: \(error.sentence)"
                )
            } catch let error as CommandError {
                throw CommandError(error.exitCode, "\(name):\(index + 1): \(error.sentence)")
            } catch {
                throw CommandError(.internalError, "an error of an unknown kind")
            }
        }
    }

    /// The ids of the Patients, sorted.
    var patientIDs: [String] {
        let ids = documents.flatMap { document in
            document.entries.filter { $0.type == "Patient" }.map(\.id)
        }
        return Set(ids).sorted()
    }

    /// The moment just behind the newest Observation; `nil` without one.
    var newestMoment: Instant? { documents.compactMap(\.newestMoment).max() }

    /// The patient that is meant: the one asked for, or the only one there is.
    ///
    /// - Throws: `CommandError` that lists the patients to choose from.
    func patientID(asked: String?) throws(CommandError) -> String {
        let known = patientIDs
        if let asked {
            guard known.isEmpty || known.contains(asked) else {
                throw CommandError(
                    .badInput,
                    "\(label) holds no such Patient; there are \(Self.list(known))"
                )
            }
            return asked
        }
        if known.count == 1, let only = known.first { return only }
        guard known.isEmpty else {
            throw CommandError(
                .badInput,
                "\(label) holds \(known.count) Patients; choose one with --patient ID: "
                    + Self.list(known)
            )
        }
        let subjects = Set(documents.flatMap { Array($0.subjectPatientIDs) })
        guard subjects.count == 1, let only = subjects.first else {
            throw CommandError(
                .badInput,
                "\(label) holds no Patient; name the patient with --patient ID"
            )
        }
        return only
    }

    /// Whether nothing is known to be lacking.
    var isWhole: Bool { unreadPlaces.isEmpty && documents.allSatisfy(\.completeness.isWhole) }

    /// The data of a patient with what the documents say of not being all there is, to be sent as
    /// one document would be.
    func document(of data: PatientData) -> BundleRewriter {
        BundleRewriter(
            resources: [data.patient].compactMap { $0 } + data.resources,
            unread: documents.flatMap(\.unread),
            completeness: BundleCompleteness(joining: documents.map(\.completeness))
        )
    }

    private static func list(_ ids: [String]) -> String {
        let shown = ids.prefix(8).map { TextStyle.safe($0) }.joined(separator: ", ")
        return shown + (ids.count > 8 ? " and \(ids.count - 8) more" : "")
    }

    /// The data of one patient.
    ///
    /// Of the data of one patient everything is kept, so that what is about another is refused as
    /// the gateway would. Where several Patients are in the data, what is about the others is
    /// left out.
    ///
    /// - Returns: the data, and how many resources of others were left out.
    func patient(_ id: String) throws(CommandError) -> (data: PatientData, leftOut: Int) {
        var data = PatientData(patientID: id)
        var leftOut = 0
        let hasOthers = patientIDs.count > 1
        for document in documents {
            for entry in document.entries {
                if entry.type == "Patient", entry.id != id {
                    leftOut += 1
                    continue
                }
                var writer = JSONWriter()
                document.write(entry, to: &writer)
                let resource: JSONValue
                do {
                    resource = try JSONDocument(parsing: writer.bytes).root
                } catch {
                    throw CommandError(.internalError, "a resource cannot be read back")
                }
                if hasOthers, let owner = resource["subject"] ?? resource["patient"],
                    let reference = owner["reference"]?.stringValue, reference.contains("Patient/"),
                    !("/" + reference).hasSuffix("/Patient/" + id)
                {
                    leftOut += 1
                } else {
                    data.append(resource, fullURL: entry.fullURL)
                }
            }
        }
        return (data, leftOut)
    }
}

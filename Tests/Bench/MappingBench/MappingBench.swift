import Basics
import FHIR
import Foundation
import JSON
import Mapping

/// Measures one mapping of 19 Observations, of a Bundle of 200 KB, and of one twice as large.
///
/// Microseconds of processor time, median of nine rounds, and calls of `malloc` for each mapping;
/// the last line of a profile is how the time grows when the Bundle doubles.
///
///     swift run -c release MappingBench [checkout]
@main
enum MappingBench {
    static func main() throws {
        let checkout = CommandLine.arguments.dropFirst().first ?? "."
        for name in ["news2", "qsofa"] {
            let profile = try profile(name, in: checkout + "/Profiles/" + name)
            var figures: [Double] = []
            for count in [19, 200, 400] {
                let (patient, resources, byteCount) = try request(count)
                let now = Instant(microseconds: 1_777_888_800_000_000)
                let whole = measure {
                    profile.map(patient: patient, resources: resources, patientID: "p1", now: now)
                        .inputs.count
                }
                let bare = measure {
                    profile.map(patient: nil, resources: resources, patientID: "p1", now: now)
                        .inputs.count
                }
                let before = allocations()
                let read = profile.map(
                    patient: patient,
                    resources: resources,
                    patientID: "p1",
                    now: now
                )
                let asked = allocations() - before
                figures.append(bare)
                print(
                    "\(name), \(count) Observations, \(byteCount) bytes: \(text(whole)) us,",
                    "without applies rules \(text(bare)) us; \(asked) allocations;",
                    "\(read.rejections.count) rejections, \(read.unaskedCount) unasked,",
                    "\(read.missingNames.count) missing"
                )
            }
            print("\(name), twice the Bundle: \(text(figures[2] / figures[1])) times the time")
        }
    }

    private static func text(_ number: Double) -> String {
        let hundredths = Int(number * 100 + 0.5)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func profile(_ name: String, in folder: String) throws -> Profile {
        var maps: [String: JSONDocument] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where file.hasSuffix(".conceptmap.json") {
            maps[file] = try document(folder + "/" + file)
        }
        return try Profile(parsing: try document(folder + "/profile.json"), conceptMaps: maps)
    }

    private static func document(_ path: String) throws -> JSONDocument {
        try JSONDocument(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// Seven inputs, each charted more than once, and others that nobody asks for.
    private static func request(_ count: Int) throws -> (JSONValue, [JSONValue], Int) {
        let kinds = [
            ("9279-1", "/min", "18"), ("59408-5", "%", "96"), ("85354-9", "", ""),
            ("8867-4", "/min", "88"), ("8310-5", "Cel", "36.8"), ("29463-7", "kg", "80.5"),
            ("8302-2", "cm", "175.2"), ("2339-0", "mg/dL", "101"), ("9269-2", "{score}", "15"),
        ]
        let observations = (0..<count).map { position in
            observation(kinds[position % kinds.count], position)
        }
        let text = "[" + observations.joined(separator: ",") + "]"
        let patient = #"{"resourceType":"Patient","id":"p1","birthDate":"1960-02-03"}"#
        return (
            try JSONDocument(parsing: patient).root,
            Array(try JSONDocument(parsing: text).root.elements), text.utf8.count
        )
    }

    private static func observation(
        _ kind: (code: String, unit: String, value: String),
        _ position: Int
    ) -> String {
        let minute = position % 60 < 10 ? "0\(position % 60)" : "\(position % 60)"
        let value =
            kind.unit.isEmpty
            ? """
            "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6",
            "display":"Systolic blood pressure"}]},"valueQuantity":{"value":118,"unit":"mmHg",
            "system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{
            "system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":76,
            "unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]
            """
            : """
            "valueQuantity":{"value":\(kind.value),"unit":"\(kind.unit)",
            "system":"http://unitsofmeasure.org","code":"\(kind.unit)"}
            """
        return """
            {"resourceType":"Observation","id":"o\(position)","meta":{"versionId":"1",
            "lastUpdated":"2026-05-04T09:00:00.000Z","profile":[
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs"]},
            "text":{"status":"generated","div":"<div>A narrative of some length stands here, as
            \\n most servers send one with each resource.</div>"},"status":"final","category":[{
            "coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
            "code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{
            "system":"http://loinc.org","code":"\(kind.code)","display":"A name to show"},{
            "system":"urn:oid:1.2.3.4.5.6.7","code":"LOCAL-\(kind.code)"}],"text":"As charted"},
            "subject":{"reference":"Patient/p1","display":"In context"},
            "encounter":{"reference":"Encounter/e1"},
            "effectiveDateTime":"2026-05-04T09:\(minute):00+00:00",
            "issued":"2026-05-04T09:\(minute):30.000+00:00",
            "performer":[{"reference":"Practitioner/n1"}],\(value)}
            """.split(whereSeparator: \.isNewline).joined()
    }

    /// Time of this process alone, so that a busy machine does not blur the figures.
    private static func measure(_ work: () -> Int) -> Double {
        var figures: [Double] = []
        var sink = 0
        for _ in 0..<9 {
            let start = clock()
            var rounds = 0
            repeat {
                for _ in 0..<20 { sink &+= work() }
                rounds += 20
            } while clock() - start < 50_000
            figures.append(Double(clock() - start) / Double(rounds))
        }
        precondition(sink != .min, "the work was left out")
        return figures.sorted()[4]
    }
}

/// How often memory was asked for since the start.
nonisolated(unsafe) private var allocationCount = 0

/// The count; a compiler that sees nobody write to it must not read it once for all.
@_optimize(none) @inline(never)
private func allocations() -> Int { unsafe allocationCount }

/// The allocator of glibc, under the name that stays when `malloc` is taken.
@_silgen_name("__libc_malloc")
private func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer?

/// Stands in for `malloc` in this process, to count its calls; every Swift object comes from it.
///
/// `Package.swift` has the linker give it that name, which Swift itself does not allow.
@_cdecl("limen_counted_malloc")
public func countedAllocation(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    unsafe allocationCount &+= 1
    return unsafe allocate(byteCount)
}

import Basics
import FHIR
import Foundation
import JSON
import Mapping
import Support
import Testing

/// All sample data through both profiles, as of the newest Observation that a profile asks for.
@Suite("Sample data", .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct SharedDataTests {
    /// What came of the documents of one folder.
    private struct Tally {
        var documents = 0
        var unreadable = 0
        var mismatches = 0
        var unasked = 0
        var resolved: [String: Int] = [:]
        var reasons: [String: Int] = [:]
        var applicability: [String: Int] = [:]

        mutating func add(_ report: MappingReport) {
            documents += 1
            unasked += report.unaskedCount
            if report.hasSubjectMismatch { mismatches += 1 }
            for input in report.inputs where input.value != nil {
                resolved[input.name, default: 0] += 1
            }
            for rejection in report.rejections {
                reasons[rejection.reason.rawValue, default: 0] += 1
            }
            switch report.applicability {
            case .applies: applicability["applies", default: 0] += 1
            case .notApplicable(let code, _), .undecided(let code, _):
                applicability[code, default: 0] += 1
            }
        }

        var lines: [String] {
            func list(_ counts: [String: Int]) -> String {
                counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                    .joined(separator: ", ")
            }
            return [
                "documents \(documents), unreadable \(unreadable), mismatches \(mismatches), "
                    + "unasked \(unasked)",
                "applicability: " + list(applicability), "inputs: " + list(resolved),
                "rejections: " + list(reasons),
            ]
        }
    }

    private func files(_ folder: String) throws -> [URL] {
        let root = Shared.url("data/" + folder)
        let walk = try #require(
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        )
        return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
    }

    /// The newest moment of an Observation that the profile asks for, or a fixed one.
    private func newest(_ contents: BundleContents, _ codes: Set<String>) -> Instant {
        var newest: Instant?
        for resource in contents.resources {
            let isAsked =
                resource["code"]?["coding"]?.elements.contains { coding in
                    let system = coding["system"]?.stringValue ?? ""
                    return codes.contains(system + "|" + (coding["code"]?.stringValue ?? ""))
                } ?? false
            let time = resource["effectiveDateTime"] ?? resource["effectivePeriod"]?["end"]
            guard isAsked, let time, let moment = FHIRDateTime(time) else { continue }
            let instant = moment.instant ?? moment.range?.lowerBound
            if let instant, newest.map({ instant > $0 }) ?? true { newest = instant }
        }
        return newest ?? Instant(microseconds: 1_777_888_800_000_000)
    }

    private func patientID(_ contents: BundleContents) -> String {
        if let id = contents.patient?["id"]?.stringValue { return id }
        for resource in contents.resources {
            guard let text = resource["subject"]?["reference"]?.stringValue else { continue }
            return text.split(separator: "/").last.map(String.init) ?? ""
        }
        return "unknown"
    }

    private func tally(_ folder: String, _ profile: Profile) throws -> Tally {
        var tally = Tally()
        let codes = Set(profile.codes)
        for file in try files(folder) {
            guard let document = try? JSONDocument(parsing: Array(Data(contentsOf: file))) else {
                tally.unreadable += 1
                continue
            }
            let contents = BundleContents(document.root)
            let report = profile.map(
                patient: contents.patient,
                resources: contents.resources,
                patientID: patientID(contents),
                patientFullURLs: contents.patientFullURLs,
                now: newest(contents, codes)
            )
            #expect(report.inputs.map(\.name) == profile.inputNames)
            var writer = JSONWriter()
            report.writeJSON(to: &writer)
            #expect(throws: Never.self) { try JSONDocument(parsing: writer.text) }
            tally.add(report)
        }
        return tally
    }

    @Test("Every document is mapped, with these counts", arguments: Self.expected)
    func counts(folder: String, profile: String, lines: [String]) throws {
        let tally = try tally(folder, try ShippedProfile(profile).profile)
        #expect(tally.lines == lines)
    }

    private static let expected: [(String, String, [String])] = [
        (
            "messy", "news2",
            [
                "documents 17, unreadable 1, mismatches 0, unasked 9",
                "applicability: age-unknown 16, applies 1",
                "inputs: spo2Scale 17",
                "rejections: no-time 1, subject 3",
            ]
        ),
        (
            "messy", "qsofa",
            [
                "documents 17, unreadable 1, mismatches 0, unasked 12",
                "applicability: age-unknown 16, applies 1",
                "inputs: ",
                "rejections: no-time 1",
            ]
        ),
        (
            "r4-examples", "news2",
            [
                "documents 44, unreadable 0, mismatches 0, unasked 24",
                "applicability: age-under-16 2, age-unknown 37, applies 3, deceased 1, "
                    + "pregnancy 1",
                "inputs: onOxygen 1, spo2 1, spo2Scale 44",
                "rejections: no-time 12",
            ]
        ),
        (
            "r4-examples", "qsofa",
            [
                "documents 44, unreadable 0, mismatches 0, unasked 31",
                "applicability: age-under-16 2, age-unknown 37, applies 3, deceased 1, "
                    + "pregnancy 1",
                "inputs: ",
                "rejections: no-time 6",
            ]
        ),
        (
            "smart-stu3", "news2",
            [
                "documents 13, unreadable 0, mismatches 0, unasked 804",
                "applicability: age-under-16 4, age-unknown 3, applies 6",
                "inputs: spo2Scale 13",
                "rejections: no-time 9, stale 119, status 507",
            ]
        ),
        (
            "smart-stu3", "qsofa",
            [
                "documents 13, unreadable 0, mismatches 0, unasked 1184",
                "applicability: age-under-16 4, age-unknown 3, applies 6",
                "inputs: ",
                "rejections: no-time 9, stale 119, status 127",
            ]
        ),
        (
            "synthea-2019-r4", "news2",
            [
                "documents 12, unreadable 0, mismatches 0, unasked 2529",
                "applicability: age-under-16 4, applies 7, deceased 1",
                "inputs: spo2Scale 12, systolic 12",
                "rejections: stale 94, status 2",
            ]
        ),
        (
            "synthea-2019-r4", "qsofa",
            [
                "documents 12, unreadable 0, mismatches 0, unasked 2535",
                "applicability: age-under-16 4, applies 7, deceased 1",
                "inputs: systolic 12",
                "rejections: stale 88, status 2",
            ]
        ),
        (
            "synthea-uscore-inferno", "news2",
            [
                "documents 9, unreadable 0, mismatches 0, unasked 2687",
                "applicability: age-under-16 1, applies 7, deceased 1",
                "inputs: onOxygen 2, pulse 1, respiratoryRate 1, spo2Scale 9, "
                    + "systolic 6",
                "rejections: absent 10, duplicate 3, stale 69, superseded 2",
            ]
        ),
        (
            "synthea-uscore-inferno", "qsofa",
            [
                "documents 9, unreadable 0, mismatches 0, unasked 2715",
                "applicability: age-under-16 1, applies 7, deceased 1",
                "inputs: respiratoryRate 2, systolic 8",
                "rejections: absent 2, stale 48",
            ]
        ),
    ]
}

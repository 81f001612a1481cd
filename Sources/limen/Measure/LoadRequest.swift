import Basics
import Crypto
import HTTPMessages
import JSON

/// A `patient-view` request of a stated size for measurements and drills.
struct LoadRequest {
    /// The bytes of the whole HTTP request.
    private(set) var bytes: [UInt8]
    private let hookInstanceOffset: Int

    /// Makes a request with about so many bytes of prefetch.
    ///
    /// The example patient's observations come first; what fills the rest are body weights, which
    /// no input asks for, as in any real chart. A request that asks for an explanation is filled with
    /// heart rates, each of which is explained.
    init(
        prefetchBytes: Int,
        host: String,
        key: String,
        now: Instant,
        patientID: String = ExampleData.patientID,
        explains: Bool = false
    ) throws(CommandError) {
        let marker = UUIDBytes(high: 0x1111_1111_1111_4111, low: 0x8111_1111_1111_1111)
        let body = try Self.body(
            prefetchBytes: prefetchBytes,
            instance: marker,
            now: now,
            patientID: patientID,
            explains: explains
        )
        let request = HTTPRequest(
            method: "POST",
            path: "/cds-services/news2",
            fields: [
                "Content-Type": "application/json", "Authorization": "Bearer " + key,
            ],
            body: body
        )
        bytes = RequestSerializer.bytes(request, host: host)
        guard let offset = Self.find(Array(marker.text.utf8), in: bytes) else {
            throw CommandError(.internalError, "the request for the load holds no hookInstance")
        }
        hookInstanceOffset = offset
    }

    /// Puts a hookInstance into the bytes of this request, in place.
    func put(_ hookInstance: UUIDBytes, into bytes: inout [UInt8]) {
        var position = hookInstanceOffset
        for byte in hookInstance.text.utf8 {
            bytes[position] = byte
            position += 1
        }
    }

    private static func body(
        prefetchBytes: Int,
        instance: UUIDBytes,
        now: Instant,
        patientID: String,
        explains: Bool
    ) throws(CommandError) -> [UInt8] {
        let example = filled(
            ExampleData.bundle(now: now),
            to: prefetchBytes,
            now: now,
            with: explains ? .heartRate : .weight
        )
        let bundle = String(decoding: example, as: UTF8.self)
            .replacing(ExampleData.patientID, with: patientID)
        do {
            let rewriter = try BundleRewriter(JSONDocument(parsing: bundle).root)
            return HookRequestBuilder(
                hook: "patient-view",
                hookInstance: instance,
                templates: ExampleData.templates,
                rewriter: rewriter,
                patientID: patientID,
                replayAt: nil,
                explains: explains
            ).body()
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.internalError, "the bundle for the load is not sound")
        }
    }

    /// What a bundle is filled with.
    private struct Filling {
        let name: String
        let code: String
        let display: String
        /// What stands before and behind a digit that changes.
        let value: String
        let ending: String
        let unit: String
        /// From one to the next, in seconds.
        let stepSeconds: Int64

        /// Nothing asks for it.
        static let weight = Filling(
            name: "weight",
            code: "29463-7",
            display: "Body Weight",
            value: "72.",
            ending: "5",
            unit: "kg",
            stepSeconds: 86_400
        )
        /// An input of NEWS2: each of today's is explained.
        static let heartRate = Filling(
            name: "rate",
            code: "8867-4",
            display: "Heart rate",
            value: "7",
            ending: "",
            unit: "/min",
            stepSeconds: 300
        )
    }

    /// The bundle with more observations until it has the size.
    private static func filled(
        _ bundle: [UInt8],
        to byteCount: Int,
        now: Instant,
        with filling: Filling
    ) -> [UInt8] {
        var bytes = Array(bundle.dropLast("]}".utf8.count))
        var number = 0
        while bytes.count < byteCount {
            let moment = now.advanced(
                byMicroseconds: -Int64(number + 2) * filling.stepSeconds * 1_000_000
            )
            let id = "\(filling.name)-\(number)"
            let entry = """
                ,{"fullUrl":"http://ehr.invalid/fhir/Observation/\(id)",\
                "resource":{"resourceType":"Observation","id":"\(id)",\
                "meta":{"versionId":"1","lastUpdated":"\(moment.text)"},"status":"final",\
                "category":[{"coding":[{\
                "system":"http://terminology.hl7.org/CodeSystem/observation-category",\
                "code":"vital-signs","display":"Vital Signs"}]}],\
                "code":{"coding":[{"system":"http://loinc.org","code":"\(filling.code)",\
                "display":"\(filling.display)"}],"text":"\(filling.display)"},\
                "subject":{"reference":"Patient/\(ExampleData.patientID)"},\
                "effectiveDateTime":"\(moment.text)","issued":"\(moment.text)",\
                "valueQuantity":{"value":\(filling.value)\(number % 10)\(filling.ending),"unit":"\(filling.unit)",\
                "system":"http://unitsofmeasure.org","code":"\(filling.unit)"}}}
                """
            bytes += Array(entry.utf8)
            number += 1
        }
        return bytes + Array("]}".utf8)
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (0...bytes.count - pattern.count).first { start in
            bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }
}

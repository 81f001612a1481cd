import Basics
import Crypto
import JSON

/// A synthetic patient for the first try: all seven NEWS2 inputs in the last hours, one of them in
/// degrees Fahrenheit, and three observations that must be refused.
enum ExampleData {
    /// The service that the example is made for.
    static let serviceID = "news2"

    /// The logical id of the patient.
    static let patientID = "limen-example"

    /// One observation of the example.
    private struct Sample {
        let id: String
        let code: String
        let system: String
        let minutesAgo: Int64
        var status = "final"
        let value: String
    }

    /// A collection Bundle with times just before `now`.
    static func bundle(now: Instant) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 8_192)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "collection")
        writer.name("entry")
        writer.beginArray()
        writer.beginObject()
        writer.name("resource")
        writer.rawValue(
            """
            {"resourceType":"Patient","id":"\(patientID)","gender":"female",\
            "birthDate":"1958-03-14"}
            """.utf8
        )
        writer.endObject()
        for sample in samples { write(sample, now: now, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ sample: Sample, now: Instant, to writer: inout JSONWriter) {
        let moment = now.advanced(byMicroseconds: -sample.minutesAgo * 60_000_000)
        writer.beginObject()
        writer.name("resource")
        writer.beginObject()
        writer.member("resourceType", "Observation")
        writer.member("id", sample.id)
        writer.member("status", sample.status)
        writer.name("code")
        writer.rawValue(
            """
            {"coding":[{"system":"\(sample.system)","code":"\(sample.code)"}]}
            """.utf8
        )
        writer.name("subject")
        writer.rawValue("{\"reference\":\"Patient/\(patientID)\"}".utf8)
        writer.member("effectiveDateTime", moment.text)
        let value = sample.value
        let colon = value.firstIndex(of: ":") ?? value.endIndex
        writer.name(String(value[..<colon]))
        writer.rawValue(value[colon...].dropFirst().utf8)
        writer.endObject()
        writer.endObject()
    }

    private static let loinc = "http://loinc.org"
    private static let snomed = "http://snomed.info/sct"

    private static var samples: [Sample] {
        [
            Sample(
                id: "respiration",
                code: "9279-1",
                system: loinc,
                minutesAgo: 40,
                value: "valueQuantity:" + quantity("22", "/min")
            ),
            Sample(
                id: "saturation",
                code: "59408-5",
                system: loinc,
                minutesAgo: 40,
                value: "valueQuantity:" + quantity("93", "%")
            ),
            Sample(
                id: "oxygen-flow",
                code: "3151-8",
                system: loinc,
                minutesAgo: 40,
                value: "valueQuantity:" + quantity("2", "L/min")
            ),
            Sample(
                id: "blood-pressure",
                code: "85354-9",
                system: loinc,
                minutesAgo: 45,
                value: "component:["
                    + component("8480-6", "98", "mm[Hg]") + ","
                    + component("8462-4", "61", "mm[Hg]") + "]"
            ),
            Sample(
                id: "pulse",
                code: "8867-4",
                system: loinc,
                minutesAgo: 45,
                value: "valueQuantity:" + quantity("112", "/min")
            ),
            Sample(
                id: "temperature",
                code: "8310-5",
                system: loinc,
                minutesAgo: 50,
                value: "valueQuantity:" + quantity("101.3", "[degF]")
            ),
            Sample(
                id: "consciousness",
                code: "1104441000000107",
                system: snomed,
                minutesAgo: 40,
                value: "valueCodeableConcept:{\"coding\":[{\"system\":\"\(snomed)\","
                    + "\"code\":\"248234008\"}]}"
            ),
            Sample(
                id: "glasgow-coma-score",
                code: "9269-2",
                system: loinc,
                minutesAgo: 40,
                value: "valueQuantity:" + quantity("15", "{score}")
            ),
            Sample(
                id: "pulse-earlier",
                code: "8867-4",
                system: loinc,
                minutesAgo: 190,
                value: "valueQuantity:" + quantity("96", "/min")
            ),
            Sample(
                id: "pulse-yesterday",
                code: "8867-4",
                system: loinc,
                minutesAgo: 1_500,
                value: "valueQuantity:" + quantity("88", "/min")
            ),
            Sample(
                id: "temperature-mistaken",
                code: "8310-5",
                system: loinc,
                minutesAgo: 20,
                status: "entered-in-error",
                value: "valueQuantity:" + quantity("31.0", "Cel")
            ),
        ]
    }

    private static func quantity(_ value: String, _ unit: String) -> String {
        """
        {"value":\(value),"unit":"\(unit)","system":"http://unitsofmeasure.org","code":"\(unit)"}
        """
    }

    private static func component(_ code: String, _ value: String, _ unit: String) -> String {
        """
        {"code":{"coding":[{"system":"\(loinc)","code":"\(code)"}]},\
        "valueQuantity":\(quantity(value, unit))}
        """
    }
}

extension ExampleData {
    /// A `patient-view` request with the bundle as its prefetch.
    ///
    /// - Parameters:
    ///   - bundle: the resources.
    ///   - templates: the prefetch of the service, or two of our own.
    /// - Returns: the body.
    /// - Throws: `CommandError` when the bundle is not sound.
    static func request(
        bundle: [UInt8],
        templates: [HookRequestBuilder.Template] = ExampleData.templates
    ) throws(CommandError) -> [UInt8] {
        do {
            let rewriter = try BundleRewriter(JSONDocument(parsing: bundle).root)
            return HookRequestBuilder(
                hook: "patient-view",
                hookInstance: UUIDBytes.version4(),
                templates: templates,
                rewriter: rewriter,
                patientID: patientID,
                replayAt: nil,
                explains: false
            ).body()
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.internalError, "the example bundle is not sound")
        }
    }

    /// The keys that every service of ours has.
    static var templates: [HookRequestBuilder.Template] {
        [
            .init(key: "patient", template: "Patient/{{context.patientId}}"),
            .init(key: "observations", template: "Observation?patient={{context.patientId}}"),
        ]
    }
}

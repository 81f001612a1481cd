import Audit
import Basics
import Crypto
import Foundation
import Gateway
import HTTPMessages
import JSON
import Support
import Telemetry

/// Measures one `respond` of an audited `patient-view`, without network and database.
///
///     swift run -c release PipelineBench [--print | --short]
///
/// The audit sink is in memory, so the figure is what the gateway itself costs. It is processor
/// time, in total and by stage, so that what else the machine does matters little.
let now = Instant(
    date: CivilDate(daysSinceEpoch: 20_577),
    hour: 10,
    minute: 0,
    second: 0,
    microsecond: 0
)

/// What the process has used of all processors so far.
func processorNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The mean of each stage in microseconds, in their order.
func stages(of records: [AuditRecord]) throws -> String {
    var names: [String] = []
    var sums: [String: Int] = [:]
    for record in records {
        let document = try JSONDocument(parsing: record.stageMicroseconds ?? [])
        for (name, value) in document.root.members {
            let stage = name.stringValue ?? ""
            if sums[stage] == nil { names.append(stage) }
            sums[stage, default: 0] += value.integerValue ?? 0
        }
    }
    return names.map { name in
        "\(name) \(Double((sums[name] ?? 0) * 10 / max(1, records.count)) / 10)"
    }.joined(separator: ", ")
}

/// The services of this repository and one client.
func files() throws -> (files: [String: [UInt8]], key: String) {
    var files: [String: [UInt8]] = [:]
    for folder in ["Profiles", "Hooks"] {
        let root = Shared.checkout.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
        for case let name as String in names where name.contains(".") {
            guard !name.contains("cases/") else { continue }
            let url = root.appendingPathComponent(name)
            files[folder + "/" + name] = Array(try Data(contentsOf: url))
        }
    }
    let key = Client.makeKey(
        client: "bench",
        secret: [UInt8](repeating: 7, count: 16),
        salt: [UInt8](repeating: 9, count: 16)
    )
    files["Hooks/clients/bench.json"] = Array(
        #"""
        {"format":"limen-client/1","id":"bench","tenant":"bench",
         "apiKey":{"salt":"\#(key.salt)","sha256":"\#(key.sha256)"}}
        """#.utf8
    )
    return (files, key.key)
}

/// A `patient-view` body of about so many bytes: full sets of vital signs, the newest first.
func body(bytes: Int) -> [UInt8] {
    let vitals = [
        ("9279-1", "16", "/min"), ("59408-5", "95", "%"), ("8480-6", "118", "mm[Hg]"),
        ("8867-4", "95", "/min"), ("8310-5", "101.3", "[degF]"), ("3151-8", "2", "L/min"),
    ]
    var entries: [String] = []
    var size = 400
    var index = 0
    while size < bytes {
        let at = now.advanced(byMicroseconds: Int64(-600 - index * 300) * 1_000_000).text
        let (code, value, unit) = vitals[index % vitals.count]
        let isConsciousness = index % 7 == 6
        let coding =
            isConsciousness
            ? #"{"system":"http://snomed.info/sct","code":"248234008","display":"Mentally alert"}"#
            : #"{"system":"http://loinc.org","code":"\#(code)","display":"Vital sign"}"#
        let quantity =
            isConsciousness
            ? ""
            : #","valueQuantity":{"value":\#(value),"unit":"\#(unit)","system":"http://unitsofmeasure.org","code":"\#(unit)"}"#
        let entry =
            #"{"fullUrl":"https://fhir.example/Observation/o\#(index)","resource":{"resourceType":"Observation","id":"o\#(index)","meta":{"versionId":"1","lastUpdated":"\#(at)"},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[\#(coding)]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"\#(at)"\#(quantity)}}"#
        entries.append(entry)
        size += entry.utf8.count + 1
        index += 1
    }
    let text =
        #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","context":{"userId":"Practitioner/p","patientId":"p1"},"prefetch":{"patient":{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"},"observations":{"resourceType":"Bundle","type":"searchset","entry":[\#(entries.joined(separator: ","))]}}}"#
    return Array(text.utf8)
}

let (configuration, key) = try files()
let sink = InMemoryAuditSink()
let origin = processorNanoseconds()
let gateway = try HookGateway(
    catalogue: Catalogue(files: configuration, now: now),
    configuration: GatewayConfiguration(
        tenantKeys: ["bench": AuthenticationKey([UInt8](repeating: 1, count: 32))],
        systemKey: AuthenticationKey([UInt8](repeating: 2, count: 32)),
        now: { now.advanced(byMicroseconds: (processorNanoseconds() - origin) / 1_000) },
        randomUUID: { UUIDBytes(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }
    ),
    audit: sink,
    registry: MetricsRegistry(),
    log: LogWriter(now: { now }, write: { _ in })
)

let isShort = CommandLine.arguments.contains("--short")
for size in isShort ? [20_000] : [20_000, 200_000] {
    let request = HTTPRequest(
        method: "POST",
        path: "/cds-services/news2",
        fields: ["Content-Type": "application/json", "Authorization": "Bearer " + key],
        body: body(bytes: size)
    )
    if CommandLine.arguments.contains("--print"), size == 20_000 {
        print(String(decoding: await gateway.respond(to: request).body, as: UTF8.self))
    }
    let count = isShort ? 100 : size > 100_000 ? 500 : 3_000
    for _ in 0..<count / 10 { _ = await gateway.respond(to: request) }
    sink.removeAll()
    var status = 0
    let start = processorNanoseconds()
    for _ in 0..<count { status = await gateway.respond(to: request).status }
    let micros = (processorNanoseconds() - start) / 1_000 / Int64(count)
    print(
        "body \(request.body.count) bytes: \(micros) us each, status \(status),",
        "rows \(sink.records.count), stages \(try stages(of: sink.records))"
    )
    sink.removeAll()
}

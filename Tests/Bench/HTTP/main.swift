// Requests per second of the server alone, over loopback, with the generator in the same process:
// GET of a small text and POST of a 20 KB body whose length is answered.
//
//     swift run -c release HTTPBench [milliseconds for each case]

import HTTPClient
import HTTPMessages
import HTTPServer
import Posix

let milliseconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000
Allocator.tune(coreCount: ResourceUsage.coreCount)

let body = Array("Hello, world!\n".utf8)
let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { request in
    if request.method == "POST" {
        return HTTPResponse(
            status: 200,
            fields: ["Content-Type": "text/plain"],
            body: Array("\(request.body.count)\n".utf8)
        )
    }
    return HTTPResponse(status: 200, fields: ["Content-Type": "text/plain"], body: body)
}
let address = SocketAddress(host: "127.0.0.1", port: server.localPort)
let plain = RequestSerializer.bytes(
    HTTPRequest(method: "GET", path: "/plain", fields: ["Accept": "*/*"]),
    host: "127.0.0.1"
)
let posted = RequestSerializer.bytes(
    HTTPRequest(
        method: "POST",
        path: "/count",
        fields: ["Content-Type": "application/json", "Accept": "application/json"],
        body: [UInt8](repeating: 0x20, count: 20_000)
    ),
    host: "127.0.0.1"
)

func fixed(_ value: Double, _ width: Int) -> String {
    let text = String(Int(value.rounded()))
    return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}

print("case            c     rps     p50     p90     p99     max  CPU/request (us)  errors")
for (name, template) in [("GET plain", plain), ("POST 20 KB", posted)] {
    for connectionCount in [1, 16, 64, 256] {
        let before = ResourceUsage.now().processorMicroseconds
        let report = try LoadGenerator.run(
            LoadPlan(
                address: address,
                connectionCount: connectionCount,
                end: .milliseconds(milliseconds)
            ),
            template: template
        )
        let used = ResourceUsage.now().processorMicroseconds - before
        let server = Double(used) - Double(report.generatorNanoseconds) / 1e3
        let each = server / Double(max(1, report.requestCount))
        let generator =
            Double(report.generatorNanoseconds) / 1e3 / Double(max(1, report.requestCount))
        var line = name + String(repeating: " ", count: 12 - name.utf8.count)
        line += fixed(Double(connectionCount), 5) + fixed(report.requestsPerSecond, 8)
        for quantile in [0.5, 0.9, 0.99] {
            line += fixed(report.microseconds(atQuantile: quantile), 8)
        }
        line += fixed(Double(report.latencies.nanosecondsMax) / 1e3, 8)
        line += "  server \(Double((each * 10).rounded()) / 10)"
        line += " generator \(Double((generator * 10).rounded()) / 10)"
        let failures = report.requestCount - (report.statusCounts[200] ?? 0)
        line += "  \(report.errorCount + failures)"
        print(line)
    }
}
/// A client that sends a piece of a head and then nothing: 2,000 of them must not disturb.
final class SilentClient {
    private let client: HTTPClient

    init(_ address: SocketAddress) throws {
        var client = try HTTPClient.connect(address)
        try client.write(Array("GET / HT".utf8))
        self.client = client
    }
}

ResourceUsage.raiseDescriptorLimit()
for count in [0, 2_000] {
    var silent: [SilentClient] = []
    for _ in 0..<count { silent.append(try SilentClient(address)) }
    let plan = LoadPlan(
        address: address,
        connectionCount: 16,
        end: .milliseconds(milliseconds)
    )
    let report = try LoadGenerator.run(plan, template: plain)
    var line = "GET plain, c = 16, beside " + fixed(Double(count), 4) + " silent connections:"
    line += fixed(report.requestsPerSecond, 8) + " rps, p99"
    line += fixed(report.microseconds(atQuantile: 0.99), 6) + " us"
    print(line)
    withExtendedLifetime(silent) {}
}
print("peak RSS \(ResourceUsage.now().residentBytesPeak >> 20) MB")
let drained = await server.drain(withinMilliseconds: 5_000)
print(drained ? "drained" : "cut off")

import Basics
import Gateway
import HTTPMessages
import HTTPServer
import Posix
import Workload

// A server on our HTTP edge that does less than the gateway, to hold the gateway against.
//
//     swift run -c release StandIn foundation|dropping|plain [--port N] [--loops N]
//
// foundation  decodes the call with Foundation and answers a card; nothing is scored or kept
// dropping    the gateway itself, with an audit sink that drops
// plain       answers a word
//
// It prints one line, `URL KEY`, and serves until it is ended.
func option(_ name: String) -> Int? {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return Int(words[place + 1])
}

Signal.ignoreBrokenPipes()
Allocator.tune(coreCount: ResourceUsage.coreCount)
let mode = CommandLine.arguments.dropFirst().first ?? ""
var settings = HTTPServerConfiguration(port: option("--port") ?? 0)
settings.loopCount = option("--loops")
let handler: @Sendable (HTTPRequest) async -> HTTPResponse
var key = "none"
switch mode {
case "foundation":
    handler = { FoundationAnswer.response(to: $0) }
case "dropping":
    let configuration = try MeasuredConfiguration()
    let gateway = try MeasuredGateway.make(configuration, sink: DroppingSink()) { Clock.now() }
    key = configuration.key
    handler = { await gateway.respond(to: $0) }
case "plain":
    let body = Array("Hello, world!\n".utf8)
    handler = { _ in
        HTTPResponse(status: 200, fields: ["Content-Type": "text/plain"], body: body)
    }
default:
    Terminal.writeError("usage: StandIn foundation|dropping|plain [--port N] [--loops N]\n")
    Terminal.exit(2)
}
let signals = try SignalSource.stream(of: [.terminate, .interrupt])
let server = try HTTPServer.start(settings) { await handler($0) }
Terminal.writeOutput("http://127.0.0.1:\(server.localPort) \(key)\n")
for await _ in signals { break }
_ = await server.drain(withinMilliseconds: 1_000)

import Basics
import Foundation
import HTTPClient
import HTTPMessages
import JSON
import Posix
import Support
import Testing

/// The gateway that the test command started: `limen up` with a PostgreSQL of its own.
enum LiveGateway {
    /// Its state folder; absent when the tests were not started by the test command.
    static let state = ProcessInfo.processInfo.environment["LIMEN_TEST_STATE"]
    /// The built program.
    static let program = ProcessInfo.processInfo.environment["LIMEN_PROGRAM"] ?? ""
    /// The sanitizer that watches it (`./limen sanitize`), if any.
    static let sanitizer = ProcessInfo.processInfo.environment["LIMEN_SANITIZER"]
    /// Whether one does, which makes it many times slower.
    static var isWatched: Bool { sanitizer != nil }
    /// Whether there is one.
    static var isPresent: Bool { state != nil }
    /// What to say when there is none.
    static let absence: Comment = "no running gateway: use ./limen test"

    /// The text of a file in the state folder, without its line end.
    static func text(_ name: String) throws -> String {
        let path = try #require(state) + "/" + name
        let bytes = try File.read(path: path, bytesMax: 1 << 20)
        return String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Sends a request to it.
    static func send(
        _ method: String,
        _ path: String,
        body: [UInt8] = [],
        contentType: String? = "application/json",
        key: String? = nil
    ) throws -> HTTPResponse {
        var fields = HTTPFields()
        if let contentType { fields.append("Content-Type", contentType) }
        fields.append("Authorization", "Bearer " + (try key ?? text("demo-client.key")))
        return try HTTPClient.send(
            url: try text("url") + path,
            method: method,
            fields: fields,
            body: body
        )
    }

    /// Posts a body to a service.
    static func post(_ service: String, _ body: String) throws -> HTTPResponse {
        try send("POST", "/cds-services/" + service, body: Array(body.utf8))
    }

    /// How a run of the program ended.
    struct Run {
        let exitCode: Int32
        let output: String
        let error: String
    }

    /// Runs the program as a user would, with the state folder of the running gateway.
    static func run(
        _ arguments: [String],
        input: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment
        variables["LIMEN_HOME"] = Shared.checkout.path
        variables["LIMEN_STATE"] = state
        variables.merge(environment) { $1 }
        process.environment = variables
        let output = Pipe()
        let error = Pipe()
        let inputPipe = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = inputPipe
        try process.run()
        if let input { try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try inputPipe.fileHandleForWriting.close()
        let outputData = try output.fileHandleForReading.readToEnd() ?? Data()
        let errorData = try error.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            exitCode: process.terminationStatus,
            output: String(decoding: outputData, as: UTF8.self),
            error: String(decoding: errorData, as: UTF8.self)
        )
    }

    /// The audit rows of a hookInstance, as `limen audit list` gives them.
    static func rows(hookInstance: String) throws -> [JSONValue] {
        let run = try run(["audit", "list", "--json", "--hook-instance", hookInstance])
        try #require(run.exitCode == 0, "\(run.error)")
        return try run.output.split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
    }
}

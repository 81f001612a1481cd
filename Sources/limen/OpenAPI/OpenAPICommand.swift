import Gateway
import JSON
import Posix

/// `limen openapi [--postman]`: what the gateway answers, as a document or as a collection.
enum OpenAPICommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "openapi")
        try parsed.expectNoWords()
        guard parsed.has("postman") else {
            Terminal.writeOutput(OpenAPIDocument.json + [UInt8(ascii: "\n")])
            return .ok
        }
        guard let document = try? JSONDocument(parsing: OpenAPIDocument.json) else {
            throw CommandError(.internalError, "the description of the interface is no JSON")
        }
        let collection = PostmanCollection(document: document.root)
        Terminal.writeOutput(collection.json + [UInt8(ascii: "\n")])
        return .ok
    }
}

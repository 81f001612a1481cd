import Basics
import CDSHooks
import Crypto
import Gateway
import JOSE
import JSON
import Posix

/// `limen jwt`: why a client's token is taken or refused, and keys and tokens for trials.
enum JWTCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "jwt")
        let words = Array(parsed.words.dropFirst())
        switch parsed.words.first {
        case "explain" where words.count == 1: return try explain(words[0], parsed)
        case "key" where words.count == 1: return try key(words[0], parsed)
        case "sign" where words.isEmpty: return try sign(parsed)
        default:
            throw CommandError(
                .usage,
                "say limen jwt explain TOKEN|-, limen jwt key KID --out FILE, or limen jwt sign"
            )
        }
    }

    // MARK: Explaining

    private static func explain(
        _ word: String,
        _ parsed: Arguments
    ) throws(CommandError) -> ExitCode {
        let now = try moment(parsed)
        let token = try bytes(word)
        let knowledge = try TokenKnowledge.choose(parsed, now: now)
        let printer = TokenPrinter(
            explanation: TokenExplanation(of: token, knowledge.issuer, now: now),
            isActive: knowledge.isActive,
            now: now
        )
        Terminal.writeOutput(parsed.has("json") ? printer.json : printer.text)
        return printer.isRefused ? .findings : .ok
    }

    /// The token of the command line, or of standard input, without the space around it.
    ///
    /// `Authorization: Bearer ` may stand before it, as it is copied from a log.
    private static func bytes(_ word: String) throws(CommandError) -> [UInt8] {
        let text =
            word == "-"
            ? String(decoding: try ConfigurationFiles.input("-"), as: UTF8.self) : word
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let last = words.last, words.count <= 3,
            words.count == 1 || words.contains(where: { $0.lowercased() == "bearer" })
        else { throw CommandError(.usage, "give one token, or - for standard input") }
        return Array(last.utf8)
    }

    private static func moment(_ parsed: Arguments) throws(CommandError) -> Instant {
        guard let text = parsed.value("at") else { return Clock.now() }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandError(.usage, "--at is a moment such as 2027-01-31T12:00:00Z")
        }
        return moment
    }

    // MARK: Signing

    private static func key(_ keyID: String, _ parsed: Arguments) throws(CommandError) -> ExitCode {
        let name = parsed.value("algorithm") ?? JWSAlgorithm.es384.rawValue
        guard let algorithm = JWSAlgorithm(rawValue: name) else {
            let known = JWSAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--algorithm is one of \(known)")
        }
        guard let path = parsed.value("out") else {
            throw CommandError(.usage, "name the file for the private key with --out FILE")
        }
        guard !keyID.isEmpty, keyID.utf8.count <= Limits.keyIDBytesMax else {
            throw CommandError(.usage, "KID is a text of 1 to \(Limits.keyIDBytesMax) bytes")
        }
        guard !File.exists(path: path) else {
            throw CommandError(.badInput, "\(path) is there already; a key is not overwritten")
        }
        let signer = TokenSigner.generate(algorithm, keyID: keyID)
        do throws(SystemError) {
            let text = SigningKeyDocument.text(of: signer) + [UInt8(ascii: "\n")]
            try File.writeAtomically(path: path, text)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be written: \(error.text)")
        }
        Terminal.writeOutput(KeySet([signer.publicKey]).json + [UInt8(ascii: "\n")])
        Terminal.writeError(
            "limen: the private key is in \(path); above is the JWK Set to register\n"
        )
        return .ok
    }

    private static func sign(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        guard let path = parsed.value("key"), let issuer = parsed.value("issuer"),
            !parsed.all("audience").isEmpty
        else {
            throw CommandError(.usage, "say limen jwt sign --key FILE --issuer ISS --audience URL")
        }
        let signer = try SigningKey.read(path, keySetURL: parsed.value("jku"))
        var claims = TokenClaims(
            issuer: issuer,
            audiences: parsed.all("audience"),
            issuedAt: try moment(parsed),
            tokenID: UUIDBytes.version4().text,
            tenant: parsed.value("tenant")
        )
        if let text = parsed.value("lifetime") {
            guard let seconds = Int(text), seconds > 0, seconds <= Limits.tokenLifetimeSecondsMax
            else { throw CommandError(.usage, "--lifetime is a number of seconds up to 3600") }
            claims.lifetimeSeconds = seconds
        }
        Terminal.writeOutput(signer.sign(claims) + "\n")
        return .ok
    }
}

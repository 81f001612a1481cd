import Basics
import Crypto
import Posix

/// Where the keys of a tenant come from: a file that holds them, or one that names a command.
///
///     limen-key-command/1
///     /usr/local/bin/hospital-keys
///     get
///     limen/demo
///
/// A command is run without a shell, with these arguments, an empty standard input and nothing in
/// its environment but `PATH`. It prints a key text (see `TenantKeys`) and exits with 0, within ten
/// seconds and 64 KB. It is asked when the program starts and when it loads its configuration anew.
package struct KeySource: Sendable {
    /// The file.
    package let path: String
    /// The tenant.
    package let tenant: String

    static let commandHeader = Array("limen-key-command/1".utf8)

    /// Names a source.
    package init(path: String, tenant: String) {
        self.path = path
        self.tenant = tenant
    }

    /// Reads the keys, from the file or from the command that it names.
    package func read() throws(VaultError) -> TenantKeys {
        var text = try readFile()
        defer { Secret.wipe(&text) }
        guard let arguments = try Self.command(text) else {
            return try TenantKeys(reading: text, tenant: tenant)
        }
        var answer = try Self.ask(arguments)
        defer { Secret.wipe(&answer) }
        return try TenantKeys(reading: answer, tenant: tenant)
    }

    /// Reads the keys when the file holds them; `nil` when it names a command, which is not run.
    package func readWithoutCommand() throws(VaultError) -> TenantKeys? {
        var text = try readFile()
        defer { Secret.wipe(&text) }
        guard try Self.command(text) == nil else { return nil }
        return try TenantKeys(reading: text, tenant: tenant)
    }

    /// Puts keys into the file, wholly or not at all.
    package func write(_ keys: TenantKeys) throws(VaultError) {
        if File.exists(path: path) {
            var old = try readFile()
            defer { Secret.wipe(&old) }
            guard try Self.command(old) == nil else { throw VaultError(.ownedByCommand) }
        }
        var text = keys.text()
        defer { Secret.wipe(&text) }
        do throws(SystemError) {
            try File.writeAtomically(path: path, text, mode: 0o600)
        } catch {
            throw VaultError(.unreadable)
        }
    }

    private func readFile() throws(VaultError) -> [UInt8] {
        do throws(PrivateFile.Fault) {
            return try PrivateFile.read(path: path, bytesMax: Limits.keyTextBytesMax)
        } catch {
            switch error {
            case .system(let problem):
                throw VaultError(problem.isAbsent ? .keysMissing : .unreadable)
            case .notRegular: throw VaultError(.unreadable)
            case .foreignOwner, .openToOthers: throw VaultError(.openToOthers)
            }
        }
    }

    /// The command that a file names; `nil` when it holds keys.
    static func command(_ text: [UInt8]) throws(VaultError) -> [String]? {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, Array(first) == commandHeader else { return nil }
        lines.removeFirst()
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty else { throw VaultError(.malformed, line: 2) }
        guard lines.count <= Limits.keyCommandArgumentsMax else { throw VaultError(.malformed) }
        // A name without a slash would be looked for in whatever PATH happens to be.
        guard lines[0].first == UInt8(ascii: "/") else { throw VaultError(.malformed, line: 2) }
        guard !text.contains(0) else { throw VaultError(.malformed) }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func ask(_ command: [String]) throws(VaultError) -> [UInt8] {
        let answer: ChildProcess.Answer
        do throws(SystemError) {
            answer = try ChildProcess.ask(
                command[0],
                Array(command.dropFirst()),
                environment: ["PATH=/usr/local/bin:/usr/bin:/bin"],
                bytesMax: Limits.keyTextBytesMax,
                milliseconds: Limits.keyCommandMilliseconds
            )
        } catch {
            throw VaultError(.commandFailed)
        }
        switch answer {
        case .given(let text): return text
        case .failed: throw VaultError(.commandFailed)
        case .late: throw VaultError(.commandLate)
        case .tooLong: throw VaultError(.commandTooLong)
        }
    }
}

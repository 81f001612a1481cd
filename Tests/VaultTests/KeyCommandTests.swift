import Crypto
import Testing

@testable import Vault

@Suite("Keys from a command")
struct KeyCommandTests {
    private static let key = String(repeating: "A", count: 42) + "E"
    private static let answer = "limen-keys/1\\ntenant demo\\nwrapping k1 \(key) current\\n"

    private static func read(_ script: String) throws -> TenantKeys {
        try VaultFixture.withCommand("#!/bin/sh\n" + script) {
            try KeySource(path: $0, tenant: "demo").read()
        }
    }

    @Test("The command's standard output is the key text; its standard error is dropped")
    func answers() throws {
        let keys = try Self.read("echo noise >&2; printf '\(Self.answer)'\n")
        #expect(keys.currentWrapping.name == "k1")
    }

    @Test("Arguments reach the command one by one, whatever stands in them, without a shell")
    func arguments() throws {
        let keys = try Self.read(
            """
            [ "$#" = 2 ] && [ "$1" = get ] && [ "$2" = 'limen/demo; rm -rf $HOME' ] || exit 1
            [ -z "$HOME" ] || exit 1
            printf '\(Self.answer)'
            """
        )
        #expect(keys.wrapping.count == 1)
    }

    @Test("A command that fails gives no keys, even when it has printed some")
    func fails() {
        #expect(throws: VaultError(.commandFailed)) {
            try Self.read("printf '\(Self.answer)'; exit 3\n")
        }
    }

    @Test("A command that says too much is stopped")
    func tooLong() {
        #expect(throws: VaultError(.commandTooLong)) { try Self.read("exec yes limen-keys/1\n") }
    }

    @Test("A command whose answer is no key text gives no keys")
    func malformed() {
        #expect(throws: VaultError(.malformed, line: 1)) { try Self.read("echo hello\n") }
        #expect(throws: VaultError(.malformed, line: 1)) { try Self.read("exit 0\n") }
    }

    @Test(
        "A file that names no absolute program is refused",
        arguments: [
            "limen-key-command/1\n", "limen-key-command/1\n\n", "limen-key-command/1\nkeys\n",
            "limen-key-command/1\n./keys\n",
            "limen-key-command/1\n/bin/true" + String(repeating: "\na", count: 40) + "\n",
        ]
    )
    func files(text: String) throws {
        try VaultFixture.withFile(text) { path in
            #expect { try KeySource(path: path, tenant: "demo").read() } throws: {
                ($0 as? VaultError)?.code == .malformed
            }
        }
    }

    @Test("A program that does not exist gives no keys")
    func missing() throws {
        try VaultFixture.withFile("limen-key-command/1\n/nonexistent/keys\n") { path in
            #expect(throws: VaultError(.commandFailed)) {
                try KeySource(path: path, tenant: "demo").read()
            }
        }
    }

    @Test("Keys of a command cannot be changed here")
    func owned() throws {
        try VaultFixture.withCommand("#!/bin/sh\n") { path in
            let keys = TenantKeys.generate(tenant: "demo", name: "k1")
            #expect(throws: VaultError(.ownedByCommand)) {
                try KeySource(path: path, tenant: "demo").write(keys)
            }
        }
    }
}

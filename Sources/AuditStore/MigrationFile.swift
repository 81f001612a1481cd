import Crypto

/// One file of `Migrations/`: `0002_audit.sql` and its text.
package struct MigrationFile: Sendable, Equatable {
    /// The number at the front of the name.
    package let number: Int
    /// The file's name.
    package let name: String
    /// The SQL.
    package let text: String
    /// The SHA-256 of the file's bytes.
    package let sha256: [UInt8]

    /// Makes a file from its name and bytes.
    ///
    /// - Throws: `migrationNames` for a name that does not begin with four digits and an underscore.
    package init(name: String, bytes: [UInt8]) throws(AuditStoreError) {
        let digits = name.utf8.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard digits.count == 4, let number = Int(Substring(digits)), name.hasSuffix(".sql"),
            name.utf8.dropFirst(4).first == UInt8(ascii: "_"),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw AuditStoreError(code: .migrationNames, subject: name) }
        self.number = number
        self.name = name
        self.text = text
        sha256 = Digest.sha256(bytes)
    }

    /// The SHA-256 as the server's `encode` writes it.
    var hexadecimalDigest: String { Hexadecimal.text(sha256) }

    /// Whether the file must run as a superuser and not as the owner: it makes roles.
    var needsSuperuser: Bool { text.hasPrefix("-- limen: run as superuser\n") }

    /// The files in the order of their numbers, which must be 1, 2, 3 and so on.
    package static func ordered(
        _ files: [MigrationFile]
    ) throws(AuditStoreError) -> [MigrationFile] {
        let sorted = files.sorted { $0.number < $1.number }
        for (index, file) in sorted.enumerated() where file.number != index + 1 {
            throw AuditStoreError(code: .migrationNames, subject: file.name)
        }
        return sorted
    }

    /// One hash over all files, as `audit.health()` computes it from what was applied.
    package static func digest(of files: [MigrationFile]) -> [UInt8] {
        Digest.sha256(files.sorted { $0.number < $1.number }.flatMap(\.sha256))
    }
}

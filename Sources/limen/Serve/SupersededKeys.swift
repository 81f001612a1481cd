import Posix
import Vault

/// Which wrapping keys have successors, as a gateway was told, in the folder of its signing key.
///
///     limen-superseded-keys/1
///     ward 2026-05-02.k7qd
///
/// A gateway that starts while the database is away is not told anew; with this file it does not
/// seal rows under a key that is on its way out, as a copy of an old key file would have it.
struct SupersededKeys: Sendable {
    private let path: String

    private static let header = "limen-superseded-keys/1"
    private static let bytesMax = 1 << 20

    /// The file in the folder of the ledger, whose path is given.
    init(_ folder: String) {
        path = folder + "/superseded-keys"
    }

    /// The keys that are known; none when there is no file yet.
    func read() throws(CommandError) -> [KeyRing.WrappingName] {
        guard File.exists(path: path) else { return [] }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path, bytesMax: Self.bytesMax)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read (\(error.text))")
        }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first == Self.header[...] else { throw fault(1) }
        lines.removeFirst()
        var names: [KeyRing.WrappingName] = []
        for (number, line) in lines.enumerated() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, !words[0].isEmpty, !words[1].isEmpty else {
                throw fault(number + 2)
            }
            names.append(KeyRing.WrappingName(tenant: String(words[0]), name: String(words[1])))
        }
        return names
    }

    private func fault(_ line: Int) -> CommandError {
        CommandError(
            .badInput,
            "\(path) has a fault in line \(line); accepted: the line \(Self.header), then a tenant and "
                + "the name of a wrapping key on each; without the file the gateway is told anew"
        )
    }

    /// Keeps what a gateway was told.
    func keep(_ names: Set<KeyRing.WrappingName>) throws(SystemError) {
        let lines = names.sorted().map { "\($0.tenant) \($0.name)\n" }
        let text = Self.header + "\n" + lines.joined()
        try File.writeAtomically(path: path, Array(text.utf8))
    }

    /// Refuses keys whose current wrapping key has a successor.
    static func check(
        _ keys: [TenantKeys],
        against ring: KeyRing
    ) throws(CommandError) {
        let stale = ring.stale(among: keys)
        guard !stale.isEmpty else { return }
        throw CommandError(
            .badInput,
            "the key files of \(stale.joined(separator: ", ")) are old: every gateway has left the "
                + "wrapping keys that they name as current; put the files of now in their place"
        )
    }
}

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

    /// What the file says.
    struct Content: Equatable {
        /// The keys that are known.
        var names: [KeyRing.WrappingName] = []
        /// The lines that say nothing, from one: without them the gateway is told anew.
        var faultyLines: [Int] = []
    }

    /// The keys that are known; none when there is no file yet.
    ///
    /// A line with a fault is passed over: it stops no start, and takes no other line with it.
    func read() throws(CommandError) -> Content {
        guard File.exists(path: path) else { return Content() }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path, bytesMax: Self.bytesMax)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read (\(error.text))")
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var content = Content()
        for (index, line) in lines.enumerated() {
            if index == 0, line.elementsEqual(Self.header.utf8) { continue }
            let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard index > 0, words.count == 2, !words[0].isEmpty,
                KeyRing.WrappingName.isName(words[1])
            else {
                content.faultyLines.append(index + 1)
                continue
            }
            content.names.append(KeyRing.WrappingName(tenant: words[0], name: words[1]))
        }
        return content
    }

    /// Keeps what a gateway was told.
    func keep(_ names: Set<KeyRing.WrappingName>) throws(SystemError) {
        let lines = names.sorted().map { "\($0.tenant) \($0.name)\n" }
        let text = Self.header + "\n" + lines.joined()
        try File.writeAtomically(path: path, Array(text.utf8))
    }
}

package import Basics
package import Posix
import Synchronization

/// What says outside the folder of the spool which segments hold acknowledged rows.
///
///     .limen/ledger/spooled/<spool>/0000000000000007.mark
///         limen-spool-mark/1 018f0000-0000-7000-8000-000000000000 1777888800000000
///         018f0000-0000-7000-8000-0000000000aa 12
///
/// A row that was acknowledged into the spool is nowhere else until it is in the database. Who
/// removes the folder, or a segment of it, would leave a log that simply ends. So, beside the key
/// that signs the trail, each segment has a mark with its session, its time, and the first row of
/// each log in it. It is durable before the first group of that log is written, and its end is
/// durable before the segment is removed: a mark without its segment is a loss. That is one durable
/// file for each segment and log, and nothing for each row.
package final class SpoolMarks: Sendable {
    /// The first row of a log in a segment.
    package struct Head: Equatable, Hashable, Sendable {
        /// The log.
        package let log: UUIDBytes
        /// The number of the row there, when it is known.
        package let firstRow: Int64?

        /// Names a row.
        package init(log: UUIDBytes, firstRow: Int64?) {
            self.log = log
            self.firstRow = firstRow
        }
    }

    /// What became of the segment of a mark that was there no more.
    private enum Fate: String, CaseIterable {
        /// It is gone, and no row of the trail says so yet.
        case lost
        /// It is gone, and a row of the trail says so.
        case told
        /// It was gone, and has come back; no row of the trail says so yet.
        case found
    }

    private struct Mark {
        var session: UUIDBytes?
        var heads: [Head]
    }

    private struct State {
        var session = UUIDBytes(high: 0, low: 0)
        /// The marks of segments that are there.
        var marks: [UInt64: Mark] = [:]
        /// The marks of others, by the names of their files without the ending.
        var lost: [String: Mark] = [:]
        var told: [String: Mark] = [:]
        var found: [String: Mark] = [:]
    }

    private static let format = "limen-spool-mark/1"
    private static let ending = ".mark"

    private let folder: String
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())

    /// Takes a folder, which is made when it is missing.
    ///
    /// - Throws: `SystemError` when it cannot be made.
    package init(
        folder: String,
        now: @escaping @Sendable () -> Instant = { Clock.now() }
    ) throws(SystemError) {
        self.folder = folder
        self.now = now
        try Folder.create(path: folder)
    }

    // MARK: For the spool

    /// Holds the marks against the segments that are there, before anything is written.
    ///
    /// A segment is the one of its mark when its session is: another installation of the folder
    /// begins to count anew.
    package func settle(on disk: FolderDisk, session: UUIDBytes) throws(SystemError) {
        var settled = State(session: session)
        let present = try Self.segments(on: disk)
        var isChanged = false
        let names = try Folder.names(path: folder).sorted()
        // Those in force first: what comes back takes the name of its segment.
        for name in names where name.hasSuffix(Self.ending) {
            let stem = String(name.dropLast(Self.ending.utf8.count))
            guard let number = UInt64(stem, radix: 16) else { continue }
            let mark = read(name)
            if Self.isThere(mark, present[number]) {
                settled.marks[number] = mark
            } else {
                let place = stem + "-" + (mark.session ?? session).text
                try File.move(from: path(name), to: path(place, .lost))
                settled.lost[place] = mark
                isChanged = true
            }
        }
        for name in names {
            // What a crash has left of a file that was on its way.
            if name.hasSuffix(".part") { try? File.remove(path: path(name)) }
            let fate = Fate.allCases.first { name.hasSuffix("." + $0.rawValue) }
            guard let fate else { continue }
            let stem = String(name.dropLast(fate.rawValue.utf8.count + 1))
            let mark = read(name)
            let number = UInt64(stem.prefix { $0 != "-" }, radix: 16)
            let isBack = number.map { Self.isThere(mark, present[$0]) } ?? false
            switch (fate, isBack) {
            case (.lost, false): settled.lost[stem] = mark
            case (.told, false): settled.told[stem] = mark
            case (.found, _): settled.found[stem] = mark
            case (.lost, true), (.told, true):
                guard let number else { continue }
                try File.writeAtomically(path: path(Self.name(number)), Self.text(mark, now()))
                settled.marks[number] = mark
                if fate == .told {
                    try File.move(from: path(name), to: path(stem, .found))
                    settled.found[stem] = mark
                } else {
                    // What no row tells of is as if it had never been away.
                    try File.remove(path: path(name))
                }
                isChanged = true
            }
        }
        if isChanged { try PlacedFile.synchronizeFolder(path: folder) }
        let outcome = settled
        state.withLock { $0 = outcome }
    }

    /// A group with these entries is about to be written to a segment.
    func hold(_ entries: [SpoolEntry], in segment: UInt64) throws(SystemError) {
        let mark = state.withLock { state -> Mark? in
            var mark = state.marks[segment] ?? Mark(session: state.session, heads: [])
            let known = mark.heads.count
            for entry in entries where !mark.heads.contains(where: { $0.log == entry.log }) {
                mark.heads.append(Head(log: entry.log, firstRow: entry.firstRow))
            }
            return mark.heads.count > known ? mark : nil
        }
        guard let mark else { return }
        try File.writeAtomically(path: path(Self.name(segment)), Self.text(mark, now()))
        state.withLock { $0.marks[segment] = mark }
    }

    /// A segment is about to be removed: everything in it is settled.
    func forget(_ segment: UInt64) throws(SystemError) {
        guard state.withLock({ $0.marks[segment] }) != nil else { return }
        try File.remove(path: path(Self.name(segment)))
        try PlacedFile.synchronizeFolder(path: folder)
        state.withLock { $0.marks[segment] = nil }
    }

    // MARK: For the trail

    /// How many segments with acknowledged rows are gone.
    package var lostSegmentCount: Int { state.withLock { $0.lost.count + $0.told.count } }

    /// The first rows of each log and segment that are lost, of which no row of the trail tells yet; `nil` when
    /// there is nothing to be told.
    package var untold: [Head]? {
        state.withLock { $0.lost.isEmpty ? nil : Self.heads(Array($0.lost.values)) }
    }

    /// The first rows of each log and segment that were lost and have come back, as far as no row tells it yet.
    package var untoldFound: [Head]? {
        state.withLock { $0.found.isEmpty ? nil : Self.heads(Array($0.found.values)) }
    }

    /// A row of the trail tells of what is lost, or of what has come back.
    package func told(isFound: Bool) throws(SystemError) {
        let names = state.withLock { Array(isFound ? $0.found.keys : $0.lost.keys) }
        for name in names {
            if isFound {
                try File.remove(path: path(name, .found))
            } else {
                try File.move(from: path(name, .lost), to: path(name, .told))
            }
        }
        try PlacedFile.synchronizeFolder(path: folder)
        state.withLock { state in
            for name in names {
                if isFound {
                    state.found[name] = nil
                } else {
                    state.told[name] = state.lost.removeValue(forKey: name)
                }
            }
        }
    }

    /// How many segments are marked in a folder, for a start that uses no spool.
    package static func count(folder: String) -> Int {
        ((try? Folder.names(path: folder)) ?? []).count { $0.hasSuffix(ending) }
    }

    private static func heads(_ marks: [Mark]) -> [Head] {
        // A mark that cannot be read stands for rows of a log that nobody knows.
        let unknown = Head(log: UUIDBytes(high: 0, low: 0), firstRow: nil)
        let all = Set(marks.flatMap { $0.heads.isEmpty ? [unknown] : $0.heads })
        return all.sorted { ($0.log.text, $0.firstRow ?? 0) < ($1.log.text, $1.firstRow ?? 0) }
    }

    // MARK: Files

    private static func name(_ segment: UInt64) -> String {
        let digits = String(segment, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits + ending
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func path(_ stem: String, _ fate: Fate) -> String {
        path(stem + "." + fate.rawValue)
    }

    /// The sessions of the segments by their numbers; a header that cannot be read has none.
    private static func segments(on disk: FolderDisk) throws(SystemError) -> [UInt64: UUIDBytes?] {
        var found: [UInt64: UUIDBytes?] = [:]
        for name in try disk.names() {
            guard let number = SpoolNames.number(of: name) else { continue }
            let block = try? disk.read(name, at: 0, count: Limits.spoolHeaderBytesMax)
            var session: UUIDBytes?
            if let block, case .header(let header) = SegmentHeader.read(block) {
                session = header.session
            }
            found.updateValue(session, forKey: number)
        }
        return found
    }

    /// Whether the segment of a mark is there; one that cannot be read is named by the survey.
    private static func isThere(_ mark: Mark, _ found: UUIDBytes??) -> Bool {
        guard let found else { return false }
        guard let session = found, let wanted = mark.session else { return true }
        return session == wanted
    }

    private static func text(_ mark: Mark, _ now: Instant) -> [UInt8] {
        let session = mark.session?.text ?? "-"
        var text = "\(format) \(session) \(now.microseconds)\n"
        for head in mark.heads {
            text += head.log.text + " " + (head.firstRow.map { String($0) } ?? "-") + "\n"
        }
        return Array(text.utf8)
    }

    /// Reads a mark; one that cannot be read says only that there was a segment.
    private func read(_ name: String) -> Mark {
        let bytes = try? File.read(path: path(name), bytesMax: Limits.spoolMarkBytesMax)
        let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
        let head = lines.first?.split(separator: " ") ?? []
        guard head.count == 3, head[0] == Self.format else { return Mark(session: nil, heads: []) }
        var mark = Mark(session: UUIDBytes(text: String(head[1])), heads: [])
        for line in lines.dropFirst() {
            let words = line.split(separator: " ")
            guard words.count == 2, let log = UUIDBytes(text: String(words[0])) else { continue }
            mark.heads.append(Head(log: log, firstRow: Int64(words[1])))
        }
        return mark
    }
}

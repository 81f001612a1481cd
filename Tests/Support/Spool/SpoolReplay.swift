import Basics
import Spool

/// What a replay sees of a spool, without threads.
struct SpoolReplay {
    private var backlog = SpoolBacklog()

    init() {}

    init(_ survey: SpoolSurvey) {
        backlog = SpoolBacklog(survey)
    }

    mutating func append(
        _ entries: [SpoolEntry],
        at place: SpoolWriter.Place,
        header: SegmentHeader
    ) {
        let byteCount = entries.reduce(0) { $0 + SpoolWriter.byteCount(of: $1) }
        backlog.append(entries, byteCount: byteCount, at: place, header: header)
    }

    /// The oldest entries with the numbers they carry; a session with a damaged record is left.
    mutating func next(
        _ count: Int,
        from disk: SimulatedDisk,
        _ identity: SpoolIdentity
    ) -> [(id: UInt64, entry: SpooledEntry)] {
        let reader = SpoolReader(disk: disk, identity: identity)
        while let front = backlog.front {
            do throws(SpoolError) {
                let entries = try reader.read(front, entryCountMax: count)
                return entries.map { entry in
                    (entry.entry.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, entry)
                }
            } catch {
                guard let segment = error.finding?.segment else { return [] }
                backlog.holdSession(of: segment)
            }
        }
        return []
    }

    mutating func settle(_ entry: SpooledEntry) {
        backlog.settle(entry)
    }

    mutating func removable(current: UInt64?) -> [SpoolBacklog.Segment] {
        backlog.takeRemovable(current: backlog.isRead ? nil : current)
    }
}

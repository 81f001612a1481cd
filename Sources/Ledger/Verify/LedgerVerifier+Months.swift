import Basics

/// A month whose rows were dropped, while its rows are counted in the batches that stay.
struct DroppedMonth {
    let stone: TreeEntry.Tombstone
    let content: TreeEntry.Content
    var digest = MonthDigest()
    /// Whether a batch of its rows is missing or not as it was signed, which is named there.
    var isPassedOver = false
}

/// A run of rows of a log that a tombstone stands for.
struct DroppedPlaces {
    let first: Int64
    let last: Int64
    /// Which of the dropped months.
    let month: Int
}

extension LedgerVerifier {
    // MARK: Tombstones

    /// Takes a tombstone: one that counts excuses the rows that it names, and no others.
    ///
    /// It counts when its table is that of its month, the month was over for long enough, its own
    /// time has come, and a checkpoint that holds it was signed. One that was left within the last
    /// minutes may still be on its way to the sequencer: it counts, and the report says so.
    private mutating func take(_ stone: TreeEntry.Tombstone, isSigned: Bool) {
        let name = "the tombstone of \(stone.relation)"
        guard tombstones.insert(stone.relation).inserted else {
            find(.inserted, nil, "\(name) stands twice")
            return
        }
        let first = stone.content.flatMap { Self.firstRow(of: $0) }
        guard stone.relation == Self.relation(Int(stone.month) / 100, Int(stone.month) % 100) else {
            find(.edited, first, "\(name) names another month than that of its table")
            return
        }
        let end = Self.end(ofMonth: stone.month, yearsLater: Limits.auditKeptYears)
        guard let end, stone.at >= end else {
            find(.deleted, first, "\(name) was left before the time of its rows was over")
            return
        }
        if let now = knowledge.now,
            stone.at.microseconds(since: now) > Limits.ledgerClockStepMicrosecondsMax
        {
            find(.deleted, first, "\(name) was left at a time that has not come")
            return
        }
        if !isSigned {
            let moment = knowledge.now ?? lastHeartbeat ?? stone.at
            guard moment.microseconds(since: stone.at) <= Limits.ledgerFoldMicrosecondsMax else {
                find(.unfolded, first, "\(name) is in no signed checkpoint: it excuses no row")
                return
            }
            report.notes.append(
                "\(name) is not signed yet: verify again when the sequencer has signed the tree"
            )
        }
        guard let content = stone.content else {
            droppedWhole.insert(stone.relation)
            return
        }
        let number = droppedMonths.count
        droppedMonths.append(DroppedMonth(stone: stone, content: content))
        for places in content.places {
            droppedPlaces[places.logID, default: []].append(
                DroppedPlaces(first: places.first, last: places.last, month: number)
            )
        }
    }

    /// Takes the tombstones, and holds what the database says of dropped months against the tree.
    mutating func verifyDropped() throws(Source.Failure) {
        for (stone, position) in tombstonesOfTree { take(stone, isSigned: position < signedSize) }
        let inTree = Dictionary(
            tombstonesOfTree.map { ($0.stone.relation, $0.stone) },
            uniquingKeysWith: { first, _ in first }
        )
        let stored = try source.droppedMonths()
        for stone in stored {
            guard let leaf = inTree[stone.relation] else {
                take(stone, isSigned: false)
                continue
            }
            guard leaf != stone else { continue }
            find(
                .edited,
                leaf.content.flatMap { Self.firstRow(of: $0) },
                "what the database says of the dropped \(stone.relation) is not what its tombstone "
                    + "in the tree says"
            )
        }
        guard knowledge.since == nil else { return }
        let names = Set(stored.map(\.relation))
        for relation in tombstones.subtracting(names).sorted() {
            find(.deleted, nil, "the record of the dropped \(relation) is not there")
        }
    }

    /// The runs of a log that tombstones stand for, in order.
    func places(of logID: UUIDBytes) -> [DroppedPlaces] {
        (droppedPlaces[logID] ?? []).sorted { $0.first < $1.first }
    }

    /// The month with which a row was dropped, as a tombstone says; counts the row there.
    mutating func dropped(
        _ sequence: Int64,
        _ wanted: MerkleHash,
        _ batch: StoredBatch,
        _ log: inout Log
    ) -> Bool {
        while let next = log.dropped.first, next.last < sequence {
            log.dropped = log.dropped.dropFirst()
        }
        guard let places = log.dropped.first, places.first <= sequence else { return false }
        droppedMonths[places.month].digest.add(wanted, log.genesis.logID, sequence)
        return isOfMonth(droppedMonths[places.month].stone.month, batch, log)
    }

    /// Notes that rows go by without a batch that is as it was signed: no tombstone can be held
    /// against them.
    mutating func passOver(_ rows: Range<Int64>, _ log: Log) {
        for places in droppedPlaces[log.genesis.logID] ?? []
        where places.first < rows.upperBound && places.last >= rows.lowerBound {
            droppedMonths[places.month].isPassedOver = true
        }
    }

    /// Whether a row of a batch can lie in a month: its request began in that of its batch or in the
    /// one before; what was adopted, at any time before.
    private func isOfMonth(_ month: Int32, _ batch: StoredBatch, _ log: Log) -> Bool {
        guard let begin = Self.end(ofMonth: month, monthsLater: -1),
            let end = Self.end(ofMonth: month, monthsLater: 1)
        else { return false }
        if batch.stampedAt < begin { return false }
        return log.genesis.kind == .adoption || batch.stampedAt < end
    }

    /// Holds each tombstone against the rows that were counted in the batches.
    mutating func verifyTombstones() {
        guard knowledge.since == nil else { return }
        for number in droppedMonths.indices where !droppedMonths[number].isPassedOver {
            let month = droppedMonths[number]
            let first = Self.firstRow(of: month.content)
            let counted = month.digest.count
            let name = "the tombstone of \(month.stone.relation)"
            if counted != month.content.rowCount {
                find(
                    .edited,
                    first,
                    "\(name) says \(month.content.rowCount) rows, and the batches have \(counted)"
                )
            } else if droppedMonths[number].digest.finish() != month.content.leafDigest {
                find(
                    .edited,
                    first,
                    "\(name) has another digest than the rows of its places in the batches"
                )
            }
        }
    }

    private static func firstRow(of content: TreeEntry.Content) -> RowName? {
        content.places.first.map { RowName(logID: $0.logID, sequence: $0.first) }
    }

    // MARK: Tables

    /// The sentence for rows that are missing because their table was dropped without a word.
    func lostTable(_ stampedAt: Instant?) -> String? {
        guard let relations, let stampedAt else { return nil }
        let date = stampedAt.date
        let name = Self.relation(date.year, date.month)
        guard !relations.contains(name), !tombstones.contains(name) else { return nil }
        return "there is no table \(name), and no tombstone stands for it"
    }

    // MARK: Months

    static func relation(_ year: Int, _ month: Int) -> String {
        "event_" + padded(year, 4) + padded(month, 2)
    }

    /// The end of a month such as 202611, or of one some months or years later.
    private static func end(
        ofMonth month: Int32,
        yearsLater years: Int = 0,
        monthsLater months: Int = 0
    ) -> Instant? {
        let number = Int(month) / 100 * 12 + Int(month) % 100 + months
        let date = CivilDate(year: number / 12 + years, month: number % 12 + 1, day: 1)
        return date.map { Instant(microseconds: Int64($0.daysSinceEpoch) * 86_400_000_000) }
    }
}

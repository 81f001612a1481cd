import Audit
package import Basics
package import Ledger
package import PostgreSQL

/// Reads the tables of a trail for the verifier, page by page, all as of one moment.
///
/// It needs the role `limen_verifier` and writes nothing. One transaction sees one state, so a
/// gateway may go on writing meanwhile.
package final class PostgreSQLLedgerSource: LedgerSource {
    /// What can go wrong while reading.
    package typealias Failure = PostgreSQLError

    private let connection: Connection
    private let since: Instant
    private var entries = LedgerPage<StoredEntry>()
    private var checkpoints = LedgerPage<StoredCheckpoint>()
    private var logs = LedgerPage<SignedGenesis>()
    private var batches = LedgerPage<StoredBatch>()
    private var rows = LedgerPage<StoredRow>()
    private var strays = LedgerPage<StrayRow>()
    private var waiting = LedgerPage<WaitingRow>()
    private var lastArrival: Int64 = -1
    private var log: LogGenesis?
    private var firstSequence: Int64 = 0
    private var rowKey: (sequence: Int64, eventID: UUIDBytes) = (-1, UUIDBytes(high: 0, low: 0))

    /// Connects and fixes the moment; batches that were written before `since` are not read.
    package init(
        _ settings: ConnectionSettings,
        since: Instant? = nil
    ) throws(PostgreSQLError) {
        connection = try Connection.open(settings)
        self.since = since ?? Instant(microseconds: -60_000_000_000_000_000)
        _ = try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// The next leaf.
    package func nextEntry() throws(PostgreSQLError) -> StoredEntry? {
        if let next = entries.take() { return next }
        guard !entries.isOver else { return nil }
        var key = Parameters()
        key.add(int64: entries.last.map { Int64(clamping: $0.position) } ?? -1)
        let found = try connection.execute(LedgerStatements.entries, key)
        var page: [StoredEntry] = []
        for row in 0..<found.rowCount {
            page.append(
                StoredEntry(
                    position: UInt64(clamping: try Self.number(found, row, 0)),
                    entry: found.bytes(row, 1) ?? [],
                    batch: try Self.batch(found, row)
                )
            )
        }
        entries.fill(page, of: 1_000)
        return entries.take()
    }

    /// The next checkpoint.
    package func nextCheckpoint() throws(PostgreSQLError) -> StoredCheckpoint? {
        if let next = checkpoints.take() { return next }
        guard !checkpoints.isOver else { return nil }
        var key = Parameters()
        key.add(int64: checkpoints.last.map { Int64(clamping: $0.size) } ?? 0)
        let found = try connection.execute(LedgerStatements.checkpoints, key)
        var page: [StoredCheckpoint] = []
        for row in 0..<found.rowCount {
            page.append(
                StoredCheckpoint(
                    size: UInt64(clamping: try Self.number(found, row, 0)),
                    note: found.bytes(row, 1) ?? []
                )
            )
        }
        checkpoints.fill(page, of: 1_000)
        return checkpoints.take()
    }

    /// The next log.
    package func nextLog() throws(PostgreSQLError) -> SignedGenesis? {
        if logs.isEmpty, !logs.isOver {
            var key = Parameters()
            key.add(
                instant: logs.last?.genesis.openedAt
                    ?? Instant(microseconds: -60_000_000_000_000_000)
            )
            key.add(uuid: logs.last?.genesis.logID ?? UUIDBytes(high: 0, low: 0))
            let found = try connection.execute(LedgerStatements.logs, key)
            var page: [SignedGenesis] = []
            for row in 0..<found.rowCount { page.append(try LedgerReader.genesis(found, row)) }
            logs.fill(page, of: 400)
        }
        guard let next = logs.take() else { return nil }
        log = next.genesis
        batches = LedgerPage()
        rows = LedgerPage()
        try fillBatches()
        if let first = batches.first {
            firstSequence = first.firstSequence
        } else {
            firstSequence = try behindLastBatch(of: next.genesis.logID)
        }
        rowKey = (firstSequence - 1, UUIDBytes(high: .max, low: .max))
        return next
    }

    /// The next batch.
    package func nextBatch() throws(PostgreSQLError) -> StoredBatch? {
        if batches.isEmpty, !batches.isOver { try fillBatches() }
        return batches.take()
    }

    /// Where the rows begin of a log whose batches were all written before the moment.
    private func behindLastBatch(of logID: UUIDBytes) throws(PostgreSQLError) -> Int64 {
        var key = Parameters()
        key.add(uuid: logID)
        let found = try connection.execute(LedgerStatements.lastSequence, key)
        return try found.integer(0, 0).map { Int64($0) + 1 } ?? 0
    }

    private func fillBatches() throws(PostgreSQLError) {
        var key = Parameters()
        key.add(uuid: log?.logID)
        key.add(int64: batches.last?.firstSequence ?? -1)
        key.add(instant: since)
        let found = try connection.execute(LedgerStatements.batches, key)
        var page: [StoredBatch] = []
        for row in 0..<found.rowCount {
            guard let stampedAt = try found.instant(row, 2),
                let recordedAt = try found.instant(row, 7)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            page.append(
                StoredBatch(
                    firstSequence: try Self.number(found, row, 0),
                    lastSequence: try Self.number(found, row, 1),
                    stampedAt: stampedAt,
                    previous: found.bytes(row, 3) ?? [],
                    leafHashes: found.bytes(row, 4) ?? [],
                    root: found.bytes(row, 5) ?? [],
                    signature: found.bytes(row, 6) ?? [],
                    recordedAt: recordedAt,
                    position: try found.integer(row, 8).map { UInt64(clamping: $0) }
                )
            )
        }
        batches.fill(page, of: 400)
    }

    /// The next row.
    package func nextRow() throws(PostgreSQLError) -> StoredRow? {
        if rows.isEmpty, !rows.isOver {
            switch log?.kind {
            case .writer: try fillRows()
            case .adoption: try fillAdopted()
            case nil: return nil
            }
        }
        return rows.take()
    }

    private func fillRows() throws(PostgreSQLError) {
        var key = Parameters()
        key.add(uuid: log?.logID)
        key.add(int64: rowKey.sequence)
        key.add(uuid: rowKey.eventID)
        let found = try connection.execute(LedgerStatements.rows, key)
        let contents = try contents(of: found)
        var page: [StoredRow] = []
        for (row, content) in contents.enumerated() {
            guard let recordedAt = try found.instant(row, 53),
                let eventID = try found.uuid(row, 2)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            var stored = StoredRow(
                sequence: try Self.number(found, row, 51),
                leafHash: found.bytes(row, 52) ?? [],
                recordedAt: recordedAt,
                relation: try found.text(row, 54),
                row: content
            )
            if content == nil { stored.unreadable = try Self.name(found, row) }
            page.append(stored)
            rowKey = (stored.sequence, eventID)
        }
        rows.fill(page, of: 400)
    }

    private func fillAdopted() throws(PostgreSQLError) {
        var key = Parameters()
        key.add(uuid: log?.logID)
        key.add(int64: rowKey.sequence)
        let found = try connection.execute(LedgerStatements.adoptedRows, key)
        let contents = try contents(of: found)
        var page: [StoredRow] = []
        for (row, content) in contents.enumerated() {
            var stored = StoredRow(
                sequence: try Self.number(found, row, 51),
                leafHash: found.bytes(row, 52) ?? [],
                recordedAt: try found.instant(row, 53) ?? Instant(microseconds: 0),
                relation: try found.text(row, 54),
                row: content
            )
            if content == nil, found.bytes(row, 0) != nil {
                stored.unreadable = try Self.name(found, row)
            }
            page.append(stored)
        }
        if let last = page.last { rowKey.sequence = last.sequence }
        rows.fill(page, of: 400)
    }

    /// The rows of a page with their cards and feedback; `nil` for one that is not there, or that
    /// cannot be read, which ends nothing: the verifier names it and goes on.
    private func contents(
        of found: borrowing QueryResult
    ) throws(PostgreSQLError) -> [AuditRow?] {
        var contents = [AuditRow?](repeating: nil, count: found.rowCount)
        var read: [AuditRow] = []
        var places: [Int] = []
        for row in 0..<found.rowCount where found.bytes(row, 0) != nil {
            do throws(PostgreSQLError) {
                read.append(try RowReader.row(found, row))
                places.append(row)
            } catch {
                guard error.code == .unexpectedResult else { throw error }
            }
        }
        var whole = read
        do throws(PostgreSQLError) {
            try RowReader.addParts(to: &whole, on: connection)
            for (place, content) in zip(places, whole) { contents[place] = content }
            return contents
        } catch {
            guard error.code == .unexpectedResult, !connection.isBroken else { throw error }
        }
        // The parts of one of them are at fault: each is read alone, so that it is known which.
        for (place, row) in zip(places, read) {
            var alone = [row]
            do throws(PostgreSQLError) {
                try RowReader.addParts(to: &alone, on: connection)
                contents[place] = alone.first
            } catch {
                guard error.code == .unexpectedResult, !connection.isBroken else { throw error }
            }
        }
        return contents
    }

    private static func name(
        _ found: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> RowName {
        RowName(
            logID: nil,
            sequence: nil,
            tenant: try found.text(row, 0),
            eventID: try found.uuid(row, 2)
        )
    }

    /// The next row that belongs to nothing; a hundred at most.
    package func nextStray() throws(PostgreSQLError) -> StrayRow? {
        if strays.isEmpty, !strays.isOver {
            let found = try connection.execute(
                LedgerStatements.strays,
                timeoutMilliseconds: 3_600_000
            )
            var page: [StrayRow] = []
            for row in 0..<found.rowCount {
                guard let kind = StrayRow.Kind(rawValue: Int(try Self.number(found, row, 0))) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
                let name = RowName(
                    logID: try found.uuid(row, 4),
                    sequence: try found.integer(row, 5).map { Int64($0) },
                    tenant: try found.text(row, 1),
                    eventID: kind == .batch ? nil : try found.uuid(row, 3)
                )
                page.append(StrayRow(kind: kind, name: name))
            }
            // All that are shown came at once.
            strays.fill(page, of: .max)
        }
        return strays.take()
    }

    /// The next row that waits for a place.
    package func nextWaiting() throws(PostgreSQLError) -> WaitingRow? {
        while waiting.isEmpty, !waiting.isOver {
            var key = Parameters()
            key.add(int64: lastArrival)
            let found = try connection.execute(LedgerStatements.waitingRows, key)
            guard found.rowCount > 0 else { return nil }
            var page: [WaitingRow] = []
            for row in 0..<found.rowCount {
                lastArrival = try Self.number(found, row, 0)
                // A row that has its place since, or is gone, does not wait.
                guard let kind = try found.text(row, 3), let recordedAt = try found.instant(row, 4)
                else { continue }
                let name = RowName(
                    logID: nil,
                    sequence: nil,
                    tenant: try found.text(row, 1),
                    eventID: try found.uuid(row, 2)
                )
                page.append(WaitingRow(name: name, kind: kind, recordedAt: recordedAt))
            }
            guard !page.isEmpty else { continue }
            waiting.fill(page, of: page.count)
        }
        return waiting.take()
    }

    /// The rows whose key is gone without a record.
    package func lostKeys() throws(PostgreSQLError) -> LostKeys? {
        var tenant = Parameters()
        tenant.add(text: nil)
        let found = try connection.execute(
            LedgerStatements.lostKeys,
            tenant,
            timeoutMilliseconds: 3_600_000
        )
        guard found.rowCount > 0 else { return nil }
        return LostKeys(
            rowCount: Int(try Self.number(found, 0, 0)),
            first: RowName(
                logID: try found.uuid(0, 3),
                sequence: try found.integer(0, 4).map { Int64($0) },
                tenant: try found.text(0, 1),
                eventID: try found.uuid(0, 2)
            )
        )
    }

    /// The tenants.
    package func tenants() throws(PostgreSQLError) -> [String] {
        let found = try connection.execute(LedgerStatements.tenants)
        var tenants: [String] = []
        for row in 0..<found.rowCount {
            if let tenant = try found.text(row, 0) { tenants.append(tenant) }
        }
        return tenants
    }

    /// What is on record of dropped tables of events.
    package func droppedMonths() throws(PostgreSQLError) -> [TreeEntry.Tombstone] {
        var stones: [TreeEntry.Tombstone] = []
        var last = (month: "0001-01-01", relation: "")
        while true {
            var key = Parameters()
            key.add(text: last.month)
            key.add(text: last.relation)
            let found = try connection.execute(LedgerStatements.dropped, key)
            for row in 0..<found.rowCount {
                let stone = try LedgerReader.tombstone(found, row)
                stones.append(stone)
                last = (try found.text(row, 6) ?? last.month, stone.relation)
            }
            guard found.rowCount > 0 else { return stones }
        }
    }

    /// The tables of events.
    package func relations() throws(PostgreSQLError) -> Set<String>? {
        let found = try connection.execute(LedgerStatements.relations)
        var names: Set<String> = []
        for row in 0..<found.rowCount {
            if let name = try found.text(row, 0) { names.insert(name) }
        }
        return names
    }

    private static func number(
        _ found: borrowing QueryResult,
        _ row: Int,
        _ column: Int
    ) throws(PostgreSQLError) -> Int64 {
        guard let number = try found.integer(row, column) else {
            throw PostgreSQLError(code: .unexpectedResult)
        }
        return Int64(number)
    }

    private static func batch(
        _ found: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> TreeEntry.Batch? {
        guard let logID = try found.uuid(row, 2), let first = try found.integer(row, 3),
            let last = try found.integer(row, 4), let bytes = found.bytes(row, 5),
            let root = MerkleHash(bytes), let recordedAt = try found.instant(row, 6)
        else { return nil }
        return TreeEntry.Batch(
            logID: logID,
            firstSequence: Int64(first),
            lastSequence: Int64(last),
            root: root,
            recordedAt: recordedAt
        )
    }
}

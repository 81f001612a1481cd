package import Spool

/// What the writers do with the local spool, for the log.
package enum SpoolEvent: Equatable, Sendable {
    /// The database is away: batches go to the spool.
    case began
    /// Everything that was spooled is in the database.
    case drained(rowCount: Int)
    /// Everything that was spooled is in the database, except entries that it refuses or that are
    /// damaged, with what follows them.
    case drainedExceptHeld(rowCount: Int, heldEntryCount: Int)
    /// The spool takes no batch; callers are told that their rows are not durable.
    case refused(SpoolError)
    /// The database refuses an entry that was acknowledged: it stays, with what follows in its log.
    case held(RefusedEntry)
    /// What was refused is sent again: it is refused no more, or is told to be once more.
    case retried
    /// The clock was set back while rows were spooled: they keep their order.
    case clockSetBack
    /// Records that were durable cannot be used any more.
    case damaged(SpoolError)
}

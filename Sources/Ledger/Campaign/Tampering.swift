/// One thing that a thief with every right on the database does.
package struct Tampering: Sendable {
    /// The kinds of it.
    package enum Kind: String, Sendable, CaseIterable {
        case editRow = "edit a column"
        case deleteRow = "delete a row"
        case insertRow = "insert a row"
        case swapRows = "swap two rows"
        case moveRow = "move a row to another tenant"
        case renumberRow = "give a row another number"
        case cutRows = "cut off the rows from one on"
        case cutAll = "cut off everything from a batch on"
        case dropMonth = "drop a month with its table"
        case dropParts = "drop the cards and feedback of a month"
        case dropRelation = "take rows out of the tables of events"
        case editBatch = "edit a column of a batch"
        case deleteBatch = "delete a batch row"
        case deleteBatchAndRows = "delete a batch with its rows"
        case editGenesis = "edit the beginning of the log"
        case editLeaf = "edit a leaf of the tree"
        case deleteLeaf = "delete a leaf of the tree"
        case editCheckpoint = "edit a checkpoint"
        case deleteCheckpoint = "delete a checkpoint"
        case forgeRestored = "forge the leaf of a restore for lost rows"
        case forgeTombstone = "forge a tombstone for deleted rows"
        case rollBack = "put an older state in force"
        case fork = "write the history anew with the key"

        /// Whether it makes the whole trail another one, so that it can only come first.
        var isWhole: Bool {
            switch self {
            case .rollBack, .fork: true
            case .editRow, .deleteRow, .insertRow, .swapRows, .moveRow, .renumberRow, .cutRows,
                .cutAll, .dropMonth, .dropParts, .dropRelation, .editBatch, .deleteBatch,
                .deleteBatchAndRows, .editGenesis, .editLeaf, .deleteLeaf, .editCheckpoint,
                .deleteCheckpoint, .forgeRestored, .forgeTombstone:
                false
            }
        }
    }

    /// What was done.
    package let kind: Kind
    /// Which column was edited, where the trail was cut, or in which way something was forged.
    package var place: String
    /// The first row of the batches among which a fork can be told to begin.
    package var forkFloor: Int64?
    /// The leaf of the first batch that a fork has written anew.
    package var forkedLeaf: UInt64?
    /// The trail as this has made it, where it has put another in the place of the whole.
    package var state: LedgerModel?
    /// Rows that a leaf of the tree spoke of, before it was changed or since: the verifier may name
    /// them, though nothing was done to them.
    package var spokenOf: [Int64] = []

    init(_ kind: Kind, _ place: String) {
        self.kind = kind
        self.place = place
    }
}

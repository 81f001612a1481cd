import Ledger
import PostgreSQL

extension SignedGenesis {
    /// The values of its row in `audit.log`.
    var parameters: Parameters {
        var values = Parameters()
        values.add(uuid: genesis.logID)
        values.add(int32: Int32(genesis.kind.rawValue))
        values.add(instant: genesis.openedAt)
        values.add(text: genesis.program)
        values.add(bytes: genesis.place)
        values.add(bytes: genesis.publicKey)
        values.add(uuid: genesis.previous?.logID)
        values.add(int64: genesis.previous?.sequence)
        values.add(bytes: genesis.previous?.leafHash.bytes)
        values.add(bytes: signature)
        return values
    }
}

extension SignedBatch {
    /// The values of its row in `audit.batch`.
    var parameters: Parameters {
        var values = Parameters()
        values.add(uuid: logID)
        values.add(int64: firstSequence)
        values.add(int64: lastSequence)
        values.add(instant: stampedAt)
        values.add(bytes: previous.bytes)
        values.add(bytes: MerkleHash.bytes(of: leafHashes))
        values.add(bytes: root.bytes)
        values.add(bytes: signature)
        return values
    }
}

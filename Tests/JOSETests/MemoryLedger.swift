import JOSE
import Synchronization

/// A ledger in memory, which can be made to fail.
final class MemoryLedger: TokenLedger {
    private let uses = Mutex<Set<[UInt8]>>([])
    private let problem = Mutex<TokenLedgerError?>(nil)

    func fail(with error: TokenLedgerError?) { problem.withLock { $0 = error } }

    var isAvailable: Bool { true }

    func remember(_ use: TokenUse) async throws(TokenLedgerError) -> Bool {
        if let error = problem.withLock({ $0 }) { throw error }
        let key = Array(use.tenant.utf8) + [0] + use.issuerDigest + use.tokenIDDigest
        return uses.withLock { $0.insert(key).inserted }
    }
}

import Audit
package import Basics
package import Crypto

extension TreeEntry {
    /// What was lost when an older state was put in force.
    ///
    /// It excuses what copies outside know and the tree has no more, so its operator signs it, and
    /// signs with it which leaves were kept: at another place of the tree it says nothing.
    package struct Restoration: Sendable, Equatable {
        /// Who says so.
        package struct Seal: Sendable, Equatable {
            /// The key that signed.
            package let key: [UInt8]
            /// Its signature over the statement.
            package let signature: [UInt8]

            /// Takes what was stored.
            package init(key: [UInt8], signature: [UInt8]) {
                self.key = key
                self.signature = signature
            }
        }

        /// The leaves that were kept: those before the leaf that says so.
        package struct Kept: Sendable, Equatable {
            /// How many there are, which is the place of the leaf.
            package let size: UInt64
            /// Their root.
            package let root: MerkleHash

            /// Names the leaves before a place.
            package init(size: UInt64, root: MerkleHash) {
                self.size = size
                self.root = root
            }
        }

        /// The size of the tree that was known before.
        package let size: UInt64
        /// Its root.
        package let root: MerkleHash
        /// When the older state was put in force.
        package let at: Instant
        /// Who says so; `nil` in those that were left before they were signed.
        package let seal: Seal?

        /// Names a state.
        package init(size: UInt64, root: MerkleHash, at: Instant, seal: Seal? = nil) {
            self.size = size
            self.root = root
            self.at = at
            self.seal = seal
        }

        /// Signs that what was known is lost but for the leaves that were kept.
        package init(
            losing known: Checkpoint,
            keeping kept: Kept,
            by signer: NoteSigner,
            at now: Instant
        ) {
            let bare = Restoration(size: known.size, root: known.root, at: now)
            let statement = bare.statement(keeping: kept, key: signer.key.bytes)
            self.init(
                size: known.size,
                root: known.root,
                at: now,
                seal: Seal(key: signer.key.bytes, signature: signer.signature(over: statement))
            )
        }

        /// Whether a key signed it for the leaves that were kept.
        package func isSigned(by key: PublicKey, keeping kept: Kept) -> Bool {
            guard let seal else { return false }
            return key.isValid(
                seal.signature,
                over: statement(keeping: kept, key: seal.key),
                by: .ed25519
            )
        }

        /// The bytes that are signed.
        private func statement(keeping kept: Kept, key: [UInt8]) -> [UInt8] {
            var writer = CanonicalWriter()
            writer.text("limen-restored/1")
            writer.number(kept.size)
            writer.fixed(kept.root.bytes)
            writer.number(size)
            writer.fixed(root.bytes)
            writer.instant(at)
            writer.data(key)
            return writer.bytes
        }
    }
}

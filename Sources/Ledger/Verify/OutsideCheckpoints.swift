/// The checkpoints that were kept outside the database, the smallest first.
///
/// They come as runs, within which the sizes only grow, and are put together one by one: a year of
/// copies every ten seconds is three million.
package struct OutsideCheckpoints {
    /// What a copy says, and how many restored databases were put in force before it was made.
    package struct Copy: Equatable {
        /// How many leaves the tree had.
        package let size: UInt64
        /// The root.
        package let root: MerkleHash
        /// How often the sizes went back before it in its file.
        package let epoch: Int
    }

    /// Copies of one file whose sizes do not go back, read one by one.
    package struct Run {
        private let read: () -> (size: UInt64, root: MerkleHash)?
        private let epoch: Int
        fileprivate private(set) var head: Copy?

        /// Takes a run.
        ///
        /// - Parameters:
        ///   - epoch: How often the sizes went back before it in its file.
        ///   - read: The next copy; `nil` at the end of the run.
        package init(epoch: Int, read: @escaping () -> (size: UInt64, root: MerkleHash)?) {
            self.epoch = epoch
            self.read = read
            advance()
        }

        fileprivate mutating func advance() {
            head = read().map { Copy(size: $0.size, root: $0.root, epoch: epoch) }
        }
    }

    private var runs: [Run]

    /// Takes runs of one file or of several.
    package init(runs: [Run]) {
        self.runs = runs.filter { $0.head != nil }
    }

    /// Takes the checkpoints of one file, in the order in which they were copied.
    package init(_ checkpoints: [Checkpoint]) {
        var runs: [[Checkpoint]] = []
        for checkpoint in checkpoints {
            if let last = runs.last?.last, last.size <= checkpoint.size {
                runs[runs.count - 1].append(checkpoint)
            } else {
                runs.append([checkpoint])
            }
        }
        self.init(
            runs: runs.enumerated().map { epoch, run in
                var rest = run[...]
                return Run(epoch: epoch) { rest.popFirst().map { ($0.size, $0.root) } }
            }
        )
    }

    /// The next one, when the tree has reached its size.
    package mutating func next(upTo size: UInt64) -> Copy? {
        var least: (index: Int, copy: Copy)?
        for (index, run) in runs.enumerated() {
            guard let head = run.head, head.size < least?.copy.size ?? .max || least == nil
            else { continue }
            least = (index, head)
        }
        guard let (index, copy) = least, copy.size <= size else { return nil }
        runs[index].advance()
        return copy
    }
}

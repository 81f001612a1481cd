package import Posix
package import Spool
import Synchronization

/// A disk in memory that fails, tears, reorders and forgets as disks and kernels do.
///
/// What was written is pending until it is synchronised. A crash keeps each pending sector as it
/// was, as it became, or half of each, and each pending change of a name or not. A failed
/// synchronisation leaves the pages clean and their content lost, as Linux does: the next one
/// succeeds and has saved nothing.
package final class SimulatedDisk: SpoolDisk {
    private struct Inode {
        var durable: [UInt8] = []
        var cached: [UInt8] = []
        var dirty: Set<Int> = []
    }

    private enum NameChange {
        case set(String, Int)
        case move(String, String)
        case remove(String)
    }

    private struct State {
        var inodes: [Inode] = []
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var changes: [NameChange] = []
        var random: SplitMix
        var stepCount = 0
        var crashStep: Int?
        var isDown = false
        /// One call in so many fails; 0 for none.
        var faultRarity = 0
        /// The call that fails with an error, for tables that fail each call once.
        var faultStep: Int?
        var faultCode: Int32 = 0
    }

    /// Error numbers of Linux.
    package enum Code {
        package static let interrupted: Int32 = 4
        package static let input: Int32 = 5
        package static let noSpace: Int32 = 28
        /// No error number: a write that takes only a part.
        package static let short: Int32 = -1
    }

    private static let sectorByteCount = 64
    private let state: Mutex<State>

    package init(seed: UInt64) {
        state = Mutex(State(random: SplitMix(seed: seed)))
    }

    // MARK: For tests

    /// How many calls that change something were made.
    package var stepCount: Int { state.withLock { $0.stepCount } }

    /// One call in so many fails; 0 for none.
    package func setFaultRarity(_ rarity: Int) {
        state.withLock { $0.faultRarity = rarity }
    }

    /// Fails the call of that number, counted from now on.
    package func fail(step: Int, code: Int32) {
        state.withLock {
            $0.faultStep = $0.stepCount + step
            $0.faultCode = code
        }
    }

    /// Loses power in the call of that number, counted from now on.
    package func crash(atStep step: Int) {
        state.withLock { $0.crashStep = $0.stepCount + step }
    }

    /// Whether the power is off.
    package var isDown: Bool { state.withLock { $0.isDown } }

    /// Loses power now.
    package func crash() {
        state.withLock { Self.crash(&$0) }
    }

    /// Comes up again with what was durable.
    package func restart() {
        state.withLock { $0.isDown = false }
    }

    /// Flips one bit of what is durable; answers the name of the file, or `nil` without files.
    package func flipBit() -> String? {
        state.withLock { state in
            let names = state.durableNames.keys.filter { $0.hasSuffix(".spool") }.sorted()
            guard !names.isEmpty else { return nil }
            let name = names[state.random.below(names.count)]
            guard let index = state.durableNames[name] else { return nil }
            let count = state.inodes[index].durable.count
            guard count > 0 else { return nil }
            let place = state.random.below(count)
            let bit = UInt8(1) << UInt8(state.random.below(8))
            state.inodes[index].durable[place] ^= bit
            state.inodes[index].cached = state.inodes[index].durable
            return name
        }
    }

    /// The content of a file as it is read.
    package func content(of name: String) -> [UInt8]? {
        state.withLock { state in state.names[name].map { state.inodes[$0].cached } }
    }

    /// Puts a file there, durable.
    package func put(_ name: String, _ bytes: [UInt8]) {
        state.withLock { state in
            state.inodes.append(Inode(durable: bytes, cached: bytes))
            state.names[name] = state.inodes.count - 1
            state.durableNames[name] = state.inodes.count - 1
        }
    }

    // MARK: Calls

    package func names() throws(SystemError) -> [String] {
        let names = state.withLock { $0.isDown ? nil : Array($0.names.keys) }
        guard let names else { throw SystemError(code: Code.input) }
        return names
    }

    package func read(
        _ name: String,
        at offset: Int,
        count: Int
    ) throws(SystemError) -> [UInt8] {
        let bytes = state.withLock { state -> [UInt8]? in
            guard !state.isDown, let index = state.names[name] else { return nil }
            let cached = state.inodes[index].cached
            guard offset < cached.count else { return [] }
            return Array(cached[offset..<min(cached.count, offset + count)])
        }
        guard let bytes else { throw SystemError(code: Code.input) }
        return bytes
    }

    package func create(_ name: String) throws(SystemError) -> any SpoolFile {
        let index = try change { state, fault in
            guard fault == nil else { return -1 }
            state.inodes.append(Inode())
            state.names[name] = state.inodes.count - 1
            state.changes.append(.set(name, state.inodes.count - 1))
            return state.inodes.count - 1
        }
        return File(disk: self, index: index)
    }

    package func rename(_ name: String, to other: String) throws(SystemError) {
        _ = try change { state, fault in
            // A call that failed may have been carried out all the same.
            if let fault, fault == Code.interrupted || state.random.once(in: 2) { return 0 }
            state.names[other] = state.names.removeValue(forKey: name)
            state.changes.append(.move(name, other))
            return 0
        }
    }

    package func remove(_ name: String) throws(SystemError) {
        _ = try change { state, fault in
            if let fault, fault == Code.interrupted || state.random.once(in: 2) { return 0 }
            state.names.removeValue(forKey: name)
            state.changes.append(.remove(name))
            return 0
        }
    }

    package func synchronizeFolder() throws(SystemError) {
        _ = try change { state, fault in
            // Names are journalled: what a failed call has not saved waits for the next one.
            guard fault == nil else { return 0 }
            Self.applyChanges(&state, all: true)
            state.changes = []
            return 0
        }
    }

    private final class File: SpoolFile {
        private let disk: SimulatedDisk
        private let index: Int

        init(disk: SimulatedDisk, index: Int) {
            self.disk = disk
            self.index = index
        }

        func allocate(byteCount: Int) throws(SystemError) {
            _ = try disk.change { [index] state, fault in
                guard fault == nil else { return 0 }
                let rest = byteCount - state.inodes[index].cached.count
                state.inodes[index].cached += [UInt8](repeating: 0, count: max(0, rest))
                return 0
            }
        }

        func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int {
            try disk.change(isWrite: true) { [index] state, fault in
                var count = bytes.count
                // A call that fails or comes short has taken a part.
                if fault != nil { count = state.random.below(max(1, count)) }
                if fault == Code.short { count = max(1, count) }
                guard offset + count <= state.inodes[index].cached.count else { return 0 }
                for place in 0..<count {
                    state.inodes[index].cached[offset + place] = bytes[bytes.startIndex + place]
                }
                var sector = offset / SimulatedDisk.sectorByteCount
                while sector * SimulatedDisk.sectorByteCount < offset + count {
                    state.inodes[index].dirty.insert(sector)
                    sector += 1
                }
                return count
            }
        }

        func synchronize() throws(SystemError) {
            _ = try disk.change { [index] state, fault in
                SimulatedDisk.save(&state, index, all: fault == nil)
                return 0
            }
        }
    }

    // MARK: Inside

    /// One call: it may lose power, fail, or be carried out.
    private func change(
        isWrite: Bool = false,
        _ body: (inout State, Int32?) -> Int
    ) throws(SystemError) -> Int {
        let (result, code) = state.withLock { state -> (Int, Int32?) in
            if state.isDown { return (0, Code.input) }
            state.stepCount += 1
            if state.stepCount == state.crashStep {
                // The call is carried out, in part, or not at all; then the power is off.
                if state.random.once(in: 2) {
                    _ = body(&state, state.random.once(in: 2) ? nil : Code.input)
                }
                Self.crash(&state)
                return (0, Code.input)
            }
            var fault = Self.fault(&state)
            // Only a write can come short.
            if fault == Code.short, !isWrite { fault = Code.input }
            let result = body(&state, fault)
            return (result, fault)
        }
        if let code, code != Code.short { throw SystemError(code: code) }
        return result
    }

    private static func fault(_ state: inout State) -> Int32? {
        if state.faultStep == state.stepCount { return state.faultCode }
        guard state.faultRarity > 0, state.random.once(in: state.faultRarity) else { return nil }
        let codes = [Code.input, Code.noSpace, Code.interrupted, Code.short]
        return codes[state.random.below(codes.count)]
    }

    /// Saves the dirty sectors of a file: all, or those that chance picks while the rest is lost.
    private static func save(_ state: inout State, _ index: Int, all: Bool) {
        var inode = state.inodes[index]
        if inode.durable.count < inode.cached.count, all || state.random.once(in: 2) {
            let rest = inode.cached.count - inode.durable.count
            inode.durable += [UInt8](repeating: 0, count: rest)
        }
        for sector in inode.dirty.sorted() where all || state.random.once(in: 2) {
            copy(sector, of: &inode, byteCount: sectorByteCount)
        }
        inode.dirty = []
        state.inodes[index] = inode
    }

    private static func copy(_ sector: Int, of inode: inout Inode, byteCount: Int) {
        let start = sector * sectorByteCount
        let end = min(start + byteCount, inode.cached.count, inode.durable.count)
        guard start < end else { return }
        for place in start..<end { inode.durable[place] = inode.cached[place] }
    }

    /// Makes changes of names durable: all, or some; a name keeps the order of its own changes.
    private static func applyChanges(_ state: inout State, all: Bool) {
        var left: Set<String> = []
        for change in state.changes {
            let touched: [String]
            switch change {
            case .set(let name, _), .remove(let name): touched = [name]
            case .move(let name, let other): touched = [name, other]
            }
            guard left.isDisjoint(with: touched), all || state.random.once(in: 2) else {
                left.formUnion(touched)
                continue
            }
            switch change {
            case .set(let name, let index): state.durableNames[name] = index
            case .move(let name, let other):
                state.durableNames[other] = state.durableNames.removeValue(forKey: name)
            case .remove(let name): state.durableNames.removeValue(forKey: name)
            }
        }
    }

    private static func crash(_ state: inout State) {
        applyChanges(&state, all: false)
        state.changes = []
        for index in state.inodes.indices {
            var inode = state.inodes[index]
            if inode.durable.count < inode.cached.count, state.random.once(in: 2) {
                let rest = inode.cached.count - inode.durable.count
                inode.durable += [UInt8](repeating: 0, count: rest)
            }
            for sector in inode.dirty.sorted() {
                switch state.random.below(3) {
                case 0: break
                case 1: copy(sector, of: &inode, byteCount: sectorByteCount)
                // Torn: some of its bytes are new.
                case _:
                    let count = 1 + state.random.below(sectorByteCount)
                    copy(sector, of: &inode, byteCount: count)
                }
            }
            inode.dirty = []
            inode.cached = inode.durable
            state.inodes[index] = inode
        }
        state.names = state.durableNames
        state.crashStep = nil
        state.isDown = true
    }
}

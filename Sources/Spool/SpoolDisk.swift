import Basics
package import Posix

/// The system calls of the spool: a folder.
///
/// A disk of a test stands in for it and fails, tears and forgets as disks do. A call that was
/// interrupted throws `SystemError` with EINTR; whoever calls decides whether to make it again.
package protocol SpoolDisk: Sendable {
    /// The names of the files.
    func names() throws(SystemError) -> [String]
    /// Up to `count` bytes from a place on; fewer only where the file ends.
    func read(_ name: String, at offset: Int, count: Int) throws(SystemError) -> [UInt8]
    /// Makes a file that must not exist yet.
    func create(_ name: String) throws(SystemError) -> any SpoolFile
    /// Gives a file another name.
    func rename(_ name: String, to other: String) throws(SystemError)
    /// Removes a file.
    func remove(_ name: String) throws(SystemError)
    /// Makes the names durable.
    func synchronizeFolder() throws(SystemError)
    /// Entries of logs are about to be written to a segment: what notes that elsewhere does so now.
    func willHold(_ entries: [SpoolEntry], in segment: UInt64) throws(SystemError)
}

extension SpoolDisk {
    /// A disk without marks notes nothing.
    package func willHold(_ entries: [SpoolEntry], in segment: UInt64) throws(SystemError) {}
}

extension SpoolDisk {
    /// Looks again when a look was interrupted, a few times at most; looking changes nothing.
    func look<Result>(_ body: () throws(SystemError) -> Result) throws(SystemError) -> Result {
        var interruptionCount = 0
        while true {
            do throws(SystemError) {
                return try body()
            } catch {
                interruptionCount += 1
                guard error.isInterrupted, interruptionCount <= Limits.spoolInterruptionsMax else {
                    throw error
                }
            }
        }
    }
}

/// An open file of a spool; it is closed when it is let go of.
package protocol SpoolFile: AnyObject, Sendable {
    /// Reserves room, which reads as zeros.
    func allocate(byteCount: Int) throws(SystemError)
    /// Writes at a place and answers how many bytes were taken.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int
    /// Makes what was written durable; after a failure it is never called again.
    func synchronize() throws(SystemError)
}

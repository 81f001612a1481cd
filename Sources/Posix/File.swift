import CLinux
import Glibc

/// Whole files.
package enum File {
    /// Reads a whole file; one above `bytesMax` is refused with `SystemError.tooLarge`.
    package static func read(path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        let descriptor = try Descriptor.open(path: path)
        return try read(descriptor, bytesMax: bytesMax)
    }

    /// Reads a descriptor to its end.
    package static func read(
        _ descriptor: borrowing Descriptor,
        bytesMax: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        let raw = descriptor.raw
        while true {
            let moved = try SystemCall.run {
                unsafe piece.withUnsafeMutableBytes {
                    unsafe Glibc.read(raw, $0.baseAddress, $0.count)
                }
            }
            if moved == 0 { return bytes }
            guard bytes.count + moved <= bytesMax else { throw .tooLarge }
            bytes.append(contentsOf: piece[..<moved])
        }
    }

    /// Writes a file so that it is there wholly or not at all, durably, readable by the owner.
    package static func writeAtomically(
        path: String,
        _ bytes: [UInt8],
        mode: UInt32 = 0o600
    ) throws(SystemError) {
        let temporary = path + ".\(getpid()).\(RandomBytes.number()).part"
        do {
            let descriptor = try Descriptor.create(path: temporary, mode: mode)
            try descriptor.writeAll(bytes)
            try descriptor.synchronize()
            try SystemCall.run { unsafe rename(temporary, path) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    /// Makes the names in the folder of a path durable.
    package static func synchronizeFolder(of path: String) throws(SystemError) {
        var folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        if folder.isEmpty { folder = path.hasPrefix("/") ? "/" : "." }
        let descriptor = try Descriptor.open(path: folder)
        try descriptor.synchronize()
    }

    /// Whether something exists at a path.
    package static func exists(path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// Gives a file another name, in place of what has that name.
    package static func move(from: String, to: String) throws(SystemError) {
        try SystemCall.run { unsafe rename(from, to) }
    }

    /// Removes a file; one that is absent already is no error.
    package static func remove(path: String) throws(SystemError) {
        do {
            try SystemCall.run { unsafe unlink(path) }
        } catch {
            guard error.isAbsent else { throw error }
        }
    }
}

import CLinux
import Glibc

/// Files that nobody but their owner may read or change, such as keys.
package enum PrivateFile {
    /// Why a file is not read.
    package enum Fault: Error, Equatable, Sendable {
        /// It cannot be opened or read, or is too large.
        case system(SystemError)
        /// It is a folder, a pipe or a device.
        case notRegular
        /// It belongs to another account than the program's and the superuser's.
        case foreignOwner
        /// Its group or others may read, write or run it.
        case openToOthers
    }

    /// Reads a file after its owner and permissions were found strict.
    ///
    /// What is checked is the file that was opened, so that no other can take its place between.
    package static func read(path: String, bytesMax: Int) throws(Fault) -> [UInt8] {
        let descriptor = try open(path)
        let raw = descriptor.raw
        var status = stat()
        do throws(SystemError) {
            try SystemCall.run { unsafe fstat(raw, &status) }
        } catch {
            throw .system(error)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreignOwner }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers }
        do throws(SystemError) {
            return try File.read(descriptor, bytesMax: bytesMax)
        } catch {
            throw .system(error)
        }
    }

    /// Opens without waiting: a pipe in the file's place must not hold the program up.
    private static func open(_ path: String) throws(Fault) -> Descriptor {
        do throws(SystemError) {
            let raw = try SystemCall.run {
                unsafe limen_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
            }
            return Descriptor(adopting: raw)
        } catch {
            throw .system(error)
        }
    }
}

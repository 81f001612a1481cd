import Basics
import CLinux
import Glibc

/// Random bytes of the kernel, fit for keys.
package enum RandomBytes {
    /// So many random bytes.
    package static func make(count: Int) -> [UInt8] {
        precondition(count >= 0, "a negative number of random bytes")
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let moved = unsafe bytes.withUnsafeMutableBytes { target in
                unsafe getrandom(target.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            if moved < 0 {
                precondition(errno == EINTR, "the kernel gives no random bytes")
                continue
            }
            filled += moved
        }
        return bytes
    }

    /// A random number of 64 bits.
    package static func number() -> UInt64 {
        make(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

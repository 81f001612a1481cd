import CLinux
import Glibc

/// The one way to the kernel.
///
/// Interrupted calls are repeated, "would block" is a value, a bad descriptor or a bad pointer is
/// our own mistake and ends the process, and everything else is thrown.
package enum SystemCall {
    /// What a transfer came to.
    package enum Transfer: Equatable, Sendable {
        /// So many bytes were moved; none on reading means the end of the stream.
        case moved(Int)
        /// Nothing can be moved at present.
        case wouldBlock
    }

    /// Runs a call that answers a negative number on failure.
    @discardableResult
    package static func run<Result: SignedInteger>(
        _ body: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = body()
            if result >= 0 { return result }
            let code = errno
            if code == EINTR { continue }
            throw checked(code)
        }
    }

    /// Runs a call that moves bytes.
    package static func transfer(_ body: () -> Int) throws(SystemError) -> Transfer {
        while true {
            let result = body()
            if result >= 0 { return .moved(result) }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == EWOULDBLOCK { return .wouldBlock }
            throw checked(code)
        }
    }

    /// Runs a call that answers an error number itself, as the `posix_spawn` family does.
    package static func check(_ body: () -> Int32) throws(SystemError) {
        while true {
            let code = body()
            if code == 0 { return }
            if code == EINTR { continue }
            throw checked(code)
        }
    }

    private static func checked(_ code: Int32) -> SystemError {
        precondition(code != EBADF, "system call on a closed descriptor")
        precondition(code != EFAULT, "system call with a bad pointer")
        return SystemError(code: code)
    }
}

import CLinux
import Glibc

/// An error of a system call.
package struct SystemError: Error, Equatable, Sendable {
    /// The value of `errno`.
    package let code: Int32

    /// Makes an error.
    package init(code: Int32) {
        self.code = code
    }

    /// The kernel's sentence for the code, such as `Address already in use`.
    package var text: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// Whether an address or port is taken.
    package var isAddressInUse: Bool { code == EADDRINUSE }

    /// Whether an address is none of this machine, or none at all.
    package var isAddressUnusable: Bool { code == EADDRNOTAVAIL || code == EINVAL }

    /// Whether a file does not exist.
    package var isAbsent: Bool { code == ENOENT }

    /// Whether a file of that name exists already.
    package var isPresent: Bool { code == EEXIST }

    /// Whether a signal came in between.
    package var isInterrupted: Bool { code == EINTR }

    /// Whether the caller may not do this.
    package var isPermissionDenied: Bool { code == EACCES || code == EPERM }

    /// Whether the disk is full.
    package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether process or system have no descriptor or no memory for sockets left.
    package var isOutOfResources: Bool {
        code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
    }

    /// A call that took longer than it was given.
    package static var timedOut: SystemError { SystemError(code: ETIMEDOUT) }

    /// A value outside what is allowed, such as a file above its size limit.
    package static var tooLarge: SystemError { SystemError(code: EFBIG) }

    /// An argument that is none, such as a text that is no address.
    package static var invalidArgument: SystemError { SystemError(code: EINVAL) }

    /// Nobody listens there.
    package static var connectionRefused: SystemError { SystemError(code: ECONNREFUSED) }

    /// The peer has broken the connection off.
    package static var connectionReset: SystemError { SystemError(code: ECONNRESET) }

    /// The peer reads no more.
    package static var brokenPipe: SystemError { SystemError(code: EPIPE) }
}

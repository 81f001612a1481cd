import CLinux
import Glibc

/// A signal that another process or the terminal sends us.
package enum Signal: Int32, Sendable, CaseIterable {
    /// Ctrl-C.
    case interrupt = 2
    /// The terminal is gone; for a service: read the configuration again.
    case hangUp = 1
    /// Please stop.
    case terminate = 15
    /// Free for our own use.
    case user1 = 10
    /// Free for our own use.
    case user2 = 12
    /// Stop at once; cannot be handled.
    case kill = 9

    /// Sends the signal to a process.
    package func send(to process: Int32) throws(SystemError) {
        precondition(process > 0, "a signal to a group of processes")
        try SystemCall.run { Glibc.kill(process, rawValue) }
    }

    /// Ignores SIGPIPE for the whole process: writing to a closed pipe is an error, not the end.
    package static func ignoreBrokenPipes() {
        _ = limen_ignore_signal(SIGPIPE)
    }

    /// Ignores SIGXFSZ for the whole process: a file at its size limit is an error, not the end.
    package static func ignoreFileSizeLimit() {
        _ = limen_ignore_signal(SIGXFSZ)
    }
}

import Foundation

/// What a process that a test started does with signals.
package enum ChildSignals {
    /// Whether it handles SIGHUP, SIGINT and SIGTERM by now, as the kernel says (proc(5)).
    ///
    /// Before that each of them would end it at once.
    ///
    /// - Throws: what Foundation throws when there is no such process.
    package static func areHandled(by process: Int32) throws -> Bool {
        let path = "/proc/\(process)/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let caught = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last ?? ""
        let wanted = [SIGHUP, SIGINT, SIGTERM].reduce(UInt64(0)) { $0 | 1 << UInt64($1 - 1) }
        return (UInt64(caught, radix: 16) ?? 0) & wanted == wanted
    }
}

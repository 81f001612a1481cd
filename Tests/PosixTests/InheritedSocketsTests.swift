import Foundation
import Testing

@testable import Posix

/// Sockets that are handed over as sd_listen_fds(3) has it, each time to a process of its own.
@Suite("Sockets that are handed over")
struct InheritedSocketsTests {
    /// The program that takes them, beside the tests.
    private static let heir = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("SocketHeir").path

    /// Starts the heir with a listening socket as descriptor 3 and another one as 4, and answers
    /// the lines that it writes, with the letters `a` and `b` for the two.
    ///
    /// - Parameters:
    ///   - variables: what the shell sets for it; `$$` is its own number.
    ///   - places: what the shell does with the descriptors.
    /// - Returns: the lines.
    /// - Throws: what Foundation throws when it cannot be run.
    private static func heir(
        _ variables: String,
        places: String = "3<&0 4<&2"
    ) throws -> [String] {
        let sockets = [try listening(), try listening()]
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let setting = variables.isEmpty ? "" : "export \(variables); "
        process.arguments = ["-c", "exec \(places); \(setting)exec \"$0\"", heir]
        process.environment = [:]
        let output = Pipe()
        process.standardInput = FileHandle(fileDescriptor: sockets[0].raw)
        process.standardOutput = output
        process.standardError = FileHandle(fileDescriptor: sockets[1].raw)
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        for socket in sockets { close(socket.raw) }
        try #require(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map {
            String($0).replacing(String(sockets[0].port), with: "a")
                .replacing(String(sockets[1].port), with: "b")
        }
    }

    /// A listening socket that is this test's own to close.
    private static func listening() throws -> (raw: Int32, port: Int) {
        let socket = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 4)
        let port = try socket.localAddress().port
        return (dup(socket.descriptor.raw), port)
    }

    /// What is handed over, and what the heir makes of it; the second time there is nothing left.
    static let table: [(variables: String, places: String, first: String)] = [
        ("LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http", "3<&0 4<&2", "taken a"),
        ("LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=http:more", "3<&0 4<&2", "taken a b"),
        ("LISTEN_PID=$$ LISTEN_FDS=2", "3<&2 4<&0", "taken b a"),
        // For another process, or for nobody.
        ("LISTEN_PID=1 LISTEN_FDS=2", "3<&0 4<&2", "taken"),
        ("LISTEN_PID=one LISTEN_FDS=2", "3<&0 4<&2", "taken"),
        ("LISTEN_PID= LISTEN_FDS=2", "3<&0 4<&2", "taken"),
        ("LISTEN_FDS=2", "3<&0 4<&2", "taken"),
        ("LISTEN_PID=$$", "3<&0 4<&2", "taken"),
        ("", "3<&0 4<&2", "taken"),
        // No number of sockets, or something else in their place.
        ("LISTEN_PID=$$ LISTEN_FDS=0", "3<&0 4<&2", "fault countMalformed"),
        ("LISTEN_PID=$$ LISTEN_FDS=-1", "3<&0 4<&2", "fault countMalformed"),
        ("LISTEN_PID=$$ LISTEN_FDS=65", "3<&0 4<&2", "fault countMalformed"),
        ("LISTEN_PID=$$ LISTEN_FDS=two", "3<&0 4<&2", "fault countMalformed"),
        ("LISTEN_PID=$$ LISTEN_FDS=1", "3</dev/null", "fault notListening"),
        ("LISTEN_PID=$$ LISTEN_FDS=2", "3<&0 4</dev/null", "fault notListening"),
        ("LISTEN_PID=$$ LISTEN_FDS=1", "3<&-", "fault notListening"),
    ]

    @Test("are taken by the process they are for, in their order, once", arguments: table)
    func taken(_ variables: String, _ places: String, _ first: String) throws {
        // Nothing is left behind in the environment, which would be a third line.
        #expect(try Self.heir(variables, places: places) == [first, "taken"])
    }
}

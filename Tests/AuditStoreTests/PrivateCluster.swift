import Foundation
import PostgreSQL
import Synchronization

/// A PostgreSQL server of one test's own, to be killed and started again.
final class PrivateCluster: Sendable {
    static let absence = "no PostgreSQL programs: install postgresql"

    /// Where Debian keeps the server's programs; `nil` when there are none.
    static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
            .map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    static var isPresent: Bool { programs != nil }

    /// In memory where the machine offers that: what is on trial is killing, not the disk, and a
    /// process that is killed loses nothing that the kernel has.
    private static let root =
        FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"

    /// Where its data, its log and its socket are.
    let folder: String
    private let options: [String]
    private let programs: String
    private let running = Mutex<Process?>(nil)

    /// Where the superuser connects.
    var settings: ConnectionSettings {
        ConnectionSettings(conninfo: "host=\(folder) port=54398 user=postgres dbname=postgres")
    }

    /// Makes a cluster with settings of its own and starts it.
    init(options: [String] = []) throws {
        guard let programs = Self.programs else { throw CocoaError(.executableNotLoadable) }
        self.programs = programs
        self.options = options
        folder = Self.root + "/limen-cluster-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            try FileManager.default.setAttributes(
                [.ownerAccountName: "postgres"],
                ofItemAtPath: folder
            )
        }
        let preparation = try launch(
            "initdb",
            ["-D", folder + "/data", "-A", "trust", "-U", "postgres", "--no-sync"]
        )
        preparation.waitUntilExit()
        guard preparation.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        try restart()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends the server at once, without a checkpoint, as a crash does.
    func kill() {
        let server = running.withLock { running in
            let server = running
            running = nil
            return server
        }
        guard let server else { return }
        // SIGQUIT is the immediate shutdown: every process of the server stops where it is.
        _ = Foundation.kill(server.processIdentifier, SIGQUIT)
        server.waitUntilExit()
    }

    /// Starts the server again; it recovers from its log first.
    func restart() throws {
        let server = try launch(
            "postgres",
            [
                "-D", folder + "/data", "-c", "listen_addresses=", "-c", "port=54398",
                "-c", "unix_socket_directories=\(folder)",
            ] + options.flatMap { ["-c", $0] },
            log: folder + "/server.log"
        )
        running.withLock { $0 = server }
        let deadline = Deadline(milliseconds: 600_000)
        while (try? Connection.open(settings)) == nil {
            guard !deadline.isPast, server.isRunning else { throw CocoaError(.executableLoad) }
            // A server that starts tells nobody; asked without a pause it has less to start with.
            usleep(10_000)
        }
    }

    /// All rows of a database as text.
    func dump(_ database: String) throws -> String {
        let path = folder + "/dump.sql"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let dump = try launch(
            "pg_dump",
            [
                "--data-only", "--host", folder, "--port", "54398", "--username", "postgres",
                "--dbname", database, "--file", path,
            ]
        )
        dump.waitUntilExit()
        guard dump.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// Starts a program of the server's, which refuses to run as root.
    private func launch(
        _ program: String,
        _ arguments: [String],
        log: String? = nil
    ) throws -> Process {
        let process = Process()
        let command = [programs + "/" + program] + arguments
        process.executableURL = URL(filePath: "/usr/bin/env")
        let drop = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        process.arguments = getuid() == 0 ? drop + command : command
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        if let log {
            if !FileManager.default.fileExists(atPath: log) {
                _ = FileManager.default.createFile(atPath: log, contents: nil)
            }
            let handle = FileHandle(forWritingAtPath: log)
            _ = try handle?.seekToEnd()
            process.standardError = handle
        }
        try process.run()
        return process
    }
}

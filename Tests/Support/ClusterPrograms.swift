import Foundation

/// Whether the machine can make a PostgreSQL of its own.
package enum ClusterPrograms {
    /// Whether it can.
    package static let arePresent: Bool = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.contains {
            FileManager.default.isExecutableFile(atPath: "\(root)/\($0)/bin/initdb")
        }
    }()
}

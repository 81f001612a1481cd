import Foundation
import HTTPMessages
import Support
import Testing

/// The spool as who runs the gateway meets it.
@Suite("limen audit spool", .serialized, .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct SpoolCommandTests {
    @Test("Refused rows are listed, explained without their content, and sent again when mended")
    func refused() throws {
        let site = try OwnSite()
        try site.startDatabase()
        try site.script(
            "ALTER TABLE audit.event ADD CONSTRAINT refused CHECK (service <> 'news2') NOT VALID"
        )
        try site.stopDatabase()
        let spool = site.folder + "/spool"
        let options = ["--spool", spool, "--keys", site.folder + "/keys"]
        let gateway = try site.serve(["--spool", spool])
        let url = try gateway.url()
        for _ in 0..<2 { #expect(try site.fire(url).status == 200) }
        try site.startDatabase()
        try gateway.wait { $0.contains("the database refuses rows of the spool") }
        let list = try site.run(["audit", "spool", "list"] + options)
        #expect(list.exitCode == 1, "\(list.error)")
        #expect(list.output.contains("SQLSTATE 23514"))
        let name = String(list.output.split(separator: " ").first ?? "")
        let show = try site.run(["audit", "spool", "show", name] + options)
        #expect(show.exitCode == 1, "\(show.error)")
        #expect(show.output.contains("a constraint of the tables refuses a row"))
        #expect(show.output.contains("limen_event"), "\(show.output)")
        #expect(!(list.output + show.output).contains("p1"), "nothing of the patient")
        let missing = try site.run(["audit", "spool", "show", "9/9"] + options)
        #expect(missing.exitCode == 3)
        try site.script("ALTER TABLE audit.event DROP CONSTRAINT refused")
        let retry = try site.run(["audit", "spool", "retry"] + options)
        #expect(retry.exitCode == 0, "\(retry.error)")
        try gateway.wait { $0.contains("all rows of the local spool are in the trail") }
        let after = try site.run(["audit", "spool", "list"] + options)
        #expect(after.exitCode == 0, "\(after.output)")
        try gateway.end()
        #expect(
            try site.count(
                "SELECT count(*) FROM audit.event WHERE kind = 'decision' AND service = 'news2'"
            ) == 2
        )
        let idle = try site.run(["audit", "spool", "retry"] + options)
        #expect(idle.output.contains("no gateway uses the spool"))
    }

    @Test("A spool of another installation, or one in use, stops the start and stays as it is")
    func strangers() throws {
        let site = try OwnSite()
        let spool = site.folder + "/spool"
        let first = try site.serve(["--spool", spool])
        #expect(try site.fire(first.url()).status == 200)
        let second = try site.serve(["--spool", spool])
        #expect(second.ending() == 4)
        #expect(second.text.contains("another process uses the spool"), "\(second.text)")
        try first.end()
        let files = try FileManager.default.contentsOfDirectory(atPath: spool).sorted()
        #expect(files.contains { $0.hasSuffix(".spool") })
        let stranger = try OwnSite()
        let refused = try stranger.serve(["--spool", spool])
        #expect(refused.ending() == 3)
        #expect(refused.text.contains("it belongs to another installation"), "\(refused.text)")
        let after = try FileManager.default.contentsOfDirectory(atPath: spool).sorted()
        #expect(after == files)
        // Whose it is brings its rows.
        try site.startDatabase()
        let owner = try site.serve(["--spool", spool])
        try owner.wait { $0.contains("all rows of the local spool are in the trail") }
        try owner.end()
        #expect(
            try site.count(
                "SELECT count(*) FROM audit.event WHERE kind = 'decision' AND service = 'news2'"
            ) == 1
        )
    }
}

import Foundation
import HTTPMessages
import Support
import Testing

/// The gateway starts while PostgreSQL is away.
@Suite(
    "Start without the database",
    .serialized,
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence)
)
struct StartAwayTests {
    @Test(
        "With a spool it starts and answers, says so, and brings the rows when the server is back"
    )
    func bridged() throws {
        let site = try OwnSite()
        let gateway = try site.serve(["--spool", site.folder + "/spool"])
        let url = try gateway.url()
        #expect(gateway.text.contains("begins with its spool"))
        let (status, text) = try site.ready(url)
        #expect(status == 200)
        #expect(text.contains("[!]database takes no rows"), "\(text)")
        #expect(text.contains("they go to the local spool"), "\(text)")
        for _ in 0..<5 { #expect(try site.fire(url).status == 200) }
        try site.startDatabase()
        try site.waitUntilReady(url) { $0 == 200 && !$1.contains("[!]") }
        try gateway.wait { $0.contains("all rows of the local spool are in the trail") }
        #expect(try site.fire(url).status == 200)
        try gateway.end()
        #expect(
            try site.count(
                "SELECT count(*) FROM audit.event WHERE kind = 'decision' AND service = 'news2'"
            ) == 6
        )
    }

    @Test(
        "A server that turns up and fails a check stops the answers, with an alarm, until it passes"
    )
    func failedCheck() throws {
        let site = try OwnSite()
        let gateway = try site.serve(["--spool", site.folder + "/spool"])
        let url = try gateway.url()
        #expect(try site.fire(url).status == 200)
        try site.configure("synchronous_commit = off")
        try site.startDatabase()
        try site.waitUntilReady(url) { status, text in
            status == 503 && text.contains("fails a check") && text.contains("[-]audit failed")
        }
        try gateway.wait { $0.contains("no hook is answered until it passes") }
        let refused = try site.fire(url)
        #expect(refused.status == 503)
        #expect(refused.fields["Retry-After"] != nil)
        #expect(!String(decoding: refused.body, as: UTF8.self).contains("\"cards\""))
        try site.stopDatabase()
        try site.configure("synchronous_commit = on")
        try site.startDatabase()
        try site.waitUntilReady(url) { $0 == 200 && !$1.contains("[!]") }
        #expect(try site.fire(url).status == 200)
        try gateway.end()
        #expect(
            try site.count(
                "SELECT count(*) FROM audit.event WHERE kind = 'decision' AND outcome <> 'failed'"
            ) == 2
        )
    }

    @Test("Without a spool, or without knowing what is in force, it does not start and says why")
    func refused() throws {
        let site = try OwnSite()
        let strict = try site.serve()
        #expect(strict.ending() == 4)
        #expect(strict.text.contains("without a spool (--spool FOLDER) the gateway does not start"))
        let spool = ["--spool", site.folder + "/spool"]
        let memory = site.folder + "/state/ledger/versions"
        let known = try Data(contentsOf: URL(filePath: memory))
        // Somebody's hand, another installation's file, and none at all.
        var edited = known
        edited[edited.count - 5] ^= 1
        for bytes in [edited, known.dropLast(), Data()] {
            try bytes.write(to: URL(filePath: memory))
            let gateway = try site.serve(spool)
            #expect(gateway.ending() == 4)
            #expect(gateway.text.contains("it guesses none"), "\(gateway.text)")
        }
        try known.write(to: URL(filePath: memory))
        // A login that is refused is no server that is away.
        try site.startDatabase()
        let stranger = try site.serve(spool, ["PGPASSWORD": "wrong"])
        #expect(stranger.ending() == 4)
        #expect(stranger.text.contains("does not let the gateway in"), "\(stranger.text)")
    }
}

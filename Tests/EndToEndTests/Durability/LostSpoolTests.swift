import Foundation
import HTTPMessages
import Testing

/// Somebody removes the folder of the spool while acknowledged rows lie in it.
@Suite(
    "A spool that somebody removes",
    .serialized,
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence)
)
struct LostSpoolTests {
    @Test(
        "The next start says it in the log, on readyz and in the trail, and verify names the rows"
    )
    func lost() throws {
        let site = try OwnSite()
        let spool = ["--spool", site.folder + "/spool"]
        let gateway = try site.serve(spool)
        let url = try gateway.url()
        for _ in 0..<3 { #expect(try site.fire(url).status == 200) }
        try gateway.end()
        try FileManager.default.removeItem(atPath: site.folder + "/spool")
        try site.startDatabase()

        let next = try site.serve(spool)
        let again = try next.url()
        try site.waitUntilReady(again) {
            $0 == 200 && $1.contains("[!]spool has lost 1 segments with rows that were")
        }
        #expect(next.text.contains("segments of the local spool are gone"), "\(next.text)")
        #expect(try site.fire(again).status == 200)
        try next.end()
        let rows = """
            SELECT count(*) FROM audit.event
            WHERE tenant = 'system' AND reason_code = 'spool-lost' AND log_id IS NOT NULL
            """ as StaticString
        #expect(try site.count(rows) == 1)
        let verified = try site.run(["audit", "verify", "--state", site.folder + "/state"])
        #expect(verified.exitCode == 1, "\(verified.error)")
        #expect(
            verified.output.contains("lost-spool: rows of this log from this one on were"),
            "\(verified.output)"
        )
        // A further start tells it no second time, and goes on saying it on readyz.
        let third = try site.serve(spool)
        let url3 = try third.url()
        try site.waitUntilReady(url3) { $0 == 200 && $1.contains("[!]spool has lost 1 segments") }
        try third.end()
        #expect(try site.count(rows) == 1)
    }
}

import AuditStore
import JSON

/// What the doctor found, for a reader and for programs.
struct DoctorPage {
    let report: DoctorReport
    /// The kinds of weakness that a site has decided to live with.
    let accepted: Set<Weakness>

    /// The findings that count for the exit code.
    var counted: [DoctorFinding] {
        report.findings.filter { !accepted.contains($0.weakness) }
    }

    /// The findings with what mends them, then what was not seen.
    var text: String {
        var text = ""
        for finding in report.findings {
            let mark = accepted.contains(finding.weakness) ? " (accepted)" : ""
            text +=
                "\(finding.severity.rawValue.uppercased())  \(TextStyle.safe(finding.object))\(mark)\n"
            text += "    \(TextStyle.safeLines(finding.sentence))\n"
            text += "    mend   \(TextStyle.safeLines(finding.remedy))\n"
            text += "    code   \(finding.weakness.rawValue)\n"
        }
        for reader in report.readers {
            text += "READS  \(reader.login)\(reader.isThere ? "" : " (no such login)")  "
            text += reader.tenants.joined(separator: ", ") + "\n"
        }
        for what in report.unseen { text += "NOT SEEN  \(what)\n" }
        let acceptedCount = report.findings.count - counted.count
        text += "\(report.factCount) facts held against the migrations and the rules: "
        text += counted.isEmpty ? "no weakness" : Self.count(counted.count, "weakness")
        if acceptedCount > 0 { text += ", \(acceptedCount) accepted" }
        if !report.unseen.isEmpty { text += "; \(report.unseen.count) not seen" }
        return text + "\n"
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "es")
    }

    /// One object.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("serverVersion", report.serverVersion)
        writer.member("facts", report.factCount)
        writer.name("findings")
        writer.beginArray()
        for finding in report.findings {
            writer.beginObject()
            writer.member("code", finding.weakness.rawValue)
            writer.member("severity", finding.severity.rawValue)
            writer.member("object", finding.object)
            writer.member("finding", finding.sentence)
            writer.member("mend", finding.remedy)
            writer.member("accepted", accepted.contains(finding.weakness))
            writer.endObject()
        }
        writer.endArray()
        writer.name("readers")
        writer.beginArray()
        for reader in report.readers {
            writer.beginObject()
            writer.member("login", reader.login)
            writer.member("isThere", reader.isThere)
            writer.name("tenants")
            writer.beginArray()
            for tenant in reader.tenants { writer.value(tenant) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.name("unseen")
        writer.beginArray()
        for what in report.unseen { writer.value(what) }
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }
}

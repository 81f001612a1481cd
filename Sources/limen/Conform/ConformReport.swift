import JSON

/// What was seen of every requirement, for a reader and for programs.
struct ConformReport {
    let ledger: ConformLedger

    private func count(_ word: String) -> Int { ledger.verdicts.count { $0.verdict.word == word } }

    /// How many requirements are broken.
    var failedCount: Int { count("fail") }

    /// The sentence that tells how it went.
    var summary: String {
        let all = ledger.verdicts.count
        return "\(count("pass")) pass, \(failedCount) fail, "
            + "\(count("not applicable")) not applicable, of \(all) requirements of CDS Hooks 2.0"
    }

    /// The text: what is broken first; what passes and what does not apply when `showsAll`.
    func text(showsAll: Bool) -> String {
        var text = ""
        for (requirement, verdict) in ledger.verdicts {
            let head = "\(requirement.id)  \(requirement.level.rawValue)  \(requirement.words)"
            switch verdict {
            case .fail(let faults):
                text += "FAIL            \(head)\n"
                for fault in faults {
                    text += "                \(fault.place): \(fault.sentence)\n"
                }
            case .pass(let count):
                if showsAll { text += "pass            \(head) (\(count) times)\n" }
                for remark in ledger.remarks[requirement.id] ?? [] where showsAll {
                    text += "                \(remark)\n"
                }
            case .notApplicable(let reason):
                guard showsAll else { continue }
                text += "not applicable  \(head)\n                \(reason)\n"
            }
        }
        if !showsAll { text += "--all shows what passes and what does not apply.\n" }
        return text + summary + "\n"
    }

    /// The same as JSON.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 1 << 15)
        writer.beginObject()
        writer.member("pass", count("pass"))
        writer.member("fail", failedCount)
        writer.member("notApplicable", count("not applicable"))
        writer.name("requirements")
        writer.beginArray()
        for (requirement, verdict) in ledger.verdicts {
            writer.beginObject()
            writer.member("id", requirement.id)
            writer.member("level", requirement.level.rawValue)
            writer.member("requirement", requirement.words)
            writer.member("verdict", verdict.word)
            write(verdict, to: &writer)
            if let remarks = ledger.remarks[requirement.id] {
                writer.name("remarks")
                writer.beginArray()
                for remark in remarks { writer.value(remark) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func write(_ verdict: ConformLedger.Verdict, to writer: inout JSONWriter) {
        switch verdict {
        case .pass(let count):
            writer.member("seen", count)
        case .notApplicable(let reason):
            writer.member("reason", reason)
        case .fail(let faults):
            writer.name("faults")
            writer.beginArray()
            for fault in faults {
                writer.beginObject()
                writer.member("place", fault.place)
                writer.member("sentence", fault.sentence)
                writer.endObject()
            }
            writer.endArray()
        }
    }
}

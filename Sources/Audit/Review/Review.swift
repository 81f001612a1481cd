package import Basics
package import JSON

/// A saved review: a question with its time, who asked it, what was found, and who closed it.
package struct Review: Sendable {
    /// The id.
    package let id: UUIDBytes
    /// The tenant that is reviewed.
    package let tenant: String
    /// When it was made.
    package var madeAt: Instant
    /// Who made it.
    package let madeBy: String
    /// What it is called.
    package var title: ReviewWords
    /// The patient that its words are about: they are erased with that patient.
    package var patientPseudonym: [UInt8]?
    /// What is asked.
    package let question: ReviewQuestion
    /// The first moment that is looked at.
    package let from: Instant
    /// The moment before which is looked at.
    package let end: Instant
    /// What counts as working hours.
    package let hours: WorkingHours
    /// What was found, each time it was run, the last first.
    package var runs: [ReviewRun] = []
    /// Who closed it, when, and what was found.
    package var closing: ReviewClosing?

    /// Makes a review that was never run.
    package init(
        id: UUIDBytes,
        tenant: String,
        madeAt: Instant,
        madeBy: String,
        title: String,
        question: ReviewQuestion,
        from: Instant,
        end: Instant,
        hours: WorkingHours
    ) {
        self.id = id
        self.tenant = tenant
        self.madeAt = madeAt
        self.madeBy = madeBy
        self.title = ReviewWords(title)
        self.question = question
        self.from = from
        self.end = end
        self.hours = hours
    }

    /// Writes the review as one JSON object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("review", id.text)
        title.write("title", to: &writer)
        writer.member("question", question.rawValue)
        writer.member("sentence", question.sentence)
        writer.member("from", from.text)
        writer.member("to", end.text)
        writer.name("workingHours")
        writer.rawValue(hours.json)
        writer.member("madeAt", madeAt.text)
        writer.member("madeBy", madeBy)
        writer.name("runs")
        writer.beginArray()
        for run in runs { run.write(to: &writer) }
        writer.endArray()
        if let closing {
            writer.name("closing")
            writer.beginObject()
            writer.member("examinedBy", closing.by)
            writer.member("on", closing.at.text)
            closing.finding.write("found", to: &writer)
            writer.member("run", closing.runID.text)
            if let run = runs.first(where: { $0.id == closing.runID }), !run.isComplete {
                // What was examined is a part of the time that the review is of.
                writer.member("isComplete", false)
            }
            writer.endObject()
        }
        writer.endObject()
    }
}

/// What one run of a review found.
package struct ReviewRun: Sendable {
    /// The id.
    package let id: UUIDBytes
    /// When it ran.
    package var ranAt: Instant
    /// Who ran it.
    package let ranBy: String
    /// How many events were found.
    package let foundCount: Int
    /// Whether all of the time was looked at; more were there than are counted when not.
    package let isComplete: Bool
    /// How many of each group, the largest first.
    package let groups: [(name: String, count: Int)]
    /// SHA-256 over the ids of what was found, in their order.
    package let digest: [UInt8]

    /// Makes a run.
    package init(
        id: UUIDBytes,
        ranAt: Instant,
        ranBy: String,
        foundCount: Int,
        isComplete: Bool,
        groups: [(name: String, count: Int)],
        digest: [UInt8]
    ) {
        self.id = id
        self.ranAt = ranAt
        self.ranBy = ranBy
        self.foundCount = foundCount
        self.isComplete = isComplete
        self.groups = groups
        self.digest = digest
    }

    /// Whether all of the time was looked at and nothing was found.
    package var isClean: Bool { isComplete && foundCount == 0 }

    /// How many were found, as far as was looked.
    package var foundText: String { (isComplete ? "" : "at least ") + String(foundCount) }

    /// The groups as a JSON array.
    package var groupsJSON: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for group in groups {
            writer.beginObject()
            writer.member("name", group.name)
            writer.member("count", group.count)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }

    /// Reads what `groupsJSON` gives.
    package static func groups(reading bytes: [UInt8]) -> [(name: String, count: Int)] {
        guard let root = try? JSONDocument(parsing: bytes).root else { return [] }
        return root.elements.map {
            ($0["name"]?.stringValue ?? "", $0["count"]?.integerValue ?? 0)
        }
    }

    /// Writes the run as one JSON object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("run", id.text)
        writer.member("on", ranAt.text)
        writer.member("by", ranBy)
        writer.member("found", foundCount)
        writer.member("isComplete", isComplete)
        writer.name("groups")
        writer.rawValue(groupsJSON)
        writer.member("sha256", hexadecimal(digest))
        writer.endObject()
    }
}

/// How a review ended: examined by whom, on which day, and what was found.
package struct ReviewClosing: Sendable {
    /// When.
    package let at: Instant
    /// Who.
    package let by: String
    /// What was found, in the words of who examined it.
    package var finding: ReviewWords
    /// The patient that the words are about: they are erased with that patient.
    package var patientPseudonym: [UInt8]?
    /// The run that was examined.
    package let runID: UUIDBytes

    /// Makes a closing.
    package init(at: Instant, by: String, finding: String, runID: UUIDBytes) {
        self.at = at
        self.by = by
        self.finding = ReviewWords(finding)
        self.runID = runID
    }
}

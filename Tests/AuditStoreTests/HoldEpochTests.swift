import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// Legal holds over epochs of pseudonyms and over months.
@Suite("Holds over time", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct HoldEpochTests {
    /// The pseudonyms of a patient in the first and in the second epoch.
    private struct Patient {
        var first = RandomBytes.make(count: 32)
        let second = RandomBytes.make(count: 32)
    }

    private static func code(_ body: () throws -> Void) -> AuditStoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AuditStoreError)?.code
        }
    }

    private func hold(_ scene: VaultScene, _ patient: Patient) throws -> UUIDBytes {
        let hold = UUIDBytes.version4()
        try scene.eraser().setHold(
            tenant: "anna",
            holdID: hold,
            subjects: [patient.first],
            reason: "case 7",
            eventID: .version4(),
            epochs: [1]
        )
        return hold
    }

    private func follow(
        _ scene: VaultScene,
        _ hold: UUIDBytes,
        _ patient: Patient
    ) throws -> Int {
        try scene.eraser().followHold(
            tenant: "anna",
            holdID: hold,
            subjects: [patient.first, patient.second],
            epochs: [1, 2],
            eventID: .version4()
        )
    }

    @Test("A hold of an epoch whose key is gone holds everybody until it is followed, then its own")
    func erasure() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let (held, other) = (Patient(), Patient())
        for patient in [held, other] {
            var record = scene.decision(monthsAgo: 80)
            record.patientPseudonym = patient.second
            record.pseudonymEpoch = 2
            try await scene.sink.append(record)
        }
        let hold = try hold(scene, held)
        // The first epoch has ended: who erases knows the second pseudonym alone.
        func erase(_ patient: Patient) throws {
            _ = try scene.eraser().erase(
                tenant: "anna",
                subjects: [patient.second],
                eventID: .version4(),
                reason: "request 30",
                isDueOnly: true
            )
        }
        #expect(Self.code { try erase(held) } == .holdUnclear)
        #expect(Self.code { try erase(other) } == .holdUnclear)
        let plan = try scene.eraser().plan(tenant: "anna", subjects: [held.second])
        #expect(plan.map(\.state) == [.unclear])
        // What does not name the held patient follows nothing.
        #expect(Self.code { _ = try follow(scene, hold, other) } == .database)
        #expect(try follow(scene, hold, held) == 1)
        #expect(try follow(scene, hold, held) == 0)
        let standing = try scene.query().patientHolds(tenant: "anna")
        #expect(standing.map(\.epochs) == [[1, 2]])
        #expect(Self.code { try erase(held) } == .legalHold)
        #expect(Self.code { try erase(other) } == nil)
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 1)
    }

    @Test("Cards and memories of a held patient are held whatever the caller leaves out")
    func leftOut() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        var held = scene.decision(monthsAgo: 80)
        held.pseudonymEpoch = 1
        held.shown = ShownAnswer(
            subject: RandomBytes.make(count: 32),
            state: [1],
            forgottenAt: Records.now.advanced(byMicroseconds: 3_600_000_000)
        )
        var other = scene.decision(monthsAgo: 80)
        other.patientPseudonym = RandomBytes.make(count: 32)
        other.pseudonymEpoch = 1
        for record in [held, other] { try await scene.sink.append(record) }
        for record in [held, other] {
            var feedback = Records.feedback(on: [record.cardIDs[0]], at: record.startedAt)
            feedback.feedback[0].userComment = "seen"
            try await scene.sink.append(feedback)
        }
        try scene.eraser().setHold(
            tenant: "anna",
            holdID: .version4(),
            subjects: [scene.patient],
            reason: "case 9",
            eventID: .version4(),
            epochs: [1]
        )
        func erase(_ subjects: [[UInt8]], shown: [UUIDBytes] = []) throws -> Int {
            try scene.eraser().erase(
                tenant: "anna",
                subjects: subjects,
                eventID: .version4(),
                reason: "request 33",
                isDueOnly: true,
                shownEvents: shown
            )
        }
        let card = held.cardIDs[0].bytes
        #expect(Self.code { _ = try erase([card]) } == .legalHold, "no pseudonym was named")
        let free = [other.patientPseudonym ?? [], other.cardIDs[0].bytes]
        #expect(Self.code { _ = try erase(free + [card]) } == .legalHold)
        // A read that somebody wrote about the other patient is no evidence of an epoch.
        var read = ReadNote("list").record(
            .auditRead,
            tenant: "anna",
            client: "auditor_anna",
            eventID: .version4(),
            now: Records.now
        )
        read.patientPseudonym = other.patientPseudonym
        read.pseudonymEpoch = 9
        try scene.query().record(read)
        #expect(try erase(free, shown: [held.eventID]) == 2)
        #expect(try scene.database.count("SELECT count(*) FROM audit.shown") == 1)
    }

    @Test("Comments on a card whose decision has not come yet are held while any patient is")
    func early() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let decision = scene.decision(monthsAgo: 80)
        let card = decision.cardIDs[0]
        try await scene.sink.append(Records.feedback(on: [card], at: decision.startedAt))
        func erase() throws -> Int {
            try scene.eraser().erase(
                tenant: "anna",
                subjects: [card.bytes],
                eventID: .version4(),
                reason: "request 34",
                isDueOnly: true
            )
        }
        var patient = Patient()
        patient.first = scene.patient
        let hold = try hold(scene, patient)
        #expect(Self.code { _ = try erase() } == .holdUnclear)
        let plan = try scene.eraser().plan(tenant: "anna", subjects: [card.bytes])
        #expect(plan.map(\.state) == [.unclear])
        try await scene.sink.append(decision)
        #expect(Self.code { _ = try erase() } == .legalHold)
        #expect(
            try scene.eraser().liftHold(
                tenant: "anna",
                holdID: hold,
                reason: "closed",
                eventID: .version4()
            )
        )
        #expect(try erase() == 1)
    }

    @Test("A pseudonym whose rows are of another epoch than was said holds nobody")
    func wrongEpoch() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let patient = Patient()
        var record = scene.decision()
        record.patientPseudonym = patient.second
        record.pseudonymEpoch = 2
        try await scene.sink.append(record)
        let hold = try hold(scene, patient)
        func follow(_ epochs: [Int]) -> AuditStoreError.Code? {
            Self.code {
                _ = try scene.eraser().followHold(
                    tenant: "anna",
                    holdID: hold,
                    subjects: [patient.first, patient.second],
                    epochs: epochs,
                    eventID: .version4()
                )
            }
        }
        #expect(follow([1, 3]) == .database)
        #expect(follow([1, 2]) == nil)
        let wrong = Self.code {
            try scene.eraser().setHold(
                tenant: "anna",
                holdID: .version4(),
                subjects: [patient.second],
                reason: "case 10",
                eventID: .version4(),
                epochs: [1]
            )
        }
        #expect(wrong == .database)
    }

    @Test("A month with rows of an epoch that a hold is not followed into is not dropped")
    func retention() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        try Self.addMonths(["2015-03-01", "2015-04-01"], scene)
        let (held, other) = (Patient(), Patient())
        for (patient, moment) in [(held, Self.march), (other, Self.april)] {
            var record = scene.decision()
            record.startedAt = moment
            record.patientPseudonym = patient.second
            record.pseudonymEpoch = 2
            try await scene.sink.append(record)
        }
        let hold = try hold(scene, held)
        let store = try KeyStore.open(scene.database.login("limen_retention"))
        func drop(_ month: String) -> AuditStoreError.Code? {
            Self.code { try store.dropMonth(month, eventID: .version4(), reason: "due") }
        }
        #expect(drop("2015-03-01") == .legalHold)
        #expect(drop("2015-04-01") == .legalHold, "nobody knows whose row it is")
        _ = try follow(scene, hold, held)
        #expect(drop("2015-03-01") == .legalHold)
        #expect(drop("2015-04-01") == nil)
    }

    @Test("A later month with feedback on a held patient's card, or what its call caused, is kept")
    func consequences() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        try Self.addMonths(["2015-03-01", "2015-04-01", "2015-05-01"], scene)
        var decision = scene.decision()
        decision.startedAt = Self.march
        decision.pseudonymEpoch = 1
        try await scene.sink.append(decision)
        try await scene.sink.append(Records.feedback(on: [decision.cardIDs[0]], at: Self.april))
        var fetch = Records.small("anna", at: Self.may)
        fetch.causedBy = decision.eventID
        try await scene.sink.append(fetch)
        let hold = UUIDBytes.version4()
        try scene.eraser().setHold(
            tenant: "anna",
            holdID: hold,
            subjects: [scene.patient],
            reason: "case 8",
            eventID: .version4(),
            epochs: [1]
        )
        let store = try KeyStore.open(scene.database.login("limen_retention"))
        func drop(_ month: String) -> AuditStoreError.Code? {
            Self.code { try store.dropMonth(month, eventID: .version4(), reason: "due") }
        }
        for month in ["2015-04-01", "2015-05-01"] { #expect(drop(month) == .legalHold) }
        #expect(
            try scene.eraser().liftHold(
                tenant: "anna",
                holdID: hold,
                reason: "closed",
                eventID: .version4()
            )
        )
        for month in ["2015-05-01", "2015-04-01", "2015-03-01"] { #expect(drop(month) == nil) }
    }

    private static let march = Instant(microseconds: 1_426_000_000_000_000)
    private static let april = Instant(microseconds: 1_428_600_000_000_000)
    private static let may = Instant(microseconds: 1_431_200_000_000_000)

    private static func addMonths(_ months: [String], _ scene: VaultScene) throws {
        for month in months {
            try scene.database.script(
                """
                SET ROLE limen_owner;
                SELECT audit.add_month('event', date '\(month)'),
                       audit.add_month('card', date '\(month)'),
                       audit.add_month('feedback', date '\(month)');
                """
            )
        }
    }
}

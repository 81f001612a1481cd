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
        let first = RandomBytes.make(count: 32)
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
        func erase(_ patient: Patient, _ epochs: [Int]) throws {
            _ = try scene.eraser().erase(
                tenant: "anna",
                subjects: [patient.second],
                eventID: .version4(),
                reason: "request 30",
                isDueOnly: true,
                epochs: epochs
            )
        }
        for epochs in [[2], []] {
            #expect(Self.code { try erase(held, epochs) } == .holdUnclear)
            #expect(Self.code { try erase(other, epochs) } == .holdUnclear)
        }
        let plan = try scene.eraser().plan(
            tenant: "anna",
            subjects: [held.second],
            epochs: [2]
        )
        #expect(plan.map(\.state) == [.unclear])
        // What does not name the held patient follows nothing.
        #expect(Self.code { _ = try follow(scene, hold, other) } == .database)
        #expect(try follow(scene, hold, held) == 1)
        #expect(try follow(scene, hold, held) == 0)
        let standing = try scene.query().patientHolds(tenant: "anna")
        #expect(standing.map(\.epochs) == [[1, 2]])
        #expect(Self.code { try erase(held, [2]) } == .legalHold)
        #expect(Self.code { try erase(other, [2]) } == nil)
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 1)
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

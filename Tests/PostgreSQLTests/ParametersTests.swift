import Basics
import PostgreSQL
import Testing

@Suite("Errors and settings")
struct SettingsTests {
    @Test("A connection's settings never print what they hold")
    func masking() {
        let settings = ConnectionSettings(conninfo: "password=hunter2").asUser("x", password: "y")
        #expect("\(settings)" == "ConnectionSettings(masked)")
        #expect(String(reflecting: settings) == "ConnectionSettings(masked)")
        #expect("\([settings])" == "[ConnectionSettings(masked)]")
    }

    @Test(
        "Faults of the server are told from faults of the row",
        arguments: [
            ("08006", true), ("57P01", true), ("53100", true), ("25006", true), ("40001", true),
            ("58030", true), ("XX000", true), ("55P03", true), ("23505", false),
            ("22P02", false), ("42501", false), ("0A000", false),
        ]
    )
    func transience(state: String, isTransient: Bool) {
        let error = PostgreSQLError(code: .statementFailed, sqlState: state)
        #expect(error.isTransient == isTransient)
    }

    @Test("A lost connection is transient, a wrong setting is not")
    func codes() {
        #expect(PostgreSQLError(code: .connectionLost).isTransient)
        #expect(PostgreSQLError(code: .connectionFailed).isTransient)
        #expect(PostgreSQLError(code: .timeout).isTransient)
        #expect(!PostgreSQLError(code: .invalidSettings).isTransient)
        #expect(!PostgreSQLError(code: .statementFailed).isTransient)
    }

    @Test("Values are counted, and NULL takes no bytes")
    func counting() {
        var values = Parameters()
        values.add(text: "ab")
        values.add(text: nil)
        values.add(uuid: UUIDBytes(high: 0, low: 0))
        values.add(int64: 1)
        #expect(values.count == 4)
        #expect(values.byteCount == 2 + 16 + 8)
    }
}

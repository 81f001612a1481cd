/// What a log line may say about an event: a severity, a fixed sentence and allowed attributes.
///
/// There is no way to put other text into a line: no member takes free text but the values of the
/// attributes, and those come from configuration or are codes, numbers and identifiers.
package struct LogEvent: Sendable {
    /// The severities with their numbers (OpenTelemetry logs data model, severity number).
    package enum Severity: String, Sendable, CaseIterable {
        case debug = "DEBUG"
        case info = "INFO"
        case warning = "WARN"
        case error = "ERROR"

        var number: Int {
            switch self {
            case .debug: 5
            case .info: 9
            case .warning: 13
            case .error: 17
            }
        }
    }

    /// The attributes a line may carry (OpenTelemetry semantic conventions, and `limen.*`).
    package enum Attribute: String, Sendable, CaseIterable {
        case method = "http.request.method"
        case route = "http.route"
        case status = "http.response.status_code"
        case errorType = "error.type"
        case peer = "client.address"
        case client = "limen.client.id"
        case tenant = "limen.tenant"
        case service = "cds.service.id"
        case hookInstance = "cds.hook.instance"
        case outcome = "limen.outcome"
        case place = "limen.place"
        case offset = "limen.offset"
        case durationMicroseconds = "limen.duration_us"
        case deadlineMicroseconds = "limen.deadline_us"
        case file = "limen.file"
        case count = "limen.count"
        case sqlState = "db.response.status_code"
        case address = "server.address"
        case port = "server.port"
        case version = "service.version"
    }

    /// The value of an attribute.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    /// How severe it is.
    package var severity: Severity
    /// One sentence that is the same for all events of the kind.
    package var body: StaticString
    /// The attributes in order.
    package var attributes: [(Attribute, Value)]
    /// The W3C trace id (16 bytes).
    package var traceID: [UInt8]?

    /// Makes an event.
    package init(
        _ severity: Severity,
        _ body: StaticString,
        _ attributes: [(Attribute, Value)] = [],
        traceID: [UInt8]? = nil
    ) {
        self.severity = severity
        self.body = body
        self.attributes = attributes
        self.traceID = traceID
    }
}

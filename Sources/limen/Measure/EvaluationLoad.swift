import Basics
import HTTPMessages

/// A request of `POST /models/{id}/evaluate` with so many rows, for measurements.
enum EvaluationLoad {
    /// The models that are measured, with a row of each.
    static let models = [
        (
            name: "news2",
            row: """
            {"respiratoryRate":22,"spo2":95,"onOxygen":true,"systolic":101,"pulse":112,\
            "consciousness":"A","temperature":{"value":101.3,"unit":"[degF]"}}
            """
        ),
        (
            name: "segments",
            row: #"{"age":61,"systolic":142,"diastolic":84,"bodyMassIndex":31.4}"#
        ),
    ]

    /// How many rows the measured calls have.
    static let rowCounts = [1, Limits.evaluationRowsMax]

    /// Whether so many calls at once leave room in the queue of the audit rows.
    static func fits(connectionCount: Int, rowCount: Int) -> Bool {
        connectionCount * min(rowCount, Limits.evaluationAppendsMax) <= Limits.auditQueueRowsMax
    }

    /// The bytes of the whole HTTP request.
    static func request(
        model: String,
        row: String,
        rowCount: Int,
        host: String,
        key: String
    ) -> [UInt8] {
        let rows = Array(repeating: row, count: rowCount).joined(separator: ",")
        let request = HTTPRequest(
            method: "POST",
            path: "/models/" + model + "/evaluate",
            fields: [
                "Content-Type": "application/json", "Authorization": "Bearer " + key,
            ],
            body: Array((rowCount == 1 ? rows : "[" + rows + "]").utf8)
        )
        return RequestSerializer.bytes(request, host: host)
    }
}

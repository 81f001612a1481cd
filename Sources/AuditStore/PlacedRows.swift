import Audit
import PostgreSQL

/// The rows of one tenant in a transaction, with their places in the log.
struct PlacedRows {
    let tenant: String
    private(set) var rows: [EncodedRow]
    private(set) var places: [LogPlace?]

    /// The values of the events.
    var events: [Parameters] {
        zip(rows, places).map { row, place in row.event(at: place) }
    }

    /// The rows by tenant: the tenant is set once for each.
    static func byTenant(_ rows: [EncodedRow], _ places: [LogPlace]) -> [PlacedRows] {
        var groups: [PlacedRows] = []
        var indices: [String: Int] = [:]
        for (row, place) in zip(rows, places) {
            if let index = indices[row.tenant] {
                groups[index].rows.append(row)
                groups[index].places.append(place)
            } else {
                indices[row.tenant] = groups.count
                groups.append(PlacedRows(tenant: row.tenant, rows: [row], places: [place]))
            }
        }
        return groups
    }

    init(tenant: String, rows: [EncodedRow], places: [LogPlace?]) {
        precondition(rows.count == places.count, "a place for each row, or none")
        self.tenant = tenant
        self.rows = rows
        self.places = places
    }
}

import Audit
import Basics
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

    /// The values of the keys, each once, in the order of their ids.
    ///
    /// Rows of several writers may need the same new keys, and each writer waits for the other's
    /// until that one has committed. In one order for all, none waits for one that waits for it.
    var keys: [Parameters] {
        let sorted = rows.flatMap(\.keys)
            .sorted { ($0.keyID.high, $0.keyID.low) < ($1.keyID.high, $1.keyID.low) }
        var last: UUIDBytes?
        return sorted.compactMap { key in
            defer { last = key.keyID }
            return key.keyID == last ? nil : key.values
        }
    }

    /// The rows by tenant, in the order of the tenants: the tenant is set once for each.
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
        return groups.sorted { $0.tenant < $1.tenant }
    }

    init(tenant: String, rows: [EncodedRow], places: [LogPlace?]) {
        precondition(rows.count == places.count, "a place for each row, or none")
        self.tenant = tenant
        self.rows = rows
        self.places = places
    }
}

import HTTPMessages
import HTTPServer
import JSON
import Synchronization

/// The FHIR server of the marker drill's EHR: each of its answers holds markers.
///
/// Its own log is not searched: who asks it may name the patient.
final class MarkerFHIRServer: Sendable {
    /// How it answers.
    enum Manner: Sendable {
        /// With the resources of a Bundle: the Patient, or all others as the result of a search.
        case records(Records)
        /// With the same response, whatever is asked.
        case always(HTTPResponse)
    }

    /// A patient's resources as JSON.
    struct Records: Sendable {
        let patient: String
        let others: [String]

        /// Takes them from a Bundle; `nil` when it has no Patient.
        init?(_ bundle: String) {
            let entries = (try? JSONDocument(parsing: bundle))?.root["entry"]
            let resources = entries?.elements.compactMap { $0["resource"] } ?? []
            func text(_ resource: JSONValue) -> String {
                String(decoding: resource.rawBytes, as: UTF8.self)
            }
            let isPatient = { (resource: JSONValue) in
                resource["resourceType"]?.isString("Patient") ?? false
            }
            guard let patient = resources.first(where: isPatient) else { return nil }
            self.patient = text(patient)
            others = resources.filter { !isPatient($0) }.map(text)
        }

        fileprivate func response(to path: String) -> HTTPResponse {
            guard !path.contains("/Patient/") else { return MarkerFHIRServer.json(patient) }
            let entries = others.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
            let body = #"{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}"#
            return MarkerFHIRServer.json(body)
        }
    }

    private struct State {
        var manner = Manner.always(HTTPResponse(status: 404))
        var requestCount = 0
    }

    /// Where it is, for `fhirServer` and for the registration of the client.
    let base: String
    private let server: HTTPServer
    private let state: Shared

    /// What the handler and the drill share.
    private final class Shared: Sendable {
        let value = Mutex(State())
    }

    /// Starts it on a free port of the loopback.
    init() throws(CommandError) {
        let state = Shared()
        do {
            server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { request in
                state.value.withLock { state in
                    state.requestCount += 1
                    return switch state.manner {
                    case .records(let records): records.response(to: request.path)
                    case .always(let response): response
                    }
                }
            }
        } catch {
            throw CommandError(.internalError, "a FHIR server of the drill cannot be started")
        }
        self.state = state
        base = "http://127.0.0.1:\(server.localPort)/fhir"
    }

    /// How many requests it had.
    var requestCount: Int { state.value.withLock { $0.requestCount } }

    /// Answers in this manner from now on.
    func answer(_ manner: Manner) { state.value.withLock { $0.manner = manner } }

    /// A FHIR response.
    static func json(_ body: String, status: Int = 200, _ fields: HTTPFields = HTTPFields())
        -> HTTPResponse
    {
        var fields = fields
        fields.append("Content-Type", "application/fhir+json")
        return HTTPResponse(status: status, fields: fields, body: Array(body.utf8))
    }
}

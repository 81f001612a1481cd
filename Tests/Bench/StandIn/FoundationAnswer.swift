import Foundation
import HTTPMessages

/// What a service written on Foundation does with a call: it decodes all of it, and answers.
enum FoundationAnswer {
    /// Answers a card when the call can be decoded.
    static func response(to request: HTTPRequest) -> HTTPResponse {
        do {
            let call = try JSONDecoder().decode(Call.self, from: Data(request.body))
            let count = call.prefetch.observations.entry?.count ?? 0
            let card = Card(
                uuid: UUID().uuidString.lowercased(),
                summary: "\(count) observations were read",
                indicator: "info",
                source: Source(label: "stand-in")
            )
            return HTTPResponse(
                status: 200,
                fields: ["Content-Type": "application/json"],
                body: Array(try JSONEncoder().encode(Answer(cards: [card])))
            )
        } catch {
            return HTTPResponse(status: 400, fields: [:], body: [])
        }
    }

    private struct Call: Decodable {
        let hook: String
        let hookInstance: String
        let context: Context
        let prefetch: Prefetch
    }

    private struct Context: Decodable {
        let userId: String
        let patientId: String
    }

    private struct Prefetch: Decodable {
        let patient: Patient
        let observations: Bundle
    }

    private struct Patient: Decodable {
        let resourceType: String
        let id: String
        let birthDate: String?
    }

    private struct Bundle: Decodable {
        let resourceType: String
        let type: String
        let entry: [Entry]?
    }

    private struct Entry: Decodable {
        let fullUrl: String?
        let resource: Observation
    }

    private struct Observation: Decodable {
        let resourceType: String
        let id: String
        let meta: Meta?
        let status: String
        let category: [Concept]?
        let code: Concept
        let subject: Reference
        let effectiveDateTime: String?
        let valueQuantity: Quantity?
    }

    private struct Meta: Decodable {
        let versionId: String?
        let lastUpdated: String?
    }

    private struct Concept: Decodable {
        let coding: [Coding]?
    }

    private struct Coding: Decodable {
        let system: String?
        let code: String?
        let display: String?
    }

    private struct Reference: Decodable {
        let reference: String?
    }

    private struct Quantity: Decodable {
        let value: Decimal
        let unit: String?
        let system: String?
        let code: String?
    }

    private struct Answer: Encodable {
        let cards: [Card]
    }

    private struct Card: Encodable {
        let uuid: String
        let summary: String
        let indicator: String
        let source: Source
    }

    private struct Source: Encodable {
        let label: String
    }
}

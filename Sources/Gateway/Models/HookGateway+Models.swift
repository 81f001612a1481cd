import Audit
import Basics
import ClinicalEngine
import HTTPMessages

/// What models there are: read-only, for callers that evaluate them.
extension HookGateway {
    /// Answers `GET /models`, `/models/{id}` and `/models/{id}/segments`.
    ///
    /// Only a refusal has an audit row; what is read here is configuration.
    func answerModels(
        _ request: HTTPRequest,
        _ route: Route,
        startedAt: Instant
    ) async -> HTTPResponse {
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let catalogue = catalogue
            let client = try await authenticate(
                request,
                route,
                catalogue,
                .readModels,
                &exchange
            )
            return try describe(ModelList(catalogue, for: client), request, route)
        } catch {
            return await refuse(error, request, route, exchange)
        }
    }

    private func describe(
        _ list: ModelList,
        _ request: HTTPRequest,
        _ route: Route
    ) throws(GatewayError) -> HTTPResponse {
        switch route {
        case .models: return Self.json(ModelDocument.json(of: list))
        case .model(let id): return Self.json(ModelDocument.json(of: try list.entry(id)))
        case .segments(let id):
            guard case .profile(let profile) = try list.entry(id).content,
                !profile.model.segmentProfiles.isEmpty
            else { throw GatewayError(.noSegments) }
            let document = SegmentDocument(
                profile: profile,
                accepting: request.fields["accept-language"]
            )
            var response = Self.json(document.json)
            response.fields.append("Vary", "Accept-Language")
            if let language = document.language {
                response.fields.append("Content-Language", language)
            }
            return response
        case .discovery, .hook, .feedback, .evaluation, .audit, .livez, .readyz, .metrics,
            .openAPI, .unknown:
            throw GatewayError(.unknownPath)
        }
    }

    private static func json(_ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            fields: ["Content-Type": "application/json; charset=utf-8"],
            body: body
        )
    }
}

import Audit
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// How far the scopes of a token reach (SMART App Launch 1.0 and 2.0, "Scopes").
@Suite("Scopes of a token to fetch with")
struct FHIRAuthorizationTests {
    private static func authorization(_ scope: String?) throws -> FHIRAuthorization {
        let member = scope.map { #","scope":"\#($0)""# } ?? ""
        let json = try JSONDocument(
            parsing: #"{"access_token":"abc","token_type":"Bearer"\#(member)}"#
        )
        return try #require(FHIRAuthorization(json.root))
    }

    @Test(
        "A scope reaches as far as it says, and what is none reaches nothing",
        arguments: [
            ("user/Observation.read", "whole", "whole"), ("user/*.read", "whole", "whole"),
            ("user/Observation.*", "whole", "whole"), ("user/Observation.rs", "whole", "whole"),
            ("user/Observation.r", "none", "whole"), ("user/Observation.s", "whole", "none"),
            ("user/Observation.cruds", "whole", "whole"),
            ("patient/Observation.rs", "whole", "whole"),
            ("system/*.rs", "whole", "whole"), ("user/Patient.read", "none", "none"),
            ("user/Observation.write", "none", "none"), ("user/Observation.cud", "none", "none"),
            // Letters out of their order, or twice, are no scope.
            ("user/Observation.sr", "none", "none"), ("user/Observation.rr", "none", "none"),
            ("user/Observation.", "none", "none"), ("user/Observation", "none", "none"),
            // A filter lets a part be seen; with nothing around it there is no scope.
            ("user/Observation.rs?category=laboratory", "part", "part"),
            ("user/Observation.r?x=1", "none", "part"), ("user/*.s?x", "part", "none"),
            ("user/Observation.rs?", "part", "part"), ("user/?", "none", "none"),
            ("user/?a=b", "none", "none"), ("user/??", "none", "none"), ("user/", "none", "none"),
            ("user/.", "none", "none"), ("user/.?", "none", "none"), ("user/.rs", "none", "none"),
            ("/", "none", "none"), ("?", "none", "none"), ("/?", "none", "none"),
            ("user", "none", "none"), ("user//", "none", "none"), ("user/*", "none", "none"),
            ("group/Observation.rs", "none", "none"), ("User/Observation.rs", "none", "none"),
            ("launch openid fhirUser", "none", "none"),
            // The widest of several counts, in whichever order they stand.
            ("user/? user/Observation.rs", "whole", "whole"),
            ("user/Observation.rs?x user/Observation.rs", "whole", "whole"),
            ("user/Observation.rs user/Observation.rs?x", "whole", "whole"),
            ("user/? user/Observation.rs?x user/", "part", "part"),
        ]
    )
    func reach(scope: String, search: String, read: String) throws {
        let authorization = try Self.authorization(scope)
        #expect("\(authorization.reach("Observation", isSearch: true))" == search)
        #expect("\(authorization.reach("Observation", isSearch: false))" == read)
    }

    @Test("A token without scopes is held to none: the server decides", arguments: [nil, "", " "])
    func unscoped(scope: String?) throws {
        let authorization = try Self.authorization(scope)
        #expect(authorization.reach("Observation", isSearch: true) == .whole)
    }

    @Test("Whatever stands in a scope ends no process", arguments: 0..<200)
    func anything(seed: UInt64) throws {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        let parts = ["user", "/", "?", ".", "*", "Observation", "rs", "&", "=", " ", "#", "cruds"]
        let scope = (0..<12).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return parts[Int((state >> 33) % UInt64(parts.count))]
        }
        .joined()
        let authorization = try Self.authorization(scope)
        // A search that may be done may not be of less than nothing: the three answers are all.
        let reach = authorization.reach("Observation", isSearch: true)
        #expect([.whole, .part, .none].contains(reach))
    }

    @Test("A scope that is none keeps a key from being fetched, over the whole way")
    func overTheWay() async throws {
        for scope in ["user/?", "user/? user/", "?", "user/Patient.read user/?"] {
            let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
            let fixture = try FetchFixture(fetcher)
            let call = FetchFixture.call(
                authorization: FetchFixture.authorization(scope: scope)
            )
            let response = await fixture.post(call)
            #expect(response.status == 412, "\(scope)")
            #expect(!fetcher.requests.contains { $0.target.contains("Observation") })
            #expect(fixture.gateway.sink.records.contains { $0.kind == .decision })
        }
    }
}

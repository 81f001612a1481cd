import Audit
import Basics
import HTTPMessages
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("Rate limits")
struct RateTests {
    static func moment(_ seconds: Double) -> Instant {
        GatewayFixture.now.advanced(byMicroseconds: Int64(seconds * 1_000_000))
    }

    @Test("a bucket gives its burst, then what flows in, and says when to come again")
    func bucket() {
        var buckets = TokenBuckets()
        let allowance = RateAllowance(perSecond: 2, burst: 3)
        func take(_ seconds: Double) -> TokenBuckets.Verdict {
            buckets.take("a", allowance, now: Self.moment(seconds))
        }
        for _ in 0..<3 { #expect(take(0) == .allowed) }
        #expect(take(0) == .refused(retryAfterSeconds: 1, unreported: 1))
        #expect(take(0.4) == .refused(retryAfterSeconds: 1, unreported: nil))
        #expect(take(0.5) == .allowed)
        #expect(take(0.5) == .refused(retryAfterSeconds: 1, unreported: nil))
        for _ in 0..<3 { #expect(take(60) == .allowed) }
        // What was refused before and not reported is counted now.
        #expect(take(60) == .refused(retryAfterSeconds: 1, unreported: 3))
        #expect(take(-60) == .refused(retryAfterSeconds: 1, unreported: nil), "a clock set back")
    }

    @Test("a look takes nothing, makes no bucket, and counts what it refuses")
    func look() {
        var buckets = TokenBuckets(bucketsMax: 2)
        let allowance = RateAllowance(perSecond: 1, burst: 1)
        for key in ["a", "b", "c"] {
            for _ in 0..<3 {
                #expect(buckets.look(key, allowance, now: Self.moment(0)) == .allowed)
            }
        }
        #expect(buckets.count == 0)
        #expect(buckets.take("a", allowance, now: Self.moment(0)) == .allowed)
        let refused = TokenBuckets.Verdict.refused(retryAfterSeconds: 1, unreported: 1)
        #expect(buckets.look("a", allowance, now: Self.moment(0)) == refused)
        #expect(buckets.look("b", allowance, now: Self.moment(0)) == .allowed)
        #expect(buckets.look("a", allowance, now: Self.moment(1)) == .allowed)
        #expect(buckets.take("a", allowance, now: Self.moment(1)) == .allowed)
        // Without room what is new shares one bucket, to look as to take.
        #expect(buckets.take("b", allowance, now: Self.moment(1)) == .allowed)
        #expect(buckets.take("c", allowance, now: Self.moment(1)) == .allowed)
        #expect(buckets.look("d", allowance, now: Self.moment(1)) != .allowed)
    }

    @Test("a slow rate says how long it takes")
    func slow() {
        var buckets = TokenBuckets()
        let allowance = RateAllowance(perSecond: 1, burst: 1)
        #expect(buckets.take("a", allowance, now: Self.moment(0)) == .allowed)
        for _ in 0..<10 {
            let verdict = buckets.take("a", allowance, now: Self.moment(0.25))
            guard case .refused(let seconds, _) = verdict else {
                Issue.record("it is let in")
                return
            }
            #expect(seconds == 1)
        }
    }

    @Test("a flood of strangers takes bounded room and shares what is left")
    func bounded() {
        var buckets = TokenBuckets(bucketsMax: 10)
        let allowance = RateAllowance(perSecond: 1, burst: 2)
        for number in 0..<10 {
            #expect(buckets.take("k\(number)", allowance, now: Self.moment(0)) == .allowed)
        }
        #expect(buckets.take("x1", allowance, now: Self.moment(0)) == .allowed)
        #expect(buckets.take("x2", allowance, now: Self.moment(0)) == .allowed)
        #expect(buckets.take("x3", allowance, now: Self.moment(0)) != .allowed)
        #expect(buckets.count <= 11)
        // Who is known keeps a bucket of their own.
        #expect(buckets.take("k1", allowance, now: Self.moment(0)) == .allowed)
        // Later those that are full again make room.
        #expect(buckets.take("y", allowance, now: Self.moment(100)) == .allowed)
        #expect(buckets.count < 5)
    }

    @Test("a client that calls too often gets 429 with Retry-After, and few rows")
    func client() async throws {
        let key = AccessFixture.apiKey("a")
        let other = AccessFixture.apiKey("b")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","rate":{"client":{"perSecond":1,"burst":2}}"#
            ),
            "Hooks/clients/b.json": AccessFixture.client("b", other.member),
        ])
        #expect(await fixture.post(key.key).status == 200)
        #expect(await fixture.post(key.key).status == 200)
        for _ in 0..<20 {
            let response = await fixture.post(key.key)
            #expect(response.status == 429 && response.fields["retry-after"] == "1")
            #expect(response.text.contains("throttled"))
        }
        #expect(fixture.gateway.sink.records.count == 3)
        let row = try #require(fixture.gateway.sink.records.last)
        #expect(row.client == "a" && row.flags == ["rate-client"] && row.status == 429)
        #expect(fixture.gateway.gateway.metrics.rateLimited.value(["rate-client"]) == 20)
        #expect(await fixture.post(other.key).status == 200, "another client is not held up")
        fixture.gateway.clock.advance(seconds: 20)
        for _ in 0..<3 { _ = await fixture.post(key.key) }
        let later = try #require(fixture.gateway.sink.records.last)
        #expect(later.result.map { String(decoding: $0, as: UTF8.self) } == #"{"refused":20}"#)
    }

    @Test("a client has a limit for each address, and all addresses have one of the gateway's")
    func addresses() async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","rate":{"address":{"perSecond":1}}"#
            )
        ]) { $0.addressRate = RateAllowance(perSecond: 1, burst: 3) }
        #expect(await fixture.post(key.key, peer: "192.0.2.1").status == 200)
        #expect(await fixture.post(key.key, peer: "192.0.2.1").status == 429)
        #expect(fixture.flags == ["rate-client-address"])
        #expect(await fixture.post(key.key, peer: "192.0.2.2").status == 200)
        #expect(await fixture.post("x.y", peer: "192.0.2.1").status == 401)
        #expect(await fixture.post("x.y", peer: "192.0.2.1").status == 429)
        #expect(fixture.flags == ["rate-address"])
        #expect(fixture.gateway.sink.records.last?.tenant == "system")
    }

    @Test("failed logins beyond a bound have few rows, and who is known still gets in")
    func failures() async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client("a", key.member)
        ]) { $0.failureRate = RateAllowance(perSecond: 1, burst: 5) }
        var statuses: [Int] = []
        for _ in 0..<50 { statuses.append(await fixture.post("x.y").status) }
        #expect(statuses.prefix(5) == [401, 401, 401, 401, 401])
        #expect(statuses.dropFirst(5).allSatisfy { $0 == 429 })
        #expect(fixture.gateway.sink.records.count == 6)
        #expect(
            fixture.gateway.gateway.metrics.authenticationFailures.value(["unknown-client"]) == 50
        )
        #expect(await fixture.post(key.key).status == 200)
    }
}

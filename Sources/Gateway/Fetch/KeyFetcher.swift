import Basics
import Crypto
import JSON

/// Fetches the keys of a plan side by side, each page by page.
struct KeyFetcher: Sendable {
    let source: any FHIRFetching
    let server: FHIRServer
    let token: Secret?
    let tenant: String
    /// When everything must be over.
    let deadline: Instant
    let now: @Sendable () -> Instant

    /// Fetches all keys; they come back in the order of the plan.
    func fetch(_ keys: [FetchPlan.Key]) async -> [FetchedKey] {
        await withTaskGroup(of: (Int, FetchedKey).self) { group in
            for (position, key) in keys.enumerated() {
                group.addTask { (position, await self.fetch(key)) }
            }
            var fetched = [FetchedKey?](repeating: nil, count: keys.count)
            for await (position, key) in group { fetched[position] = key }
            return fetched.compactMap { $0 }
        }
    }

    private func fetch(_ key: FetchPlan.Key) async -> FetchedKey {
        var fetched = FetchedKey(name: key.name)
        fetched.isCut = key.isRestricted
        var next: String?
        do throws(FetchFailure) {
            switch key.step {
            case .link(let link):
                next = link
                fetched.continuesSent = true
            case .query(let query):
                let page = try await first(query, &fetched)
                fetched.pages.append(page)
                next = page.next
            }
            try await follow(next, &fetched)
        } catch {
            fetched.failure = error
            // Pages that came stand: they are some of the data, and are shown as such.
            if !fetched.pages.isEmpty { fetched.isCut = true }
        }
        return fetched
    }

    private func first(
        _ query: PrefetchQuery,
        _ fetched: inout FetchedKey
    ) async throws(FetchFailure) -> FetchedPage {
        var relative = query.text
        var form: [UInt8]?
        switch server.search {
        case .get: break
        case .post:
            if let split = query.form { (relative, form) = (split.path, split.body) }
        }
        guard let target = server.base.target(relative) else { throw .unresolved }
        return try await page(target, form, query.type, isSearch: query.isSearch, &fetched)
    }

    /// Follows the links to further pages, below the same base only and never in a circle.
    private func follow(
        _ first: String?,
        _ fetched: inout FetchedKey
    ) async throws(FetchFailure) {
        var next = first
        var seen: Set<String> = []
        while let link = next {
            guard fetched.pages.count < Limits.fetchedPagesMax,
                fetched.byteCount < Limits.fetchedKeyBytesMax,
                let target = server.base.target(ofLink: link), seen.insert(target).inserted
            else {
                fetched.isCut = true
                return
            }
            let page = try await page(target, nil, "Bundle", isSearch: true, &fetched)
            fetched.pages.append(page)
            next = page.next
        }
    }

    private func page(
        _ target: String,
        _ form: [UInt8]?,
        _ type: String,
        isSearch: Bool,
        _ fetched: inout FetchedKey
    ) async throws(FetchFailure) -> FetchedPage {
        let left = Int(deadline.microseconds(since: now()))
        guard left > 0 else { throw .late }
        fetched.requestCount += 1
        let result = await source.fetch(
            FHIRRequest(
                server: server,
                tenant: tenant,
                target: target,
                form: form,
                token: token,
                bytesMax: Limits.fetchedPageBytesMax,
                microsecondsMax: left
            )
        )
        let answer = try result.get()
        fetched.byteCount += answer.body.count
        return try FetchedPage(answer, for: type, isSearch: isSearch)
    }
}

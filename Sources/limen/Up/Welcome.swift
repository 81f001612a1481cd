import Posix

/// What `limen up` prints when it serves: what to do next.
struct Welcome {
    let url: String
    let services: [String]
    /// The service that the example request is for.
    let exampleService: String
    /// Whether the commands find the state folder without being told.
    let isDefaultState: Bool
    let state: StateFolder
    let socketPath: String
    /// What clients must trust; `nil` without TLS.
    let authorityPath: String?
    let client: DemoClient
    let milliseconds: Int

    /// The text.
    var text: String {
        let folder = shown(state.path)
        let service = exampleService
        let trust = authorityPath.map { " --cacert " + quoted(shown($0)) } ?? ""
        let option = isDefaultState ? "" : " --state " + quoted(folder)
        var text = """

            Limen listens on \(url) (ready after \(milliseconds) ms)
            tenant \(DemoClient.tenant), services \(services.joined(separator: ", "))

              discovery    \(url)/cds-services
              a card       curl -sS\(trust) \(url)/cds-services/\(service) \\
                             -H "Authorization: Bearer $(cat \(quoted(folder + "/demo-client.key")))" \\
                             -H 'Content-Type: application/json' \\
                             --data @\(quoted(folder + "/example-request.json"))
              read it      ./limen hook fire \(service) --bundle \(quoted(folder + "/example-bundle.json"))\(option)
              audit rows   ./limen audit list\(option)
              by SQL       PGPASSWORD="$(cat \(quoted(folder + "/secrets/\(auditor).password")))" \\
                             psql -h \(quoted(socketPath)) -U \(auditor) \(AuditDatabase.name) \\
                             -c 'SELECT started_at, service, outcome, indicator FROM audit.event'
              health       \(url)/readyz?verbose   \(url)/metrics
              stop         Ctrl-C (the data stays); ./limen down --wipe\(option) removes it


            """
        if let key = client.newKey {
            text += """
                The demo client's key, shown this once (the gateway keeps a salted hash; the client's
                own copy is \(folder)/demo-client.key):

                  \(key)


                """
        }
        return text
    }

    /// A path as a shell takes it for one word.
    private func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
        if isPlain { return path }
        return "'"
            + path.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    private var auditor: String { AuditDatabase.auditorLogin }

    /// A path relative to where the command was started, when it lies below.
    private func shown(_ path: String) -> String {
        let current = Terminal.currentFolder + "/"
        return path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
    }
}

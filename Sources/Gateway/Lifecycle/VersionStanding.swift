import CDSHooks

/// How the version that a caller names itself stands among those that hooks choose from.
///
/// `POST /models/{id}/evaluate` and `limen batch` compute with the version they are told to and
/// choose no arm: a share of patients cannot be drawn from rows without a patient, and a table of
/// results is of one version. So the answer and the row say how that version stands.
enum VersionStanding: String, Sendable, CaseIterable {
    /// A service answers with it.
    case inForce = "in-force"
    /// A service names it, and answers with another or shows nothing of it: a canary, a shadow, a
    /// version that was taken back.
    case aside
    /// No service names it.
    case unused = "without-service"

    /// Whether its cases are those of a model in use, for the monitoring of models.
    ///
    /// The trial of a version aside is judged by what hooks gave it, and by nothing else.
    var isCounted: Bool {
        switch self {
        case .inForce, .unused: true
        case .aside: false
        }
    }
}

extension Catalogue {
    /// How a folder of `Profiles/` stands.
    func standing(of profile: String) -> VersionStanding {
        var isNamed = false
        for (key, family) in families where family.variants[profile] != nil {
            isNamed = true
            let isShown =
                switch family.named.hook.mode {
                case .live: true
                case .shadow: false
                }
            if isShown, plans[key]?.live?.computation.name == profile { return .inForce }
        }
        return isNamed ? .aside : .unused
    }
}

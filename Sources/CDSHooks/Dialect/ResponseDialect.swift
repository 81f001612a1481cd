/// What a client can show of an answer: its dialect of CDS Hooks.
///
/// A request names no version of the specification, so what a client understands is registered
/// with it. A dialect starts from a version of the specification and states where the client
/// differs; what it cannot show is adapted by a stated rule (`DialectAdapter`), never dropped
/// without a word.
package struct ResponseDialect: Sendable, Equatable {
    /// The name, such as `standard-2.0`.
    package var name: String
    /// The version of the specification.
    package var version: Version
    /// Whether the restrictions were confirmed with the client, and not taken from second hand.
    package var isConfirmed = true
    /// Whether it is for development only, because its keys are known to everybody.
    package var isDevelopmentOnly = false

    /// Whether cards carry a `uuid`, which feedback needs.
    ///
    /// Suggestions had one from the first.
    package var showsIDs = true
    /// The indicators that are shown as such.
    package var indicators = Card.Indicator.allCases
    /// The most UTF-16 units of a summary.
    package var summaryUnitsMax = ResponseDialect.specifiedSummaryUnitsMax
    /// How a detail may be written.
    package var detail = DetailStyle.markdown
    /// The most UTF-16 units of a detail; `nil` where none is known.
    package var detailUnitsMax: Int?
    /// The most cards of an answer; `nil` where none is known.
    package var cardsMax: Int?

    /// Whether suggestions are shown.
    package var showsSuggestions = true
    /// The values of `selectionBehavior` that are known.
    package var selectionBehaviors = SelectionBehavior.allCases
    /// Whether a suggestion may be marked as recommended.
    package var showsRecommendations = true
    /// The most actions of a suggestion; `nil` where none is known.
    package var actionsMax: Int?
    /// The actions that can be taken.
    package var actions = ActionType.allCases
    /// Whether a delete names its resource by `resourceId`; before 2.0 the id stood in `resource`.
    package var hasResourceID = true
    /// Whether `actionSelectionBehavior` is known (3.0: SHALL NOT be used unless it is).
    package var hasActionSelection = false

    /// The links that are shown.
    package var links = LinkType.allCases
    /// What the `url` of a link must start with; `nil` when every link is shown.
    package var linkPrefixes: [String]?
    /// Whether a link may ask to be launched at once.
    package var hasAutolaunch = false
    /// Whether reasons for overriding are shown.
    package var showsOverrideReasons = true
    /// How the topic of a source may be written.
    package var topic = TopicStyle.coding
    /// Whether actions without the clinician's choice were agreed on with the client.
    package var allowsSystemActions = false

    /// Whether the client fills FHIRPath tokens in prefetch templates.
    package var hasPrefetchFHIRPath = false
    /// Whether the client fills prefetch templates with `_include`.
    package var hasPrefetchInclude = true

    /// The versions of the specification.
    package enum Version: String, Sendable, CaseIterable {
        case first = "1.0"
        case second = "2.0"
        case thirdBallot = "3.0-ballot"
    }

    /// How a detail may be written.
    package enum DetailStyle: String, Sendable, CaseIterable {
        /// GitHub-flavoured Markdown, as the specification has it.
        case markdown
        /// Text that is shown as it stands.
        case plain
    }

    /// How many suggestions of a card may be taken (CDS Hooks 2.0, card attributes).
    package enum SelectionBehavior: String, Sendable, CaseIterable {
        case atMostOne = "at-most-one"
        case any
    }

    /// What an action does (CDS Hooks 2.0, action).
    package enum ActionType: String, Sendable, CaseIterable {
        case create
        case update
        case delete
    }

    /// Where a link leads (CDS Hooks 2.0, link).
    package enum LinkType: String, Sendable, CaseIterable {
        case absolute
        case smart
    }

    /// How the topic of a source may be written.
    package enum TopicStyle: String, Sendable, CaseIterable {
        /// A Coding, as the specification has it.
        case coding
        /// A Coding whose code has letters and digits only, at most 100 of them.
        case alphanumeric
        /// None.
        case none
    }

    /// The most UTF-16 units of a summary that the specification allows: fewer than 140 characters.
    package static let specifiedSummaryUnitsMax = 139

    /// The dialect of a version as the specification has it.
    package init(standard version: Version) {
        name = Self.standardName(version)
        self.version = version
        switch version {
        case .first:
            // What 2.0 added; a 1.0 client may refuse an answer that holds it.
            showsIDs = false
            selectionBehaviors = [.atMostOne]
            showsRecommendations = false
            hasResourceID = false
            showsOverrideReasons = false
            topic = .none
        case .second:
            break
        case .thirdBallot:
            hasAutolaunch = true
        }
    }

    /// The dialect of a client that is registered without one.
    package static let standard = ResponseDialect(standard: .second)

    /// The name of the dialect of a version.
    package static func standardName(_ version: Version) -> String {
        "standard-" + version.rawValue
    }

    /// Whether it shows all that 2.0 has, so that only members of later versions can be in the way.
    package var showsAllOfSecondVersion: Bool {
        var same = self
        same.name = Self.standard.name
        same.version = .second
        same.isConfirmed = true
        same.isDevelopmentOnly = false
        same.hasAutolaunch = false
        same.hasActionSelection = false
        same.allowsSystemActions = false
        same.hasPrefetchFHIRPath = false
        same.hasPrefetchInclude = true
        return same == .standard
    }
}

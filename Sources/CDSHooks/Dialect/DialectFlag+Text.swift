extension DialectFlag {
    /// Whether something a clinician would read or press is shown in another way than it was made.
    package var movesContent: Bool {
        switch self {
        case .indicator, .summary, .continued, .joined, .cut, .suggestion, .recommended, .link:
            true
        case .uuid, .plainDetail, .selection, .actionSelection, .resourceID, .autolaunch,
            .overrideReasons, .topic:
            false
        }
    }

    /// What happens to the card, in one sentence.
    package var sentence: String {
        switch self {
        case .uuid: "the card goes out without its uuid, so feedback cannot name it"
        case .indicator: "its indicator is not shown there; another one is sent, and the text says"
        case .summary: "its summary is too long there; it is shortened, and the detail has it whole"
        case .plainDetail: "its Markdown is written as plain text"
        case .continued: "its detail is too long there and goes on on further cards"
        case .joined: "there are too many cards; the least urgent are put together on one"
        case .cut: "its text does not fit even on further cards; it is cut, and says so"
        case .suggestion: "a suggestion cannot be taken with a click there; it is told in words"
        case .selection: "its selectionBehavior is written as another one that comes to the same"
        case .recommended: "which suggestion is recommended cannot be marked; it is told in words"
        case .actionSelection: "an actionSelectionBehavior is left out that says what holds anyway"
        case .resourceID: "the id of a delete stands in resource, as 1.0 has it"
        case .link: "a link is not shown there; it is told in words"
        case .autolaunch: "a link does not ask to be launched at once"
        case .overrideReasons: "its reasons for overriding are left out"
        case .topic: "its topic is written in another way, or left out"
        }
    }
}

/// The requirements of CDS Hooks 2.0 that bind a service, in our own words.
///
/// The numbers are those of the public requirement sheet of Inferno for CDS Hooks 2.0.
extension ConformRequirement {
    /// The rows: number, level, what is asked, and why it may not apply to what was seen.
    static let all: [ConformRequirement] = firstHalf + secondHalf

    private static let firstHalf: [ConformRequirement] = [
        row(1, .shall, "Answers are JSON, and JSON is what is taken"),
        row(
            2,
            .shall,
            "Production traffic runs over HTTPS",
            otherwise: "the base URL is one of this machine; TLS is for production"
        ),
        row(3, .shallNot, "No member is null or empty unless the specification says so"),
        row(4, .shall, "Discovery stands at {base}/cds-services"),
        row(5, .shall, "Discovery answers GET there, always"),
        row(6, .shall, "Discovery is an object with an array of services"),
        row(7, .shall, "Each service names its hook"),
        row(8, .should, "Each service has a title"),
        row(9, .shall, "Each service has a description"),
        row(10, .shall, "Each service has an id that is a path segment"),
        row(
            11,
            .may,
            "A service may list prefetch templates",
            otherwise: "no service lists templates"
        ),
        row(12, .may, "A service may state usage requirements", otherwise: "no service states any"),
        row(13, .shall, "Discovery succeeds with status 200"),
        row(14, .may, "Discovery may fail with 4xx or 5xx", otherwise: "discovery did not fail"),
        row(16, .shall, "A service answers at {base}/cds-services/{id}"),
        row(
            27,
            .should,
            "A service answers within about 500 ms",
            otherwise: "no answer could be timed"
        ),
        row(
            28,
            .may,
            "Data may come with the call as prefetch",
            otherwise: "no service asks for prefetch"
        ),
        row(
            29,
            .shall,
            "Prefetch templates are registered in discovery",
            otherwise: "no service asks for prefetch"
        ),
        row(
            34,
            .should,
            "Data may come by prefetch or from the FHIR server",
            otherwise: "the check brings no FHIR server"
        ),
        row(
            35,
            .may,
            "Templates may hold tokens of the context",
            otherwise: "no template has a token"
        ),
        row(36, .shall, "Each template has a key", otherwise: "no service asks for prefetch"),
        row(
            52,
            .should,
            "Prefetch is looked through for OperationOutcomes",
            otherwise: "no service asks for prefetch"
        ),
        row(
            54,
            .shall,
            "Needed data that cannot be had are answered with 412",
            otherwise: "no service asks for prefetch"
        ),
        row(55, .shall, "Tokens stand between {{ and }}", otherwise: "no template has a token"),
        row(
            56,
            .shall,
            "Tokens are context fields or one of four user ids",
            otherwise: "no template has a token"
        ),
        row(
            57,
            .shall,
            "Tokens are root-level context fields with one value",
            otherwise: "no template has a token"
        ),
        row(
            58,
            .should,
            "Templates use reads and simple searches only",
            otherwise: "no service asks for prefetch"
        ),
        row(
            59,
            .shall,
            "Context tokens are written context.name",
            otherwise: "no template has a context token"
        ),
        row(
            60,
            .may,
            "The FHIR server of the call may be asked for more",
            otherwise: "the check brings no FHIR server"
        ),
        row(
            61,
            .shall,
            "Each FHIR call carries the access token",
            otherwise: "the check brings no FHIR server"
        ),
        row(74, .shall, "An answer is 200 with an array of cards"),
        row(75, .shall, "System actions are an array", otherwise: "no answer held system actions"),
        row(76, .may, "Failures are 4xx or 5xx", otherwise: "no call failed"),
        row(
            77,
            .should,
            "Nothing to say is 200 with no cards",
            otherwise: "every answer held cards"
        ),
        row(
            78,
            .should,
            "A later answer replaces an earlier one of the same id",
            otherwise: "it is for clients; uuids and ids let them do it"
        ),
        row(80, .shall, "A card's uuid is a string and unique", otherwise: "no card had a uuid"),
        row(81, .may, "A card's uuid is optional", otherwise: "no answer held a card"),
        row(82, .may, "A card's uuid may serve logs", otherwise: "no card had a uuid"),
        row(
            83,
            .shall,
            "A summary is a string of fewer than 140 characters",
            otherwise: "no answer held a card"
        ),
        row(84, .may, "A detail is optional", otherwise: "no answer held a card"),
        row(85, .shall, "A detail is Markdown text", otherwise: "no answer held a card"),
        row(87, .shall, "An indicator is there and a string", otherwise: "no answer held a card"),
        row(
            88,
            .shall,
            "An indicator is info, warning or critical",
            otherwise: "no answer held a card"
        ),
        row(
            89,
            .shall,
            "An indicator gives the client the order",
            otherwise: "no answer held a card"
        ),
        row(90, .shall, "A source object is there", otherwise: "no answer held a card"),
        row(
            92,
            .shall,
            "Suggestions are an array of objects",
            otherwise: "no card had suggestions"
        ),
        row(
            93,
            .shall,
            "Suggestions come with a selection behaviour",
            otherwise: "no card had suggestions"
        ),
        row(94, .may, "Suggestions are optional", otherwise: "no answer held a card"),
        row(
            95,
            .shall,
            "A selection behaviour is at-most-one or any",
            otherwise: "no card had suggestions"
        ),
        row(96, .shall, "A selection behaviour is a string", otherwise: "no card had suggestions"),
        row(
            98,
            .shall,
            "Override reasons are an array of codings",
            otherwise: "no card had override reasons"
        ),
        row(99, .may, "Override reasons are optional", otherwise: "no answer held a card"),
        row(
            100,
            .shall,
            "Each override reason has a display",
            otherwise: "no card had override reasons"
        ),
        row(103, .shall, "Links are an array of objects", otherwise: "no card had links"),
        row(104, .may, "Links are optional", otherwise: "no answer held a card"),
        row(105, .shall, "A source has a label", otherwise: "no answer held a card"),
        row(106, .may, "A label may be the text of the link", otherwise: "no source had a url"),
        row(107, .shall, "A source's url is absolute", otherwise: "no source had a url"),
        row(108, .may, "A source's url is optional", otherwise: "no answer held a card"),
        row(
            109,
            .shouldNot,
            "A source's url is no view of this patient",
            otherwise: "no source had a url"
        ),
    ]

    private static let secondHalf: [ConformRequirement] = [
        row(
            110,
            .should,
            "What leads to this patient's data is a link",
            otherwise: "no answer held a link"
        ),
        row(111, .shall, "A source's icon is an absolute URL", otherwise: "no source had an icon"),
        row(
            112,
            .should,
            "An icon is a PNG of 100 by 100 without transparency",
            otherwise: "pictures are not fetched"
        ),
        row(113, .may, "An icon is optional", otherwise: "no answer held a card"),
        row(115, .shall, "A topic is a coding", otherwise: "no source had a topic"),
        row(116, .may, "A topic is optional", otherwise: "no answer held a card"),
        row(117, .shall, "A suggestion has a label", otherwise: "no card had suggestions"),
        row(118, .may, "A suggestion's uuid is optional", otherwise: "no card had suggestions"),
        row(119, .shall, "A suggestion's uuid is a string", otherwise: "no suggestion had a uuid"),
        row(120, .may, "isRecommended is optional", otherwise: "no card had suggestions"),
        row(
            121,
            .shall,
            "isRecommended is true or false",
            otherwise: "no suggestion had isRecommended"
        ),
        row(
            122,
            .may,
            "Several are recommended only where any may be taken",
            otherwise: "no card recommended several"
        ),
        row(123, .may, "Actions are optional", otherwise: "no card had suggestions"),
        row(124, .shall, "Actions are an array", otherwise: "no suggestion had actions"),
        row(
            125,
            .shall,
            "The actions of a suggestion belong together",
            otherwise: "no suggestion had several actions"
        ),
        row(
            127,
            .shall,
            "An action's type is create, update or delete",
            otherwise: "no suggestion had actions"
        ),
        row(128, .shall, "An action has a description", otherwise: "no suggestion had actions"),
        row(129, .may, "A description may be shown", otherwise: "no suggestion had actions"),
        row(
            130,
            .shall,
            "An action's resource is a FHIR resource",
            otherwise: "no suggestion had actions"
        ),
        row(131, .shall, "A create holds the new resource", otherwise: "no action creates"),
        row(132, .shall, "An update holds the whole resource", otherwise: "no action updates"),
        row(
            133,
            .shall,
            "A delete has no id in the place of a resource",
            otherwise: "no action deletes"
        ),
        row(
            134,
            .shall,
            "A delete names its resource by resourceId",
            otherwise: "no action deletes"
        ),
        row(135, .shall, "resourceId is a string", otherwise: "no action deletes"),
        row(
            136,
            .shall,
            "Override reasons are readable",
            otherwise: "no card had override reasons"
        ),
        row(138, .shall, "A link has a label", otherwise: "no card had links"),
        row(139, .shall, "A link has a URL", otherwise: "no card had links"),
        row(140, .may, "A link may lead deep into an application", otherwise: "no card had links"),
        row(141, .shall, "A link has a type", otherwise: "no card had links"),
        row(142, .shall, "A link's type is absolute or smart", otherwise: "no card had links"),
        row(144, .shall, "appContext is a string", otherwise: "no link had an appContext"),
        row(145, .may, "appContext is optional", otherwise: "no card had links"),
        row(
            146,
            .should,
            "appContext belongs to SMART links",
            otherwise: "no link had an appContext"
        ),
        row(
            147,
            .shallNot,
            "An absolute link has no appContext",
            otherwise: "no link was absolute"
        ),
        row(
            148,
            .may,
            "A service may take feedback",
            otherwise: "no card to give feedback on, or no such endpoint"
        ),
        row(
            168,
            .shall,
            "All data run over TLS",
            otherwise: "the base URL is one of this machine; TLS is for production"
        ),
        row(175, .may, "Mutual TLS may be used", otherwise: "only the operator can tell"),
        row(
            176,
            .shall,
            "Without mutual TLS, callers prove themselves by signed tokens",
            otherwise: "the service answers without credentials, or mutual TLS is used"
        ),
        row(
            177,
            .should,
            "Callers are authenticated where data are sensitive",
            otherwise: "nothing could be told without an answer"
        ),
        row(
            179,
            .may,
            "Mutual TLS may stand beside tokens",
            otherwise: "only the operator can tell"
        ),
        row(
            195,
            .should,
            "Issuers and key addresses are on a list",
            otherwise: "the service answers without credentials"
        ),
        row(
            199,
            .shall,
            "Without jku the keys are exchanged beforehand",
            otherwise: "only the operator can tell"
        ),
        row(
            200,
            .should,
            "Signatures are those of RFC 7518",
            otherwise: "only the operator can tell"
        ),
        row(
            201,
            .shallNot,
            "Unsigned tokens are refused",
            otherwise: "the service answers without credentials"
        ),
        row(
            203,
            .shallNot,
            "Tokens with shared secrets are refused",
            otherwise: "the service answers without credentials"
        ),
        row(
            205,
            .should,
            "ES384 and RS384 are understood",
            otherwise: "only a registered key can show it"
        ),
        row(
            206,
            .should,
            "Algorithms are reviewed as times change",
            otherwise: "a matter of upkeep"
        ),
        row(
            207,
            .deprecated,
            "The algorithms that are trusted are chosen",
            otherwise: "a matter of upkeep; deprecated"
        ),
        row(
            208,
            .shall,
            "Browsers of other origins are served",
            otherwise: "no origin was named with --origin"
        ),
        row(
            210,
            .may,
            "A later hook may update earlier cards",
            otherwise: "no id stands under several hooks"
        ),
        row(
            211,
            .shall,
            "An update is announced by one id under several hooks",
            otherwise: "no id stands under several hooks"
        ),
        row(212, .should, "Clients take earlier cards away", otherwise: "it is for clients"),
        row(
            213,
            .shall,
            "Hooks needed for safety are agreed with the client",
            otherwise: "a matter of agreement between people"
        ),
        row(214, .shall, "An extension is an object", otherwise: "no extension was seen"),
        row(
            215,
            .should,
            "Names of extensions are globally unique",
            otherwise: "no extension was seen"
        ),
        row(216, .shall, "A coding has a code", otherwise: "no coding was seen"),
        row(217, .shall, "A coding has a system", otherwise: "no coding was seen"),
        row(218, .shall, "A coding's code is a string", otherwise: "no coding was seen"),
        row(
            219,
            .shall,
            "An override reason's display is a string",
            otherwise: "no override reason was seen"
        ),
        row(220, .shall, "A topic's display is optional", otherwise: "no topic was seen"),
    ]

    private static func row(
        _ id: Int,
        _ level: Level,
        _ words: String,
        otherwise reason: String = "nothing was seen that it is about"
    ) -> ConformRequirement {
        ConformRequirement(id: id, level: level, words: words, reason: reason)
    }
}

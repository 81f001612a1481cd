extension Limits {
    /// A card's summary must stay below this many UTF-16 units (CDS Hooks 2.0, card attributes).
    @inlinable public static var summaryUnitsEnd: Int { 140 }

    /// The widest text one number may take in a summary.
    ///
    /// Scores have two or three digits; a number that needs more is not shown cut, but refused.
    @inlinable public static var summaryNumberUnitsMax: Int { 12 }

    /// How many keys a request's prefetch may hold.
    ///
    /// Clients send what discovery declares, which is a handful.
    @inlinable public static var prefetchKeysMax: Int { 64 }

    /// How many resources a request's prefetch may hold in all.
    ///
    /// A week of intensive-care vital signs is about 20,000.
    @inlinable public static var prefetchEntriesMax: Int { 50_000 }

    /// How many entries a Bundle or a list in the context of a request may hold.
    ///
    /// They are what one person orders or selects at once. The largest order sets have some
    /// hundred drafts, and at twice `interactionDrugsMax` there is room for the card that says so.
    @inlinable public static var contextEntriesMax: Int { 1_000 }

    /// Under how many different URLs the Patient of a request may stand.
    ///
    /// Each key of the prefetch may bring the Patient along, and every reference is held against
    /// all of them.
    @inlinable public static var patientURLsMax: Int { prefetchKeysMax }

    /// How many items one feedback request may hold.
    ///
    /// Each becomes a part of one audit row.
    @inlinable public static var feedbackItemsMax: Int { 500 }

    /// How many characters of any other text a feedback item may hold.
    @inlinable public static var feedbackTextCharactersMax: Int { 4_000 }

    /// How many cards a hook document may declare.
    @inlinable public static var hookCardsMax: Int { 64 }

    /// How many codes a generated prefetch template may list.
    ///
    /// With 90 bytes for each, the template stays below the 8 kB that proxies allow a target.
    @inlinable public static var prefetchCodesMax: Int { 80 }

    /// How many fields an organisation's own hook may put into its context.
    ///
    /// The fullest hook of the library has six.
    @inlinable public static var contextFieldsMax: Int { 32 }
}

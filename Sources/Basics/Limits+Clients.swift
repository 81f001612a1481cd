extension Limits {
    /// How many API keys of a client are valid at once: the old and the new one of a rotation.
    @inlinable public static var apiKeysPerClientMax: Int { 2 }

    /// How many FHIR servers, origins, services or hooks one client may list.
    ///
    /// A hospital has a handful; a list of thousands is a mistake that each request would pay.
    @inlinable public static var clientListMax: Int { 200 }

    /// How many keys a registered key set may hold: a rotation needs two or three.
    @inlinable public static var clientKeysMax: Int { 20 }

    /// The longest life of a token that may be registered, in seconds: an hour.
    ///
    /// CDS Hooks tokens are made for one call; a longer one is a password.
    @inlinable public static var tokenLifetimeSecondsMax: Int { 3_600 }

    /// The widest clock skew that may be registered, in seconds: five minutes.
    @inlinable public static var tokenSkewSecondsMax: Int { 300 }

    /// The highest rate that may be registered, in requests a second.
    @inlinable public static var ratePerSecondMax: Int { 1_000_000 }

    /// How many further cards the long texts of one answer may go on on.
    ///
    /// Ten cards are more than anybody reads; beyond them the text is cut, and says so.
    @inlinable public static var continuedCardsMax: Int { 10 }
}

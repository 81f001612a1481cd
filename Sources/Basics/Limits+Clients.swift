extension Limits {
    /// How many API keys of a client are valid at once: the old and the new one of a rotation.
    @inlinable public static var apiKeysPerClientMax: Int { 2 }

    /// How many FHIR servers, origins, services or hooks one client may list.
    ///
    /// A hospital has a handful; a list of thousands is a mistake that each request would pay.
    @inlinable public static var clientListMax: Int { 200 }

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

    /// How many buckets of one kind are kept for rate limits; each takes about 100 bytes.
    @inlinable public static var rateBucketsMax: Int { 20_000 }

    /// How long refusals of one bucket are only counted after one had a row, in microseconds: 10 s.
    @inlinable public static var rateReportMicroseconds: Int64 { 10_000_000 }

    /// How many requests a second an address of another machine may send when nobody says otherwise.
    ///
    /// A hospital's interface engine sends hundreds; a machine of two cores answers some thousands.
    @inlinable public static var remoteRequestsPerSecond: Int { 1_000 }

    /// How many failed logins a second of one address have a row each, and how many of its tokens
    /// are checked, in the long run.
    @inlinable public static var failedLoginsPerSecond: Int { 20 }

    /// How many failed logins of one address have a row each at once, before its tokens are not
    /// looked at for a while.
    ///
    /// An interface engineer who tries things out never comes near it, a guessing program does.
    @inlinable public static var failedLoginsAtOnce: Int { 1_000 }
}

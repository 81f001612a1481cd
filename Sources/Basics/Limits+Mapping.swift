extension Limits {
    /// How many inputs and facts a profile may declare.
    ///
    /// The widest clinical models in use take some hundred features.
    @inlinable public static var profileInputsMax: Int { 512 }

    /// How many `from` alternatives a profile may declare in all.
    @inlinable public static var profileAlternativesMax: Int { 4_096 }

    /// How many codes a ConceptMap may translate.
    ///
    /// A site's code list fits many times; a whole terminology does not belong in a profile.
    @inlinable public static var conceptMapElementsMax: Int { 50_000 }

    /// How far back in seconds an earlier result may lie: a year; what is older is no trend.
    @inlinable public static var earlierSecondsMax: Int { 31_557_600 }

    /// The longest window in seconds that a profile may look back: a hundred years.
    @inlinable public static var profileWindowSecondsMax: Int { 3_155_760_000 }
}

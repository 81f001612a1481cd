extension Limits {
    /// The longest unit expression in bytes.
    ///
    /// The longest unit in use has below 60; the rest is room for annotations.
    @inlinable public static var ucumTextBytesMax: Int { 256 }

    /// How deep parentheses may nest in a unit expression.
    @inlinable public static var ucumDepthMax: Int { 16 }

    /// The largest exponent in a unit expression, without its sign.
    ///
    /// Real units need `10*23`; together with the magnitude limit it bounds the arithmetic.
    @inlinable public static var ucumExponentMax: Int { 99 }

    /// The largest integer factor in a unit expression, as its number of digits.
    @inlinable public static var ucumFactorDigitsMax: Int { 24 }

    /// The largest size of a unit's exact magnitude in bits, numerator or denominator.
    ///
    /// Units in use stay below 300; the number pi of UCUM alone has 214. It bounds the time that a
    /// hostile expression costs to well below a millisecond a term.
    @inlinable public static var ucumMagnitudeBitsMax: Int { 1_024 }
}

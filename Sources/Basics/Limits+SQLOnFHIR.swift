extension Limits {
    /// How many columns a view may declare, counted over all branches of unions.
    ///
    /// The widest published views have some dozen; PostgreSQL takes 1,600 in a table.
    @inlinable public static var viewColumnsMax: Int { 1_024 }

    /// How many selections a view may have in all.
    ///
    /// Each may be a row of a resource's table of its own.
    @inlinable public static var viewSelectsMax: Int { 1_024 }

    /// How deep selections may nest.
    ///
    /// A questionnaire's deepest published view has 4; the stack is bounded by it.
    @inlinable public static var viewDepthMax: Int { 16 }

    /// How many constants a view may declare.
    @inlinable public static var viewConstantsMax: Int { 1_024 }

    /// The longest name of a column, a constant or a view, in bytes.
    ///
    /// SQL Server and Oracle take 128, PostgreSQL 63.
    @inlinable public static var viewNameBytesMax: Int { 128 }

    /// How many elements one resource may be unfolded into by `forEach` and `repeat`.
    ///
    /// A `repeat` of `$this` would never end.
    @inlinable public static var viewElementsMax: Int { 200_000 }

    /// How many cells may be built for one resource, those on the way to wider rows included.
    ///
    /// Some 50 MB; enough for 20,000 elements with 20 columns.
    @inlinable public static var viewCellsMax: Int { 1_000_000 }
}

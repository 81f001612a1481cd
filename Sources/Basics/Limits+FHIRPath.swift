extension Limits {
    /// The longest FHIRPath expression in bytes.
    ///
    /// The longest invariant of the FHIR core specification has about 1,500.
    @inlinable public static var fhirPathBytesMax: Int { 1 << 16 }

    /// How deep the syntax tree of an expression may be.
    ///
    /// A path of so many steps is as deep; the evaluator's stack is bounded by it.
    @inlinable public static var fhirPathDepthMax: Int { 96 }

    /// How many steps one evaluation may take: nodes visited, items seen, items compared.
    ///
    /// Tens of milliseconds at the most; a profile expression takes some hundred.
    @inlinable public static var fhirPathStepsMax: Int { 400_000 }

    /// How many items a collection may have.
    ///
    /// A bundle of 10 MB has about so many elements.
    @inlinable public static var fhirPathItemsMax: Int { 200_000 }

    /// How many steps of an evaluation are kept for a person to read.
    @inlinable public static var fhirPathTraceStepsMax: Int { 2_000 }

    /// How many items of each step are kept for a person to read.
    @inlinable public static var fhirPathTraceItemsMax: Int { 20 }

    /// The longest string an evaluation may make, in bytes.
    @inlinable public static var fhirPathStringBytesMax: Int { 1 << 20 }

    /// The longest program of a regular expression, in instructions.
    ///
    /// Counted repetition is written out, so `(a{100}){100}` would have 10,000.
    @inlinable public static var regularExpressionInstructionsMax: Int { 2_000 }

    /// How many steps one match of a regular expression may take.
    ///
    /// Some milliseconds; a match costs text length times program length at the most.
    @inlinable public static var regularExpressionStepsMax: Int { 100_000 }

    /// How many bytes the results of one expression may have when they are written.
    ///
    /// Each item of a collection may be a whole Bundle, so the size of the input bounds nothing.
    @inlinable public static var fhirPathOutputBytesMax: Int { 64 << 20 }
}

extension Limits {
    /// How many elements a StructureDefinition may define.
    ///
    /// The snapshots of the widest published profiles have some hundred.
    @inlinable public static var structureElementsMax: Int { 4_096 }

    /// How many findings one check lists; the rest is only counted as more.
    ///
    /// Who reads them mends the first ones first.
    @inlinable public static var structureFindingsMax: Int { 200 }

    /// How many codes a ValueSet beside a profile may list.
    ///
    /// As many as a ConceptMap; a whole terminology does not belong beside a profile.
    @inlinable public static var valueSetCodesMax: Int { 50_000 }
}

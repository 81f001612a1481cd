extension Limits {
    /// How many medicines of one patient are checked for interactions at once.
    ///
    /// The longest lists of real charts stay below 100. 500 medicines are 124,750 pairs, which
    /// take less than a tenth of the time an answer has.
    @inlinable public static var interactionDrugsMax: Int { 500 }

    /// How many ingredients the medicines that are checked at once may have together.
    ///
    /// Every ingredient is looked up with every other, so this bounds the look-ups: 1.1 million.
    @inlinable public static var interactionIngredientsMax: Int { 1_500 }

    /// How many codings the medicines of one patient may have together.
    ///
    /// 500 medicines with forty each. Many records can name one Medication, and each has its codings
    /// in the audit row: without a bound 8 MB could ask for gigabytes.
    @inlinable public static var medicationCodingsMax: Int { 20_000 }

    /// How many pairs of ingredients a knowledge base may have once its classes are expanded.
    @inlinable public static var interactionPairsMax: Int { 1_000_000 }

    /// How many links from products to ingredients a site may load: ten times those of RxNorm.
    @inlinable public static var interactionProductsMax: Int { 200_000 }

    /// How many interactions get a card of their own; those beyond share one that names them all.
    @inlinable public static var interactionCardsMax: Int { 20 }

    /// How many suggestions one card makes; nobody reads more.
    @inlinable public static var interactionSuggestionsMax: Int { 10 }

    /// How many medicines or pairs one card lists by name; all are counted.
    @inlinable public static var interactionListedMax: Int { 50 }

    /// The longest name of an ingredient in characters: two of them fit into a summary.
    @inlinable public static var ingredientNameCharactersMax: Int { 44 }
}

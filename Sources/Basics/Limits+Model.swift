extension Limits {
    /// The largest PMML document in bytes.
    ///
    /// A forest of 60 trees takes 1.5 MB; 32 MB leaves room for large ensembles and bounds memory.
    @inlinable public static var pmmlBytesMax: Int { 32 << 20 }

    /// How deep the elements of a PMML document may nest.
    ///
    /// A balanced tree of depth 64 is far beyond what a person can review; libxml2 itself stops
    /// at 256.
    @inlinable public static var pmmlDepthMax: Int { 128 }

    /// How many complaints of the parser of XML end the reading of a PMML document.
    ///
    /// A person mends the first and reads on; each costs about 100 bytes that Foundation never frees.
    @inlinable public static var pmmlComplaintsMax: Int { 16 }

    /// How many elements a PMML document may have.
    @inlinable public static var pmmlElementsMax: Int { 1_000_000 }

    /// How many fields a PMML document may define, inputs or not.
    ///
    /// Names are compared one by one while a document is read.
    @inlinable public static var pmmlFieldsMax: Int { 4_096 }

    /// How many values a field of a PMML document may list.
    ///
    /// They are compared one by one, when a document is read and when a category is looked up.
    @inlinable public static var pmmlValuesMax: Int { 4_096 }

    /// The longest name or description of a segment in bytes.
    ///
    /// Both stand on a card, where a clinician reads a few sentences.
    @inlinable public static var segmentTextBytesMax: Int { 600 }

    /// How many inputs a model may have.
    ///
    /// The resolved inputs of one evaluation lie on the stack: 256 doubles are 2 KB.
    @inlinable public static var modelFieldsMax: Int { 256 }

    /// How many characteristics a scorecard may have.
    ///
    /// Their outcomes lie on the stack during an evaluation.
    @inlinable public static var characteristicsMax: Int { 256 }

    /// How many different reason codes a scorecard may have.
    ///
    /// Their points lie on the stack during an evaluation.
    @inlinable public static var reasonCodesMax: Int { 256 }

    /// How many truth values may wait while one predicate is evaluated.
    ///
    /// They are kept as bits of two 64-bit words.
    @inlinable public static var predicateDepthMax: Int { 64 }

    /// How many steps the predicates of one model may have together.
    ///
    /// Positions among the steps are 32 bits wide; a million bounds the time of one evaluation.
    @inlinable public static var predicateStepsMax: Int { 1 << 20 }

    /// Fields of one row: inputs, derived fields and outputs; a chain of thousands of models has a
    /// few of each.
    @inlinable public static var modelSlotsMax: Int { 65_536 }

    /// Models inside models; real documents have three.
    @inlinable public static var modelNestingMax: Int { 16 }

    /// Derived fields that wait for each other; real documents have fewer than ten.
    @inlinable public static var derivedFieldDepthMax: Int { 64 }

    /// Operands that wait at one time in one expression.
    @inlinable public static var expressionDepthMax: Int { 512 }

    /// Instructions of one expression.
    @inlinable public static var expressionInstructionsMax: Int { 65_536 }

    /// Nodes of one tree; a million-node tree is refused, and nobody could check it.
    @inlinable public static var treeNodesMax: Int { 262_144 }

    /// Segments of one MiningModel; large boosted models have a few thousand trees.
    @inlinable public static var segmentsMax: Int { 16_384 }

    /// Calls of defined functions that are expanded in one expression.
    @inlinable public static var functionExpansionsMax: Int { 1_024 }

    /// How many neurons a layer of a network may have.
    ///
    /// Tables of patients have tens of columns; what is larger reads images, and is another engine.
    @inlinable public static var neuronsMax: Int { 4_096 }

    /// How many rules a rule set may have.
    ///
    /// Each has a predicate, and nobody reviews more.
    @inlinable public static var rulesMax: Int { 65_536 }

    /// Expressions inside expressions, functions expanded; each level is a call of our own.
    @inlinable public static var expressionNestingMax: Int { 256 }

    /// Levels of a tree; as deep as elements may nest.
    @inlinable public static var treeDepthMax: Int { 128 }
}

extension UCUMTable {
    /// Units of the clinic and the laboratory (UCUM, tables 9 and 10).
    static let clinical: [UCUMDefinition] = [
        .init("[PRU]", "peripheral vascular resistance unit", "1", "mm[Hg].s/mL"),
        .init("[wood'U]", "Wood unit", "1", "mm[Hg].min/L"),
        .init("[diop]", "diopter", "1", "/m"),
        .init("[p'diop]", "prism diopter", "1", "rad", .special(.hundredTangent)),
        .init("%[slope]", "percent of slope", "1", "rad", .special(.hundredTangent)),
        .init("[mesh_i]", "mesh", "1", "/[in_i]"),
        .init("[Ch]", "Charrière", "1/3", "mm"),
        .init("[hnsf'U]", "Hounsfield unit", "1", "1"),
        .init("[MET]", "metabolic equivalent", "3.5", "mL/min/kg"),
        .init("eq", "equivalents", "1", "mol", .metric),
        .init("osm", "osmole", "1", "mol", .metric),
        .init("[pH]", "pH", "1", "mol/L", .special(.logarithm(base: 10, times: -1))),
        .init("g%", "gram percent", "1", "g/dL", .metric),
        .init("[S]", "Svedberg unit", "1e-13", "s"),
        .init("[HPF]", "high power field", "1", "1"),
        .init("[LPF]", "low power field", "100", "1"),
        .init("kat", "katal", "1", "mol/s", .metric),
        .init("U", "Unit", "1", "umol/min", .metric),
        .init("[NTU]", "Nephelometric Turbidity Unit", "1", "1"),
        .init("[FNU]", "Formazin Nephelometric Unit", "1", "1"),
    ]

    /// Units that a procedure defines; they convert to themselves alone.
    static let arbitraryUnits: [UCUMDefinition] = [
        .init("[iU]", "international unit", "1", "1", .arbitrary, takesPrefix: true),
        .init("[IU]", "international unit", "1", "[iU]", .metric),
        .init(arbitrary: "[arb'U]", "arbitrary unit"),
        .init(arbitrary: "[USP'U]", "United States Pharmacopeia unit"),
        .init(arbitrary: "[GPL'U]", "GPL unit"),
        .init(arbitrary: "[MPL'U]", "MPL unit"),
        .init(arbitrary: "[APL'U]", "APL unit"),
        .init(arbitrary: "[beth'U]", "Bethesda unit"),
        .init(arbitrary: "[anti'Xa'U]", "anti factor Xa unit"),
        .init(arbitrary: "[todd'U]", "Todd unit"),
        .init(arbitrary: "[dye'U]", "Dye unit"),
        .init(arbitrary: "[smgy'U]", "Somogyi unit"),
        .init(arbitrary: "[bdsk'U]", "Bodansky unit"),
        .init(arbitrary: "[ka'U]", "King-Armstrong unit"),
        .init(arbitrary: "[knk'U]", "Kunkel unit"),
        .init(arbitrary: "[mclg'U]", "Mac Lagan unit"),
        .init(arbitrary: "[tb'U]", "tuberculin unit"),
        .init(arbitrary: "[CCID_50]", "50% cell culture infectious dose"),
        .init(arbitrary: "[TCID_50]", "50% tissue culture infectious dose"),
        .init(arbitrary: "[EID_50]", "50% embryo infectious dose"),
        .init(arbitrary: "[PFU]", "plaque forming units"),
        .init(arbitrary: "[FFU]", "focus forming units"),
        .init(arbitrary: "[CFU]", "colony forming units"),
        .init(arbitrary: "[IR]", "index of reactivity"),
        .init(arbitrary: "[BAU]", "bioequivalent allergen unit"),
        .init(arbitrary: "[AU]", "allergen unit"),
        .init(arbitrary: "[Amb'a'1'U]", "allergen unit for Ambrosia artemisiifolia"),
        .init(arbitrary: "[PNU]", "protein nitrogen unit"),
        .init(arbitrary: "[Lf]", "Limit of flocculation"),
        .init(arbitrary: "[D'ag'U]", "D-antigen unit"),
        .init(arbitrary: "[FEU]", "fibrinogen equivalent unit"),
        .init(arbitrary: "[ELU]", "ELISA unit"),
        .init(arbitrary: "[EU]", "Ehrlich unit"),
        .init(arbitrary: "[hp_X]", "homeopathic potency of decimal hahnemannian series"),
        .init(arbitrary: "[hp_C]", "homeopathic potency of centesimal hahnemannian series"),
        .init(arbitrary: "[hp_M]", "homeopathic potency of millesimal hahnemannian series"),
        .init(
            arbitrary: "[hp_Q]",
            "homeopathic potency of quintamillesimal hahnemannian series"
        ),
        .init(arbitrary: "[kp_X]", "homeopathic potency of decimal korsakovian series"),
        .init(arbitrary: "[kp_C]", "homeopathic potency of centesimal korsakovian series"),
        .init(arbitrary: "[kp_M]", "homeopathic potency of millesimal korsakovian series"),
        .init(
            arbitrary: "[kp_Q]",
            "homeopathic potency of quintamillesimal korsakovian series"
        ),
    ]

    /// Logarithmic levels and potencies (UCUM, table 11).
    ///
    /// Levels of field quantities are twice the logarithm, so that they agree with those of power.
    static let levels: [UCUMDefinition] = [
        level("Np", "neper", "1", "1", .logarithm(base: 0, times: 1)),
        level("B", "bel", "1", "1", .logarithm(base: 10, times: 1)),
        level("B[SPL]", "bel sound pressure", "2e-5", "Pa", .logarithm(base: 10, times: 2)),
        level("B[V]", "bel volt", "1", "V", .logarithm(base: 10, times: 2)),
        level("B[mV]", "bel millivolt", "1e-3", "V", .logarithm(base: 10, times: 2)),
        level("B[uV]", "bel microvolt", "1e-6", "V", .logarithm(base: 10, times: 2)),
        level("B[10.nV]", "bel 10 nanovolt", "1e-8", "V", .logarithm(base: 10, times: 2)),
        level("B[W]", "bel watt", "1", "W", .logarithm(base: 10, times: 1)),
        level("B[kW]", "bel kilowatt", "1000", "W", .logarithm(base: 10, times: 1)),
        .init(
            "[hp'_X]",
            "homeopathic potency of decimal series (retired)",
            "1",
            "1",
            .special(.logarithm(base: 10, times: -1))
        ),
        .init(
            "[hp'_C]",
            "homeopathic potency of centesimal series (retired)",
            "1",
            "1",
            .special(.logarithm(base: 100, times: -1))
        ),
        .init(
            "[hp'_M]",
            "homeopathic potency of millesimal series (retired)",
            "1",
            "1",
            .special(.logarithm(base: 1_000, times: -1))
        ),
        .init(
            "[hp'_Q]",
            "homeopathic potency of quintamillesimal series (retired)",
            "1",
            "1",
            .special(.logarithm(base: 50_000, times: -1))
        ),
        .init("bit_s", "bit", "1", "1", .special(.logarithm(base: 2, times: 1))),
    ]

    /// What is left: information, whole circles, spectral density.
    static let miscellaneous: [UCUMDefinition] = [
        .init("bit", "bit", "1", "1", .metric),
        .init("By", "byte", "8", "bit", .metric),
        .init("Bd", "baud", "1", "/s", .metric),
        .init("circ", "circle", "2", "[pi].rad"),
        .init("sph", "sphere", "4", "[pi].sr"),
        .init(
            "[m/s2/Hz^(1/2)]",
            "meter per square seconds per square root of hertz",
            "1",
            "m2/s3",
            .special(.squareRoot)
        ),
    ]

    private static func level(
        _ code: String,
        _ name: String,
        _ factor: String,
        _ unit: String,
        _ function: UCUMFunction
    ) -> UCUMDefinition {
        .init(code, name, factor, unit, .special(function), takesPrefix: true)
    }
}

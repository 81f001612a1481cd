extension UCUMTable {
    /// Force, pressure, energy, magnetism, light and radiation, the older systems (UCUM, table 7).
    static let mechanics: [UCUMDefinition] = [
        .init("atm", "standard atmosphere", "101325", "Pa"),
        .init("gf", "gram-force", "9.80665", "g.m/s2", .metric),
        .init("[lbf_av]", "pound force", "4.4482216152605", "N"),
        .init("att", "technical atmosphere", "98066.5", "Pa"),
        .init("[psi]", "pound per square inch", "4.4482216152605", "N/(254.254.10*-8.m2)"),
        .init("dyn", "dyne", "1e-5", "N", .metric),
        .init("erg", "erg", "1e-7", "J", .metric),
        .init("P", "Poise", "0.1", "Pa.s", .metric),
        .init("St", "Stokes", "1", "cm2/s", .metric),
        .init("Gal", "Gal", "0.01", "m/s2", .metric),
        .init("Ky", "Kayser", "100", "/m", .metric),
        .init("Bi", "Biot", "10", "A", .metric),
        .init("Mx", "Maxwell", "1e-8", "Wb", .metric),
        .init("G", "Gauss", "1e-4", "T", .metric),
        .init("Oe", "Oersted", "250", "A/m/[pi]", .metric),
        .init("Gb", "Gilbert", "2.5", "A/[pi]", .metric),
        .init("sb", "stilb", "10000", "cd/m2", .metric),
        .init("Lmb", "Lambert", "10000", "cd/m2/[pi]", .metric),
        .init("ph", "phot", "1e-4", "lx", .metric),
        .init("Ci", "Curie", "3.7e10", "Bq", .metric),
        .init("R", "Roentgen", "2.58e-4", "C/kg", .metric),
        .init("RAD", "radiation absorbed dose", "0.01", "Gy", .metric),
        .init("REM", "radiation equivalent man", "0.01", "Sv", .metric),
        .init("mho", "mho", "1", "S", .metric),
        .init("[HP]", "horsepower", "745.69987158227022", "W"),
        .init("m[H2O]", "meter of water column", "9806.65", "Pa", .metric),
        .init("m[Hg]", "meter of mercury column", "133322", "Pa", .metric),
        .init("[in_i'H2O]", "inch of water column", "0.0254", "m[H2O]"),
        .init("[in_i'Hg]", "inch of mercury column", "0.0254", "m[Hg]"),
        .init("tex", "tex", "1e-6", "kg/m", .metric),
        .init("[den]", "Denier", "1/9000", "g/m"),
    ]

    /// Heat and temperature (UCUM, tables 8 and 16); a calorie and a Btu come in several sizes.
    static let heat: [UCUMDefinition] = [
        .init("[degF]", "degree Fahrenheit", "5/9", "K", .special(.offset(fahrenheitZero))),
        .init("[degR]", "degree Rankine", "5/9", "K"),
        .init("[degRe]", "degree Réaumur", "5/4", "K", .special(.offset(reaumurZero))),
        .init("cal_[15]", "calorie at 15 °C", "4.1858", "J", .metric),
        .init("cal_[20]", "calorie at 20 °C", "4.1819", "J", .metric),
        .init("cal_m", "mean calorie", "4.19002", "J", .metric),
        .init("cal_IT", "international table calorie", "4.1868", "J", .metric),
        .init("cal_th", "thermochemical calorie", "4.184", "J", .metric),
        .init("cal", "calorie", "4.184", "J", .metric),
        .init("[Cal]", "nutrition label Calories", "4184", "J"),
        .init("[Btu_39]", "British thermal unit at 39 °F", "1059.67", "J"),
        .init("[Btu_59]", "British thermal unit at 59 °F", "1054.80", "J"),
        .init("[Btu_60]", "British thermal unit at 60 °F", "1054.68", "J"),
        .init("[Btu_m]", "mean British thermal unit", "1055.87", "J"),
        .init("[Btu_IT]", "international table British thermal unit", "1055.05585262", "J"),
        .init("[Btu_th]", "thermochemical British thermal unit", "1054.350", "J"),
        .init("[Btu]", "British thermal unit", "1054.350", "J"),
    ]

    /// Absolute zero below 0 °F, in Fahrenheit degrees: 459.67.
    static let fahrenheitZero = Rational(45_967) / Rational(100)

    /// Absolute zero below the Réaumur zero, in Réaumur degrees: 273.15 K at 5/4 K each.
    static let reaumurZero = iceInKelvin / (Rational(5) / Rational(4))
}

extension UCUMTable {
    /// Numbers (UCUM, section 27).
    static let numbers: [UCUMDefinition] = [
        .init("10*", "the number ten for arbitrary powers", "10", "1"),
        .init("10^", "the number ten for arbitrary powers", "10", "1"),
        .init("[pi]", "the number pi", piText, "1"),
        .init("%", "percent", "1/100", "1"),
        .init("[ppth]", "parts per thousand", "1e-3", "1"),
        .init("[ppm]", "parts per million", "1e-6", "1"),
        .init("[ppb]", "parts per billion", "1e-9", "1"),
        .init("[pptr]", "parts per trillion", "1e-12", "1"),
    ]

    /// Coherent SI units with names of their own (SI brochure, 9th edition, table 4).
    static let siUnits: [UCUMDefinition] = [
        .init("mol", "mole", "6.02214076e23", "1", .metric),
        .init("sr", "steradian", "1", "rad2", .metric),
        .init("Hz", "hertz", "1", "/s", .metric),
        .init("N", "newton", "1", "kg.m/s2", .metric),
        .init("Pa", "pascal", "1", "kg/m/s2", .metric),
        .init("J", "joule", "1", "kg.m2/s2", .metric),
        .init("W", "watt", "1", "kg.m2/s3", .metric),
        .init("A", "ampère", "1", "C/s", .metric),
        .init("V", "volt", "1", "W/A", .metric),
        .init("F", "farad", "1", "C/V", .metric),
        .init("Ohm", "ohm", "1", "V/A", .metric),
        .init("S", "siemens", "1", "A/V", .metric),
        .init("Wb", "weber", "1", "V.s", .metric),
        .init("T", "tesla", "1", "Wb/m2", .metric),
        .init("H", "henry", "1", "V.s/A", .metric),
        .init("lm", "lumen", "1", "cd.sr", .metric),
        .init("lx", "lux", "1", "lm/m2", .metric),
        .init("Bq", "becquerel", "1", "/s", .metric),
        .init("Gy", "gray", "1", "m2/s2", .metric),
        .init("Sv", "sievert", "1", "m2/s2", .metric),
        .init(
            "Cel",
            "degree Celsius",
            "1",
            "K",
            .special(.offset(iceInKelvin)),
            takesPrefix: true
        ),
    ]

    /// Units used beside the SI (SI brochure, table 8; UCUM, table 5).
    static let otherUnits: [UCUMDefinition] = [
        .init("deg", "degree", "1/180", "[pi].rad"),
        .init("gon", "gon", "1/200", "[pi].rad"),
        .init("'", "minute", "1/60", "deg"),
        .init("''", "second", "1/3600", "deg"),
        .init("l", "liter", "1", "dm3", .metric),
        .init("L", "liter", "1", "dm3", .metric),
        .init("ar", "are", "100", "m2", .metric),
        .init("st", "stere", "1", "m3", .metric),
        .init("min", "minute", "60", "s"),
        .init("h", "hour", "3600", "s"),
        .init("d", "day", "86400", "s"),
        .init("wk", "week", "7", "d"),
        .init("a_t", "tropical year", "365.24219", "d"),
        .init("a_j", "mean Julian year", "365.25", "d"),
        .init("a_g", "mean Gregorian year", "365.2425", "d"),
        .init("a", "year", "365.25", "d"),
        .init("mo_s", "synodal month", "29.53059", "d"),
        .init("mo_j", "mean Julian month", "1/12", "a_j"),
        .init("mo_g", "mean Gregorian month", "1/12", "a_g"),
        .init("mo", "month", "1/12", "a_j"),
        .init("t", "tonne", "1000", "kg", .metric),
        .init("bar", "bar", "1e5", "Pa", .metric),
        .init("u", "unified atomic mass unit", "1.66053906660e-24", "g", .metric),
        .init("eV", "electronvolt", "1.602176634e-19", "J", .metric),
        .init("AU", "astronomic unit", "149597870691", "m"),
        .init("pc", "parsec", "3.085678e16", "m", .metric),
    ]

    /// Constants of nature; exact since 2019 or as CODATA gives them (UCUM, table 6).
    static let natural: [UCUMDefinition] = [
        .init("[c]", "velocity of light", "299792458", "m/s", .metric),
        .init("[h]", "Planck constant", "6.62607015e-34", "J.s", .metric),
        .init("[k]", "Boltzmann constant", "1.380649e-23", "J/K", .metric),
        .init("[eps_0]", "permittivity of vacuum", "8.854187817e-12", "F/m", .metric),
        .init("[mu_0]", "permeability of vacuum", "4e-7", "[pi].N/A2", .metric),
        .init("[e]", "elementary charge", "1.602176634e-19", "C", .metric),
        .init("[m_e]", "electron mass", "9.1093837139e-31", "kg", .metric),
        .init("[m_p]", "proton mass", "1.67262192595e-27", "kg", .metric),
        .init(
            "[G]",
            "Newtonian constant of gravitation",
            "6.67430e-11",
            "m3/kg/s2",
            .metric
        ),
        .init("[g]", "standard acceleration of free fall", "9.80665", "m/s2", .metric),
        .init("[ly]", "light-year", "1", "[c].a_j", .metric),
    ]

    /// The melting point of ice in kelvin, where the Celsius scale starts.
    static let iceInKelvin = Rational(27_315) / Rational(100)
}

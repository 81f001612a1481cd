/// A metric prefix (UCUM, table 1) or a binary one (IEC 80000-13).
struct UCUMPrefix: Sendable {
    let code: String
    let name: String
    let factor: Rational

    private init(_ code: String, _ name: String, _ exponent: Int) {
        self.code = code
        self.name = name
        factor = Rational(10).raised(to: exponent)
    }

    private init(binary code: String, _ name: String, _ exponent: Int) {
        self.code = code
        self.name = name
        factor = Rational(2).raised(to: exponent)
    }

    /// All prefixes; those of two letters first, so that `da` is tried before `d`.
    static let all: [UCUMPrefix] = [
        UCUMPrefix("da", "deka", 1),
        UCUMPrefix(binary: "Ki", "kibi", 10),
        UCUMPrefix(binary: "Mi", "mebi", 20),
        UCUMPrefix(binary: "Gi", "gibi", 30),
        UCUMPrefix(binary: "Ti", "tebi", 40),
        UCUMPrefix("Y", "yotta", 24),
        UCUMPrefix("Z", "zetta", 21),
        UCUMPrefix("E", "exa", 18),
        UCUMPrefix("P", "peta", 15),
        UCUMPrefix("T", "tera", 12),
        UCUMPrefix("G", "giga", 9),
        UCUMPrefix("M", "mega", 6),
        UCUMPrefix("k", "kilo", 3),
        UCUMPrefix("h", "hecto", 2),
        UCUMPrefix("d", "deci", -1),
        UCUMPrefix("c", "centi", -2),
        UCUMPrefix("m", "milli", -3),
        UCUMPrefix("u", "micro", -6),
        UCUMPrefix("n", "nano", -9),
        UCUMPrefix("p", "pico", -12),
        UCUMPrefix("f", "femto", -15),
        UCUMPrefix("a", "atto", -18),
        UCUMPrefix("z", "zepto", -21),
        UCUMPrefix("y", "yocto", -24),
    ]
}

/// What may have been meant by a text that is no unit, or that is one by accident.
///
///     mmHg   ->  mm[Hg]         C  ->  Cel, since C is the coulomb
///
/// A hint is for a person to read. It is never used in a unit's place.
package struct UCUMHint: Equatable, Sendable {
    /// The unit that may have been meant.
    package let suggestion: String
    /// Its name.
    package let name: String

    /// What may have been meant by a text; `nil` when nothing is near.
    package init?(for text: String) {
        guard let suggestion = Self.suggestion(for: text), suggestion != text,
            let unit = try? UCUMUnit(parsing: suggestion)
        else {
            return nil
        }
        self.suggestion = suggestion
        name = unit.displayName
    }

    private static func suggestion(for text: String) -> String? {
        let plain = text.filter { $0 != " " }.replacingMicro
        if let whole = customary[plain.lowercased()] { return whole }
        // Valid units are not taken apart; only those in the list above are doubtful.
        guard (try? UCUMUnit(parsing: text)) == nil else { return nil }
        var result = ""
        var part = ""
        for character in plain {
            guard character == "/" || character == "." else {
                part.append(character)
                continue
            }
            guard let known = component(part) else { return nil }
            result += known + String(character)
            part = ""
        }
        guard let known = component(part) else { return nil }
        return result + known
    }

    /// One factor of a unit as it is written in UCUM; `nil` when nothing is near.
    private static func component(_ text: String) -> String? {
        if text.isEmpty || (try? UCUMUnit(parsing: text)) != nil { return text }
        let lower = text.lowercased()
        if let known = customary[lower] { return known }
        if let known = customaryFactors[lower] { return known }
        return spellings[lower]
    }

    /// Every unit and every prefixed unit of the clinic by its spelling without case.
    private static let spellings: [String: String] = {
        var spellings: [String: String] = [:]
        for code in UCUMTable.atoms.keys.sorted() { spellings[code.lowercased()] = code }
        for prefix in ["k", "d", "c", "m", "u", "n", "p"] {
            for code in ["mol", "g", "L", "m", "s", "eq", "osm", "Pa", "U", "[iU]"] {
                spellings[(prefix + code).lowercased()] = prefix + code
            }
        }
        for code in ["g", "m", "s", "h", "d", "L", "U", "mol"] {
            spellings[code.lowercased()] = code
        }
        return spellings
    }()

    /// Texts that are seen in data, in small letters, with the unit that they mostly mean.
    private static let customary = [
        "c": "Cel", "°c": "Cel", "ºc": "Cel", "degc": "Cel", "celsius": "Cel",
        "degreescelsius": "Cel", "degreecelsius": "Cel", "cel.": "Cel", "gradcelsius": "Cel",
        "f": "[degF]", "°f": "[degF]", "ºf": "[degF]", "degf": "[degF]",
        "fahrenheit": "[degF]", "degreesfahrenheit": "[degF]",
        "bpm": "{beats}/min", "beats/min": "{beats}/min", "beats/minute": "{beats}/min",
        "breaths/min": "{breaths}/min", "breaths/minute": "{breaths}/min",
        "/minute": "/min", "permin": "/min", "rpm": "{breaths}/min",
        "percent": "%", "pct": "%", "prozent": "%",
        "x10^9/l": "10*9/L", "x10*9/l": "10*9/L", "x10^3/ul": "10*3/uL", "k/ul": "10*3/uL",
        "x10e3/ul": "10*3/uL", "x10e9/l": "10*9/L", "g/l.": "g/L", "gpt/l": "10*9/L",
        "tpt/l": "10*12/L", "x10^12/l": "10*12/L", "m/ul": "10*6/uL", "ph": "[pH]",
        "score": "{score}", "points": "{score}", "punkte": "{score}",
    ]

    /// Factors that are seen in data, in small letters.
    private static let customaryFactors = [
        "mmhg": "mm[Hg]", "torr": "mm[Hg]", "cmh2o": "cm[H2O]", "inhg": "[in_i'Hg]",
        "psi": "[psi]", "lb": "[lb_av]", "lbs": "[lb_av]", "pound": "[lb_av]",
        "pounds": "[lb_av]", "oz": "[oz_av]", "ounce": "[oz_av]", "stone": "[stone_av]",
        "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]", "ft": "[ft_i]", "feet": "[ft_i]",
        "foot": "[ft_i]", "iu": "[iU]", "ie": "[iU]", "miu": "m[iU]", "mie": "m[iU]",
        "uiu": "u[iU]", "mcg": "ug", "mcl": "uL", "mcmol": "umol", "mcu": "uU", "cc": "mL",
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "sek": "s", "msec": "ms",
        "minute": "min", "minutes": "min", "mins": "min", "hr": "h", "hrs": "h", "hour": "h",
        "hours": "h", "std": "h", "day": "d", "days": "d", "tag": "d", "week": "wk",
        "weeks": "wk", "month": "mo", "months": "mo", "year": "a", "years": "a", "yr": "a",
        "yrs": "a", "jahre": "a", "liter": "L", "litre": "L", "gram": "g", "grams": "g",
        "gm": "g", "gms": "g", "kilogram": "kg", "kilograms": "kg", "kgs": "kg", "meter": "m",
        "metre": "m", "mosmol": "mosm", "val": "eq", "mval": "meq", "ppm": "[ppm]",
        "ppb": "[ppb]", "angstrom": "Ao", "kcal": "kcal", "mmol": "mmol",
    ]
}

extension String {
    /// The text with either sign for micro as UCUM's letter.
    fileprivate var replacingMicro: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.value == 0xB5 || $0.value == 0x3BC ? "u" : $0 }
            )
        )
    }
}

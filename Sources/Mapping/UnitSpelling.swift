/// How people write well-known units: only spellings that can mean nothing else.
///
///     "Fahrenheit", "deg F", "°F"                [degF]
///     "mmHg", "mm Hg"                            mm[Hg]
///     "breaths per minute", "beats/min", "bpm"   /min
///
/// They never give a value its unit; they only show that a text contradicts the code beside it.
/// What people write beside the code of another unit, and rightly, is therefore not here:
/// equivalents (of one charge they are moles), units of enzymes (U and IU), `mM`, `G/L` and `K/uL`
/// (of which small letters make other units), and words of time.
enum UnitSpelling {
    /// The unit of each spelling, which is written as `unit(_:)` brings it together.
    static let units = [
        "f": "[degF]", "°f": "[degF]", "degf": "[degF]", "fahrenheit": "[degF]",
        "degreesf": "[degF]", "degreef": "[degF]", "degreesfahrenheit": "[degF]",
        "degreefahrenheit": "[degF]", "°fahrenheit": "[degF]", "gradfahrenheit": "[degF]",
        "c": "Cel", "°c": "Cel", "degc": "Cel", "celsius": "Cel", "centigrade": "Cel",
        "degreesc": "Cel", "degreec": "Cel", "degreescelsius": "Cel", "degreecelsius": "Cel",
        "°celsius": "Cel", "gradcelsius": "Cel", "cel": "Cel", "[degf]": "[degF]",
        "kelvin": "K", "degreeskelvin": "K",
        "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kpa": "kPa", "hpa": "hPa", "mbar": "mbar",
        "cmh2o": "cm[H2O]", "cm[h2o]": "cm[H2O]", "mmh2o": "mm[H2O]", "mm[h2o]": "mm[H2O]",
        "bpm": "/min", "%": "%", "percent": "%", "pct": "%",
        "l/min": "L/min", "ml/min": "mL/min", "l/h": "L/h", "ml/h": "mL/h", "ml/kg": "mL/kg",
        "ml/kg/h": "mL/kg/h", "ml": "mL", "dl": "dL", "cc": "mL",
        "mmol/l": "mmol/L", "umol/l": "umol/L", "nmol/l": "nmol/L", "pmol/l": "pmol/L",
        "mmol/mol": "mmol/mol", "g/dl": "g/dL", "mg/dl": "mg/dL", "ug/dl": "ug/dL",
        "ng/dl": "ng/dL", "mg/l": "mg/L", "ug/l": "ug/L", "ng/l": "ng/L", "mg/ml": "mg/mL",
        "ug/ml": "ug/mL", "ng/ml": "ng/mL", "pg/ml": "pg/mL", "kg/m2": "kg/m2",
        "10^9/l": "10*9/L", "10*9/l": "10*9/L", "10^12/l": "10*12/L", "10*12/l": "10*12/L",
        "10^3/ul": "10*3/uL", "10*3/ul": "10*3/uL", "10^6/ul": "10*6/uL", "10*6/ul": "10*6/uL",
        "lb": "[lb_av]", "lbs": "[lb_av]", "pounds": "[lb_av]", "kilogram": "kg",
        "kilograms": "kg", "kg": "kg", "mg": "mg", "ug": "ug", "ng": "ng", "cm": "cm",
        "inch": "[in_i]", "inches": "[in_i]", "centimeter": "cm",
        "centimeters": "cm", "centimetres": "cm", "feet": "[ft_i]",
    ]

    /// What is counted in a minute, an hour or a second; the unit is the same for all.
    private static let counted: Set<String> = [
        "", "1", "x", "beat", "beats", "{beats}", "breath", "breaths", "{breaths}", "pulse",
        "pulses", "resp", "resps", "respiration", "respirations", "times",
    ]

    /// How the times that people count in are written, each with its unit.
    private static let rates = ["/min": "/min", "/h": "/h", "/s": "/s"]

    /// What people write in full, or for letters that a keyboard lacks.
    private static let forms = [
        ("µ", "u"), ("μ", "u"), ("mcg", "ug"), ("mcmol", "umol"), ("²", "2"), ("m^2", "m2"),
        ("minutes", "min"), ("minute", "min"), ("/hours", "/h"), ("/hour", "/h"), ("/hr", "/h"),
        ("/seconds", "/s"), ("/second", "/s"), ("/sec", "/s"),
        ("millilitres", "ml"), ("milliliters", "ml"), ("millilitre", "ml"), ("milliliter", "ml"),
        ("litres", "l"), ("liters", "l"), ("litre", "l"), ("liter", "l"),
    ].map { (form: Array($0.utf8), short: Array($1.utf8)) }

    /// The unit that a text spells; letters of any case, blanks and points do not count.
    static func unit(_ text: String) -> String? {
        guard text.utf8.count <= lengthMax else { return nil }
        // In bytes: every observation may come by here.
        var letters = letters(of: text)
        for (form, short) in forms { replace(form, with: short, in: &letters) }
        if let unit = units[String(decoding: letters, as: UTF8.self)] { return unit }
        guard let bar = letters.firstIndex(of: UInt8(ascii: "/")),
            counted.contains(String(decoding: letters[..<bar], as: UTF8.self))
        else { return nil }
        return rates[String(decoding: letters[bar...], as: UTF8.self)]
    }

    /// The small letters of a text without blanks and points, and with a bar for `per`.
    private static func letters(of text: String) -> [UInt8] {
        var letters: [UInt8] = []
        letters.reserveCapacity(lengthMax)
        var word = 0
        /// Only a `per` that stands alone: it is also the beginning of percent.
        func endWord() {
            if letters[word...].elementsEqual("per".utf8) {
                letters.replaceSubrange(word..., with: "/".utf8)
            }
            word = letters.count
        }
        for scalar in text.lowercased().unicodeScalars {
            switch scalar {
            case " ": endWord()
            case ".": break
            // The ordinal indicator and the ring are often typed for the sign of the degree.
            case "º", "˚": letters += "°".utf8
            case _ where scalar.isASCII && scalar.value > 0x20:
                letters.append(UInt8(truncatingIfNeeded: scalar.value))
            case _ where scalar.properties.isWhitespace: endWord()
            default: letters += String(scalar).utf8
            }
        }
        endWord()
        return letters
    }

    /// A unit made of several by a bar, as UCUM writes it: `µg / kg / min` is `ug/kg/min`.
    ///
    /// The case of the letters counts here: `mEq/L` and `IU/L` are none of UCUM, and stay so.
    static func compound(_ text: String) -> String? {
        guard text.utf8.count <= lengthMax, text.utf8.contains(UInt8(ascii: "/")) else {
            return nil
        }
        var letters = text.utf8.filter { $0 != UInt8(ascii: " ") }
        for (form, short) in forms { replace(form, with: short, in: &letters) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Whether a unit made of several may stand beside a code of another kind all the same: its
    /// beginning (`mg/kg` for `mg/kg/d`), letters that are no unit (`N/A`, `G/L`), and what is
    /// called so in the same measure (`meq/L` for `mmol/L`, `U/L` for `[iU]/L`).
    static func isLoose(_ unit: String, for code: String) -> Bool {
        if isShort(unit, for: code) { return true }
        let parts = unit.split(separator: "/", omittingEmptySubsequences: false)
        if parts.allSatisfy({ $0.count == 1 }), parts.last?.allSatisfy(\.isUppercase) ?? false {
            return true
        }
        let others = code.split(separator: "/", omittingEmptySubsequences: false)
        guard let counted = parts.first?.lowercased(), parts.dropFirst() == others.dropFirst()
        else { return false }
        return counted.count == 1
            || ["u", "u]", "eq", "osm"].contains { counted.hasSuffix($0) }
    }

    private static func replace(_ form: [UInt8], with short: [UInt8], in letters: inout [UInt8]) {
        var position = 0
        while position + form.count <= letters.count {
            if letters[position] == form[0],
                letters[position..<position + form.count].elementsEqual(form)
            {
                letters.replaceSubrange(position..<position + form.count, with: short)
                position += short.count
            } else {
                position += 1
            }
        }
    }

    /// No spelling is longer, so that a text of the data is not gone through for long.
    private static let lengthMax = 40

    /// Whether a text is a single letter, which may stand for anything.
    static func isLetter(_ text: String) -> Bool {
        let letters = text.filter { !$0.isWhitespace }
        return letters.count == 1 && letters.allSatisfy(\.isLetter)
    }

    /// Whether a unit is the beginning of a code that people leave the rest of out: `mg` for
    /// `mg/dL`, `mL` for `mL/h`, `mm` for `mm[Hg]`.
    static func isShort(_ unit: String, for code: String) -> Bool {
        let code = code.lowercased()
        guard code.hasPrefix(unit.lowercased()) else { return false }
        return !(code.dropFirst(unit.count).first?.isLetter ?? false)
    }
}

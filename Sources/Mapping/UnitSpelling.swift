/// How people write units that UCUM writes otherwise: only spellings that can mean nothing else.
///
///     "Fahrenheit", "deg F", "°F"    [degF]
///     "mmHg", "mm Hg"                mm[Hg]
///
/// They never give a value its unit; they only show that a text contradicts the code beside it.
enum UnitSpelling {
    private static let units = [
        "f": "[degF]", "°f": "[degF]", "degf": "[degF]", "fahrenheit": "[degF]",
        "degreesf": "[degF]", "degreef": "[degF]", "degreesfahrenheit": "[degF]",
        "degreefahrenheit": "[degF]", "°fahrenheit": "[degF]", "gradfahrenheit": "[degF]",
        "c": "Cel", "°c": "Cel", "degc": "Cel", "celsius": "Cel", "centigrade": "Cel",
        "degreesc": "Cel", "degreec": "Cel", "degreescelsius": "Cel", "degreecelsius": "Cel",
        "°celsius": "Cel", "gradcelsius": "Cel", "cel": "Cel",
        "kelvin": "K", "degreeskelvin": "K",
        "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kpa": "kPa",
        "bpm": "/min", "beats/min": "/min", "beats/minute": "/min", "breaths/min": "/min",
        "percent": "%", "mmol/l": "mmol/L", "mg/dl": "mg/dL", "umol/l": "umol/L",
        "lb": "[lb_av]", "lbs": "[lb_av]", "pounds": "[lb_av]", "kilogram": "kg",
        "kilograms": "kg", "inch": "[in_i]", "inches": "[in_i]", "centimeter": "cm",
        "centimeters": "cm", "centimetres": "cm", "feet": "[ft_i]",
    ]

    /// The unit that a text spells; letters of any case, blanks and points do not count.
    static func unit(_ text: String) -> String? {
        // The ordinal indicator and the ring are often typed for the sign of the degree.
        let letters = text.lowercased().filter { !$0.isWhitespace && $0 != "." }
            .map { $0 == "º" || $0 == "˚" ? "°" : $0 }
        return units[String(letters)]
    }
}

/// UCUM codes as clinicians write them; a code that is not listed is shown as it is.
enum UnitDisplay {
    private static let texts = [
        "Cel": "\u{B0}C", "[degF]": "\u{B0}F", "mm[Hg]": "mmHg", "/min": "/min",
        "{beats}/min": "/min", "{breaths}/min": "/min", "{score}": "", "1": "", "{count}": "",
        "umol/L": "\u{B5}mol/L", "10*3/uL": "\u{D7}10\u{B3}/\u{B5}L", "a": "years",
        "cm[H2O]": "cmH2O",
    ]

    /// The text for a unit.
    static func text(_ code: String) -> String { texts[code] ?? code }
}

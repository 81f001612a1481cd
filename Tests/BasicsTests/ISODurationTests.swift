import Testing

import Basics

@Suite("Durations of fixed length")
struct ISODurationTests {
    @Test(
        "A duration is so many seconds",
        arguments: [
            ("PT12H", 43_200), ("P1D", 86_400), ("P2W", 1_209_600), ("P300D", 25_920_000),
            ("PT5M", 300), ("PT1S", 1), ("P1DT2H3M4S", 93_784),
        ]
    )
    func reads(text: String, seconds: Int) {
        #expect(ISODuration.seconds(text) == seconds)
    }

    @Test(
        "What is no such duration is refused",
        arguments: [
            "", "P", "PT", "12H", "P12H", "PT1D", "P1Y", "P1M", "PT0S", "P-1D", "PT1.5H", "PT1H1H",
            "PT1M1H", "P1DT", "PT1", "P99999999999D", "P1000000D", "pt1h", "PT1H ",
        ]
    )
    func refuses(_ text: String) {
        #expect(ISODuration.seconds(text) == nil)
    }

    @Test(
        "A window is told in the largest whole unit",
        arguments: [(54_000, "PT15H"), (86_400, "P1D"), (300, "PT5M"), (61, "PT61S")]
    )
    func writes(seconds: Int, text: String) {
        #expect(ISODuration.text(seconds: seconds) == text)
        #expect(ISODuration.seconds(text) == seconds)
    }
}

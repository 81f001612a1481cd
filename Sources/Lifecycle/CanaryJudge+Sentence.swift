extension CanaryJudge.Breach {
    /// The figures in one sentence, for the audit row and the log.
    package var sentence: String {
        "\(measure.rawValue) rate of the canary \(canaryEvents) of \(canaryCases), at least "
            + "\(Self.percent(canaryLower)); live \(liveEvents) of \(liveCases), at most "
            + "\(Self.percent(liveUpper)); allowed \(Self.percent(margin)) more"
    }

    /// The figures as JSON text.
    package var json: String {
        #"{"measure":"\#(measure.rawValue)","margin":\#(Self.digits(margin)),"alpha":\#(alpha),"#
            + #""canary":{"cases":\#(canaryCases),"events":\#(canaryEvents),"#
            + #""lower":\#(Self.digits(canaryLower))},"live":{"cases":\#(liveCases),"#
            + #""events":\#(liveEvents),"upper":\#(Self.digits(liveUpper))},"#
            + #""method":"beta-binomial confidence sequences, one-sided, alpha/6 each"}"#
    }

    private static func percent(_ rate: Double) -> String {
        let tenths = Int((rate * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func digits(_ rate: Double) -> Double { (rate * 1e6).rounded() / 1e6 }
}

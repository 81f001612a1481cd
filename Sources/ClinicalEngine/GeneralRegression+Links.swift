extension GeneralRegression.LinkFunction {
    /// The mean that belongs to a sum: the inverse of the link (PMML 4.4, GeneralRegression).
    func mean(_ sum: Double) -> Double {
        switch self {
        case .cloglog:
            return -ElementaryFunctions.expm1(-ElementaryFunctions.exp(sum))
        case .identity:
            return sum
        case .log:
            return ElementaryFunctions.exp(sum)
        case .logc:
            return -ElementaryFunctions.expm1(sum)
        case .logit:
            return ElementaryFunctions.logistic(sum)
        case .loglog:
            return ElementaryFunctions.exp(-ElementaryFunctions.exp(-sum))
        case .negbin(let parameter):
            return 1 / (parameter * ElementaryFunctions.expm1(-sum))
        case .oddspower(let parameter):
            guard parameter != 0 else { return ElementaryFunctions.logistic(sum) }
            return 1 / (1 + ElementaryFunctions.power(1 + parameter * sum, -1 / parameter))
        case .power(let parameter):
            guard parameter != 0 else { return ElementaryFunctions.exp(sum) }
            return ElementaryFunctions.power(sum, 1 / parameter)
        case .probit:
            return ElementaryFunctions.normalDistribution(sum)
        }
    }
}

extension GeneralRegression.CumulativeLink {
    /// The probability that belongs to a sum.
    func probability(_ sum: Double) -> Double {
        switch self {
        case .logit:
            return ElementaryFunctions.logistic(sum)
        case .probit:
            return ElementaryFunctions.normalDistribution(sum)
        case .cloglog:
            return -ElementaryFunctions.expm1(-ElementaryFunctions.exp(sum))
        case .loglog:
            return ElementaryFunctions.exp(-ElementaryFunctions.exp(-sum))
        case .cauchit:
            return 0.5 + ElementaryFunctions.atan(sum) / Double.pi
        }
    }
}

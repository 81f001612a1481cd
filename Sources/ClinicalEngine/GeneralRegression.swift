/// A general linear model (PMML 4.4, GeneralRegressionModel).
///
/// Each parameter stands for a product of predictors: numbers to a power, and ones and zeros for
/// categories (PPMatrix). Its coefficients stand in the ParamMatrix.
public struct GeneralRegression: Sendable, Equatable {
    /// What kind of model it is (`modelType`).
    public enum Kind: Sendable, Equatable {
        /// The sum itself (regression, generalLinear).
        case linear
        /// The exponential of the sum (logLinear).
        case logLinear
        /// One sum for each class but the reference (multinomialLogistic).
        case multinomialLogistic
        /// The probabilities up to each class (ordinalMultinomial).
        case ordinalMultinomial(CumulativeLink)
        /// The inverse of a link function of the sum (generalizedLinear).
        case generalizedLinear(LinkFunction)
        /// The hazard up to a time (CoxRegression).
        case coxRegression(CoxRegression)
    }

    /// What stands between the sums and the probabilities up to a class (`cumulativeLink`).
    public enum CumulativeLink: String, Sendable, CaseIterable {
        case logit
        case probit
        case cloglog
        case loglog
        case cauchit
    }

    /// What stands between the mean and the sum (`linkFunction`).
    public enum LinkFunction: Sendable, Equatable {
        case cloglog
        case identity
        case log
        case logc
        case logit
        case loglog
        case negbin(parameter: Double)
        case oddspower(parameter: Double)
        case power(parameter: Double)
        case probit
    }

    /// The baseline of a Cox regression (BaseCumHazardTables).
    public struct CoxRegression: Sendable, Equatable {
        /// One curve of cumulative hazard.
        public struct Baseline: Sendable, Equatable {
            /// The stratum it is for, when there are strata.
            public var stratum: Predicate.Operand?
            /// Beyond this time there is no prediction.
            public var maxTime: Double
            /// The times, rising.
            public var times: [Double]
            /// The cumulative hazard from each time on.
            public var hazards: [Double]

            /// Makes a curve.
            public init(
                stratum: Predicate.Operand?,
                maxTime: Double,
                times: [Double],
                hazards: [Double]
            ) {
                self.stratum = stratum
                self.maxTime = maxTime
                self.times = times
                self.hazards = hazards
            }
        }

        /// The field that holds the time.
        public var endTime: String
        /// The field that holds the stratum.
        public var stratum: String?
        /// The curves.
        public var baselines: [Baseline]

        /// Makes a baseline.
        public init(endTime: String, stratum: String?, baselines: [Baseline]) {
            self.endTime = endTime
            self.stratum = stratum
            self.baselines = baselines
        }
    }

    /// One factor of a parameter (PPCell).
    public enum Factor: Sendable, Equatable {
        /// The number of a field, to a power.
        case covariate(field: String, exponent: Double)
        /// One when the field has the value, else zero.
        case category(field: String, value: Predicate.Operand)
        /// The entry of a contrast matrix for the category of the field.
        case contrast(field: String, values: [Predicate.Operand], entries: [Double])
    }

    /// One parameter.
    public struct Parameter: Sendable, Equatable {
        /// Its name in the document.
        public var name: String
        /// What is multiplied; nothing for an intercept.
        public var factors: [Factor]
        /// Its value at the reference point of a Cox regression.
        public var referencePoint: Double

        /// Makes a parameter.
        public init(name: String, factors: [Factor], referencePoint: Double) {
            self.name = name
            self.factors = factors
            self.referencePoint = referencePoint
        }
    }

    /// One coefficient (PCell).
    public struct Coefficient: Sendable, Equatable {
        /// The position of the parameter.
        public var parameter: Int
        /// The class it is for; `nil` when it is for all.
        public var category: String?
        /// The coefficient.
        public var value: Double

        /// Makes a coefficient.
        public init(parameter: Int, category: String?, value: Double) {
            self.parameter = parameter
            self.category = category
            self.value = value
        }
    }

    /// A number that is given by a field or by the document.
    public enum Source: Sendable, Equatable {
        case field(String)
        case constant(Double)
    }

    /// What kind of model it is.
    public var kind: Kind
    /// The parameters.
    public var parameters: [Parameter]
    /// The coefficients.
    public var coefficients: [Coefficient]
    /// The class whose sum is zero; `nil` for a number.
    public var referenceCategory: String?
    /// What is added to each sum (`offsetVariable`, `offsetValue`).
    public var offset: Source?
    /// What the mean is multiplied with (`trialsVariable`, `trialsValue`).
    public var trials: Source?

    /// Makes a model.
    public init(
        kind: Kind,
        parameters: [Parameter],
        coefficients: [Coefficient],
        referenceCategory: String?,
        offset: Source?,
        trials: Source?
    ) {
        self.kind = kind
        self.parameters = parameters
        self.coefficients = coefficients
        self.referenceCategory = referenceCategory
        self.offset = offset
        self.trials = trials
    }
}

import ClinicalEngine

/// Reads what is particular to a general linear model (PMML 4.4, GeneralRegressionModel).
///
///     <GeneralRegressionModel functionName="regression" modelType="generalizedLinear"
///         linkFunction="log">
///       <ParameterList><Parameter name="p0"/><Parameter name="p1"/></ParameterList>
///       <CovariateList><Predictor name="age"/></CovariateList>
///       <PPMatrix><PPCell value="1" predictorName="age" parameterName="p1"/></PPMatrix>
///       <ParamMatrix>
///         <PCell parameterName="p0" beta="-1.2"/><PCell parameterName="p1" beta="0.04"/>
///       </ParamMatrix>
///     </GeneralRegressionModel>
struct GeneralRegressionReader {
    static let attributes = [
        "modelType", "targetVariableName", "targetReferenceCategory", "cumulativeLink",
        "linkFunction", "linkParameter", "trialsVariable", "trialsValue", "distribution",
        "distParameter", "offsetVariable", "offsetValue", "modelDF", "endTimeVariable",
        "startTimeVariable", "subjectIDVariable", "statusVariable", "baselineStrataVariable",
    ]
    static let parts = [
        "ParameterList", "FactorList", "CovariateList", "PPMatrix", "PCovMatrix", "ParamMatrix",
        "EventValues", "BaseCumHazardTables",
    ]

    private typealias Parameter = GeneralRegression.Parameter
    private typealias Factor = GeneralRegression.Factor

    /// A factor with the contrast matrix that goes with it, when there is one.
    private struct Predictor {
        let isCovariate: Bool
        var categories: [String] = []
        var matrix: [[Double]] = []
    }

    private let parts: ModelParts
    private var element: Element { parts.element }
    private let isClassification: Bool

    static func read(
        _ parts: ModelParts
    ) throws(PMMLError) -> GeneralRegression {
        let reader = GeneralRegressionReader(
            parts: parts,
            isClassification: try parts.element.required("functionName") == "classification"
        )
        return try reader.model()
    }

    private func model() throws(PMMLError) -> GeneralRegression {
        if let name = element["targetVariableName"], let target = parts.target?.name {
            guard name == target else {
                throw element.error(.invalid, attribute: "targetVariableName")
            }
        }
        let predictors = try predictors()
        var parameters = try parameters()
        try readMatrix(predictors, &parameters)
        let coefficients = try coefficients(parameters)
        return GeneralRegression(
            kind: try kind(),
            parameters: parameters,
            coefficients: coefficients,
            referenceCategory: isClassification ? try reference(coefficients) : nil,
            offset: try source(variable: "offsetVariable", value: "offsetValue"),
            trials: try source(variable: "trialsVariable", value: "trialsValue")
        )
    }

    private func source(
        variable: String,
        value: String
    ) throws(PMMLError) -> GeneralRegression.Source? {
        if element[variable] != nil {
            guard element[value] == nil else { throw element.error(.invalid, attribute: value) }
            return .field(try parts.field(variable, of: element))
        }
        return try element.number(value).map { .constant($0) }
    }

    // MARK: The kind of model

    private func kind() throws(PMMLError) -> GeneralRegression.Kind {
        let type = try element.required("modelType")
        let isNumber = !isClassification
        switch type {
        case "regression", "generalLinear":
            guard isNumber else { throw element.error(.invalid, attribute: "functionName") }
            return .linear
        case "logLinear":
            guard isNumber else { throw element.error(.invalid, attribute: "functionName") }
            return .logLinear
        case "multinomialLogistic":
            guard !isNumber else { throw element.error(.invalid, attribute: "functionName") }
            return .multinomialLogistic
        case "ordinalMultinomial":
            guard !isNumber else { throw element.error(.invalid, attribute: "functionName") }
            let link = try element.name(
                "cumulativeLink",
                as: GeneralRegression.CumulativeLink.self
            )
            return .ordinalMultinomial(link ?? .logit)
        case "generalizedLinear":
            return .generalizedLinear(try link())
        case "CoxRegression":
            guard isNumber else { throw element.error(.invalid, attribute: "functionName") }
            return .coxRegression(try cox())
        default:
            throw element.error(.unsupported, attribute: "modelType")
        }
    }

    private func link() throws(PMMLError) -> GeneralRegression.LinkFunction {
        switch try element.required("linkFunction") {
        case "cloglog": return .cloglog
        case "identity": return .identity
        case "log": return .log
        case "logc": return .logc
        case "logit": return .logit
        case "loglog": return .loglog
        case "negbin":
            guard let parameter = try element.number("distParameter"), parameter != 0 else {
                throw element.error(.invalid, attribute: "distParameter")
            }
            return .negbin(parameter: parameter)
        case "oddspower":
            return .oddspower(parameter: try linkParameter())
        case "power":
            return .power(parameter: try linkParameter())
        case "probit": return .probit
        default: throw element.error(.unsupported, attribute: "linkFunction")
        }
    }

    private func linkParameter() throws(PMMLError) -> Double {
        guard let parameter = try element.number("linkParameter") else {
            throw element.error(.invalid, attribute: "linkParameter")
        }
        return parameter
    }

    /// The class whose sum is zero: the stated one, else the one without a coefficient.
    private func reference(
        _ coefficients: [GeneralRegression.Coefficient]
    ) throws(PMMLError) -> String {
        let known = parts.target?.categories ?? []
        if let stated = element["targetReferenceCategory"] {
            guard known.isEmpty || known.contains(stated) else {
                throw element.error(.invalid, attribute: "targetReferenceCategory")
            }
            return stated
        }
        guard element["modelType"] != "ordinalMultinomial" else {
            guard let last = known.last else { throw element.error(.invalid, detail: "target") }
            return last
        }
        let without = known.filter { category in
            !coefficients.contains { $0.category == category }
        }
        if without.count == 1 { return without[0] }
        // Which of several classes without a coefficient is meant would be a guess.
        throw element.error(.invalid, attribute: "targetReferenceCategory")
    }

    // MARK: Predictors and parameters

    private func predictors() throws(PMMLError) -> [String: Predictor] {
        var predictors: [String: Predictor] = [:]
        for list in element.children
        where list.name == "FactorList" || list.name == "CovariateList" {
            try list.allow([])
            for child in list.children {
                guard child.name == "Predictor" else { throw child.error(.unsupported) }
                try child.allow(["name", "contrastMatrixType"])
                let name = try parts.field("name", of: child)
                let isCovariate = list.name == "CovariateList"
                var predictor = Predictor(isCovariate: isCovariate)
                try readContrast(child, &predictor)
                guard predictors.updateValue(predictor, forKey: name) == nil else {
                    throw child.error(.invalid, attribute: "name")
                }
            }
        }
        return predictors
    }

    /// The categories of a factor and its contrast matrix, a row for each of them.
    private func readContrast(
        _ element: Element,
        _ predictor: inout Predictor
    ) throws(PMMLError) {
        for child in element.children {
            guard !predictor.isCovariate else { throw child.error(.invalid) }
            switch child.name {
            case "Categories":
                try child.allow([])
                for category in child.children {
                    guard category.name == "Category" else { throw category.error(.unsupported) }
                    try category.allow(["value"])
                    predictor.categories.append(try category.required("value"))
                }
            case "Matrix":
                try child.allow(["kind", "nbRows", "nbCols"])
                guard child["kind"] ?? "any" == "any" else {
                    throw child.error(.unsupported, attribute: "kind")
                }
                for row in child.children {
                    guard row.name == "Array" else { throw row.error(.unsupported) }
                    var numbers: [Double] = []
                    for text in try FieldOperand.array(row) {
                        guard let number = Element.number(text) else { throw row.error(.invalid) }
                        numbers.append(number)
                    }
                    guard predictor.matrix.first.map({ $0.count == numbers.count }) ?? true else {
                        throw row.error(.invalid)
                    }
                    predictor.matrix.append(numbers)
                }
            default:
                throw child.error(.unsupported)
            }
        }
        guard predictor.matrix.isEmpty || predictor.matrix.count == predictor.categories.count
        else { throw element.error(.invalid, detail: "Categories") }
    }

    private func parameters() throws(PMMLError) -> [Parameter] {
        let list = try parts.part("ParameterList")
        try list.allow([])
        var parameters: [Parameter] = []
        for child in list.children {
            guard child.name == "Parameter" else { throw child.error(.unsupported) }
            try child.allow(["name", "label", "referencePoint"])
            let name = try child.required("name")
            guard !parameters.contains(where: { $0.name == name }) else {
                throw child.error(.invalid, attribute: "name")
            }
            let point = try child.number("referencePoint") ?? 0
            parameters.append(.init(name: name, factors: [], referencePoint: point))
        }
        guard !parameters.isEmpty else { throw list.error(.invalid) }
        return parameters
    }

    private func readMatrix(
        _ predictors: [String: Predictor],
        _ parameters: inout [Parameter]
    ) throws(PMMLError) {
        let matrix = try parts.part("PPMatrix")
        try matrix.allow([])
        for cell in matrix.children {
            guard cell.name == "PPCell" else { throw cell.error(.unsupported) }
            try cell.allow(["value", "predictorName", "parameterName", "targetCategory"])
            guard cell["targetCategory"] == nil else {
                throw cell.error(.unsupported, attribute: "targetCategory")
            }
            let name = try cell.required("parameterName")
            guard let position = parameters.firstIndex(where: { $0.name == name }) else {
                throw cell.error(.invalid, attribute: "parameterName")
            }
            let field = try cell.required("predictorName")
            guard let predictor = predictors[field] else {
                throw cell.error(.invalid, attribute: "predictorName")
            }
            parameters[position].factors.append(try factor(cell, field, predictor))
        }
    }

    private func factor(
        _ cell: Element,
        _ field: String,
        _ predictor: Predictor
    ) throws(PMMLError) -> Factor {
        let text = try cell.required("value")
        if predictor.isCovariate {
            guard let exponent = Element.number(text) else {
                throw cell.error(.invalid, attribute: "value")
            }
            return .covariate(field: field, exponent: exponent)
        }
        guard !predictor.matrix.isEmpty else {
            return .category(
                field: field,
                value: try parts.operand(text, field: field, cell, attribute: "value")
            )
        }
        // With a contrast matrix the cell names the category whose column it is.
        guard let column = predictor.categories.firstIndex(of: text),
            column < predictor.matrix[0].count
        else { throw cell.error(.invalid, attribute: "value") }
        var values: [Predicate.Operand] = []
        for category in predictor.categories {
            values.append(
                try parts.operand(category, field: field, cell, attribute: "predictorName")
            )
        }
        return .contrast(
            field: field,
            values: values,
            entries: predictor.matrix.map { $0[column] }
        )
    }

    private func coefficients(
        _ parameters: [Parameter]
    ) throws(PMMLError) -> [GeneralRegression.Coefficient] {
        let matrix = try parts.part("ParamMatrix")
        try matrix.allow([])
        var coefficients: [GeneralRegression.Coefficient] = []
        for cell in matrix.children {
            guard cell.name == "PCell" else { throw cell.error(.unsupported) }
            try cell.allow(["targetCategory", "parameterName", "beta", "df"])
            let name = try cell.required("parameterName")
            guard let position = parameters.firstIndex(where: { $0.name == name }) else {
                throw cell.error(.invalid, attribute: "parameterName")
            }
            guard let beta = try cell.number("beta") else {
                throw cell.error(.invalid, attribute: "beta")
            }
            // A number has no classes; some exporters write an empty one.
            let category = isClassification ? cell["targetCategory"] : nil
            if let category, let known = parts.target?.categories, !known.isEmpty {
                guard known.contains(category) else {
                    throw cell.error(.invalid, attribute: "targetCategory")
                }
            }
            let isTwice = coefficients.contains {
                $0.parameter == position && $0.category == category
            }
            guard !isTwice else { throw cell.error(.invalid) }
            coefficients.append(.init(parameter: position, category: category, value: beta))
        }
        guard !coefficients.isEmpty else { throw matrix.error(.invalid) }
        return coefficients
    }

    // MARK: Cox regression

    private func cox() throws(PMMLError) -> GeneralRegression.CoxRegression {
        let endTime = try parts.field("endTimeVariable", of: element)
        var stratum: String?
        if element["baselineStrataVariable"] != nil {
            stratum = try parts.field("baselineStrataVariable", of: element)
        }
        let tables = try parts.part("BaseCumHazardTables")
        try tables.allow(["maxTime"])
        var baselines: [GeneralRegression.CoxRegression.Baseline] = []
        if let stratum {
            for child in tables.children {
                guard child.name == "BaselineStratum" else { throw child.error(.unsupported) }
                try child.allow(["value", "label", "maxTime"])
                let text = try child.required("value")
                let value = try parts.operand(text, field: stratum, child, attribute: "value")
                baselines.append(try baseline(child, stratum: value))
            }
        } else {
            baselines.append(try baseline(tables, stratum: nil))
        }
        guard !baselines.isEmpty else { throw tables.error(.invalid) }
        return .init(endTime: endTime, stratum: stratum, baselines: baselines)
    }

    private func baseline(
        _ element: Element,
        stratum: Predicate.Operand?
    ) throws(PMMLError) -> GeneralRegression.CoxRegression.Baseline {
        guard let maxTime = try element.number("maxTime") else {
            throw element.error(.invalid, attribute: "maxTime")
        }
        var times: [Double] = []
        var hazards: [Double] = []
        for cell in element.children {
            guard cell.name == "BaselineCell" else { throw cell.error(.unsupported) }
            try cell.allow(["time", "cumHazard"])
            guard let time = try cell.number("time"), times.last.map({ $0 < time }) ?? true else {
                throw cell.error(.invalid, attribute: "time")
            }
            guard let hazard = try cell.number("cumHazard"), hazard >= 0 else {
                throw cell.error(.invalid, attribute: "cumHazard")
            }
            times.append(time)
            hazards.append(hazard)
        }
        guard !times.isEmpty else { throw element.error(.invalid) }
        return .init(stratum: stratum, maxTime: maxTime, times: times, hazards: hazards)
    }
}

import ClinicalEngine
import Foundation
import Support
import Testing

@testable import PMML

/// Six kinds of models: what their readers refuse, by element and line.
@Suite("Further models")
struct FurtherModelTests {
    private static func text(_ name: String) throws -> String {
        let file = Shared.checkout.appendingPathComponent("Tests/Cases/pmml/\(name).pmml")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// A part of a document, what stands for it, and the refusal.
    struct Change: Sendable, CustomTestStringConvertible {
        let document: String
        let old: String
        let new: String
        let code: PMMLError.Code
        let element: String

        var testDescription: String { "\(document): \(new.prefix(60))" }
    }

    private static func change(
        _ document: String,
        _ old: String,
        _ new: String,
        _ element: String,
        _ code: PMMLError.Code = .invalid
    ) -> Change {
        Change(document: document, old: old, new: new, code: code, element: element)
    }

    static let changes = [
        change(
            "gaussian-nb-three",
            "threshold=\"0.0\"",
            "threshold=\"2\"",
            "NaiveBayesModel@threshold"
        ),
        change("gaussian-nb-three", "variance=\"", "variance=\"-", "GaussianDistribution@variance"),
        change(
            "gaussian-nb-three",
            "TargetValueStat value=\"high\"",
            "TargetValueStat value=\"x\"",
            "TargetValueStat@value"
        ),
        change(
            "gaussian-nb-three",
            "BayesInput fieldName=\"age\"",
            "BayesInput fieldName=\"x\"",
            "BayesInput@fieldName"
        ),
        change(
            "gaussian-nb-three",
            "GaussianDistribution",
            "UniformDistribution",
            "UniformDistribution",
            .unsupported
        ),
        change(
            "gaussian-nb-three",
            "BayesOutput fieldName=\"outcome\"",
            "BayesOutput fieldName=\"age\"",
            "BayesOutput@fieldName"
        ),
        change(
            "categorical-nb-three",
            "PairCounts value=\"cardiology\"",
            "PairCounts value=\"x\"",
            "PairCounts@value"
        ),
        change("categorical-nb-three", "count=\"", "count=\"-", "TargetValueCount@count"),
        change(
            "knn-three",
            "numberOfNeighbors=\"5\"",
            "numberOfNeighbors=\"0\"",
            "NearestNeighborModel@numberOfNeighbors"
        ),
        change(
            "knn-three",
            "isTransformed=\"true\"",
            "isTransformed=\"false\"",
            "KNNInput@field",
            .unsupported
        ),
        change("knn-three", "<euclidean/>", "<gowers/>", "gowers", .unsupported),
        change("knn-three", "<data:y>high</data:y>", "<data:y>x</data:y>", "row"),
        change("knn-three", "<data:y>high</data:y>", "", "row"),
        change(
            "knn-three",
            "rank=\"5\"",
            "rank=\"6\"",
            "NearestNeighborModel LIMEN-ENGINE-012",
            .unsupported
        ),
        change(
            "svc-rbf-three",
            "<RadialBasisKernelType gamma=\"0.20000000000000007\"/>",
            "",
            "SupportVectorMachineModel kernel"
        ),
        change(
            "svc-rbf-three",
            "RadialBasisKernelType gamma=\"0.20000000000000007\"",
            "WaveletKernelType",
            "WaveletKernelType",
            .unsupported
        ),
        change("svc-rbf-three", "vectorId=\"2\"", "vectorId=\"x\"", "SupportVector@vectorId"),
        change(
            "svc-rbf-three",
            "alternateTargetCategory=\"high\"",
            "",
            "SupportVectorMachine@alternateTargetCategory"
        ),
        change(
            "svc-rbf-three",
            "SupportVectorMachine targetCategory=\"low\"",
            "SupportVectorMachine targetCategory=\"x\"",
            "SupportVectorMachine@targetCategory"
        ),
        change(
            "svc-rbf-three",
            "OneAgainstOne",
            "Tournament",
            "SupportVectorMachineModel@classificationMethod",
            .unsupported
        ),
        change(
            "svr-rbf",
            "</SupportVectorMachine>",
            "</SupportVectorMachine><SupportVectorMachine/>",
            "SupportVectorMachine"
        ),
        change(
            "mlp-two-tanh",
            "activationFunction=\"tanh\"",
            "activationFunction=\"swish\"",
            "NeuralNetwork@activationFunction",
            .unsupported
        ),
        change("mlp-two-tanh", "from=\"input/1\"", "from=\"2/1\"", "Con@from"),
        change(
            "mlp-two-tanh",
            "NeuralInput id=\"input/2\"",
            "NeuralInput id=\"input/1\"",
            "NeuralInput@id"
        ),
        change("mlp-two-tanh", "Neuron id=\"1/2\"", "Neuron id=\"1/1\"", "Neuron@id"),
        change("mlp-two-tanh", "weight=\"", "weight=\"x", "Con@weight"),
        change(
            "rule-set",
            "criterion=\"firstHit\"",
            "criterion=\"random\"",
            "RuleSelectionMethod@criterion",
            .unsupported
        ),
        change("rule-set", "defaultScore=\"stable\"", "defaultScore=\"x\"", "RuleSet@defaultScore"),
        change(
            "rule-set",
            "SimpleRule score=\"stable\"",
            "SimpleRule score=\"x\"",
            "SimpleRule@score"
        ),
        change(
            "rule-set",
            "SimpleRule score=\"stable\"",
            "SimpleRule hits=\"1\" score=\"stable\"",
            "SimpleRule@hits",
            .unsupported
        ),
        change(
            "rule-set",
            "field=\"age\" operator",
            "field=\"x\" operator",
            "SimplePredicate@field"
        ),
    ]

    @Test("are refused by element and line when a part is not as it should be", arguments: changes)
    func refusals(change: Change) throws {
        let text = try Self.text(change.document)
        let place = try #require(text.range(of: change.old), "the document has no \(change.old)")
        let changed = text.replacingCharacters(in: place, with: change.new)
        let error = #expect(throws: PMMLError.self) {
            try PMMLDocument.compile(Array(changed.utf8))
        }
        #expect(error?.element == change.element)
        #expect(error?.code == change.code)
        let line = try #require(error?.line)
        let lines = changed.split(separator: "\n", omittingEmptySubsequences: false)
        let name = change.element.prefix { $0.isLetter }
        // What shows only when the whole is compiled has the line of the part at fault.
        guard !change.element.contains(" LIMEN-ENGINE") else { return }
        #expect(lines[line - 1].contains("<" + name), "line \(line)")
    }

    private static func general(_ attributes: String, _ matrix: String) -> String {
        """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
          <Header/>
          <DataDictionary>
            <DataField name="age" optype="continuous" dataType="double"/>
            <DataField name="ward" optype="categorical" dataType="string">
              <Value value="icu"/><Value value="ward"/>
            </DataField>
            <DataField name="outcome" optype="categorical" dataType="string">
              <Value value="no"/><Value value="yes"/>
            </DataField>
          </DataDictionary>
          <GeneralRegressionModel functionName="classification" \(attributes)>
            <MiningSchema>
              <MiningField name="age"/><MiningField name="ward"/>
              <MiningField name="outcome" usageType="target"/>
            </MiningSchema>
            <ParameterList>
              <Parameter name="p0"/><Parameter name="p1"/><Parameter name="p2"/>
            </ParameterList>
            <FactorList><Predictor name="ward"/></FactorList>
            <CovariateList><Predictor name="age"/></CovariateList>
            <PPMatrix>
              <PPCell value="1" predictorName="age" parameterName="p1"/>
              <PPCell value="icu" predictorName="ward" parameterName="p2"/>
            </PPMatrix>
            <ParamMatrix>\(matrix)</ParamMatrix>
          </GeneralRegressionModel>
        </PMML>
        """
    }

    private static let cells = """
        <PCell targetCategory="yes" parameterName="p0" beta="-3"/>
        <PCell targetCategory="yes" parameterName="p1" beta="0.05"/>
        <PCell targetCategory="yes" parameterName="p2" beta="1"/>
        """

    @Test(
        "read a logistic model in both of its forms alike",
        arguments: [
            "modelType=\"multinomialLogistic\"",
            "modelType=\"multinomialLogistic\" targetReferenceCategory=\"no\"",
            "modelType=\"generalizedLinear\" linkFunction=\"logit\" distribution=\"binomial\"",
        ]
    )
    func logistic(attributes: String) throws {
        let text = Self.general(attributes, Self.cells)
        let model = try PMMLDocument.compile(Array(text.utf8))
        // -3 + 0.05 * 60 + 1 = 1.
        let evaluation = model.evaluate([.number(60), .category("icu")])
        #expect(evaluation.category == "yes")
        let yes = try #require(evaluation.probabilities.last?.value)
        #expect(abs(yes - 0.7310585786300049) < 1e-15)
        #expect(evaluation.contributions.map(\.name) == ["age", "ward"])
        let missing = model.evaluate([.missing, .category("icu")])
        #expect(missing.refusal == .init(code: .missingValue, field: "age"))
    }

    @Test(
        "refuse a general regression that is not implemented or not sound",
        arguments: [
            ("modelType=\"survival\"", cells, "GeneralRegressionModel@modelType"),
            (
                "modelType=\"generalizedLinear\" linkFunction=\"cube\"", cells,
                "GeneralRegressionModel@linkFunction"
            ),
            (
                "modelType=\"generalizedLinear\" linkFunction=\"negbin\"", cells,
                "GeneralRegressionModel@distParameter"
            ),
            ("modelType=\"multinomialLogistic\"", "", "ParamMatrix"),
            (
                "modelType=\"multinomialLogistic\"", "<PCell parameterName=\"p9\" beta=\"1\"/>",
                "PCell@parameterName"
            ),
            (
                "modelType=\"multinomialLogistic\"", "<PCell parameterName=\"p0\" beta=\"x\"/>",
                "PCell@beta"
            ),
            (
                "modelType=\"multinomialLogistic\"",
                "<PCell targetCategory=\"maybe\" parameterName=\"p0\" beta=\"1\"/>",
                "PCell@targetCategory"
            ),
            (
                "modelType=\"multinomialLogistic\" targetReferenceCategory=\"x\"", cells,
                "GeneralRegressionModel@targetReferenceCategory"
            ),
            ("modelType=\"CoxRegression\"", cells, "GeneralRegressionModel@functionName"),
        ]
    )
    func generalRefusals(attributes: String, matrix: String, element: String) {
        let text = Self.general(attributes, matrix)
        let error = #expect(throws: PMMLError.self) { try PMMLDocument.compile(Array(text.utf8)) }
        #expect(error?.element == element)
    }
}

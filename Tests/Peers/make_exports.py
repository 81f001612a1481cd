"""Exports scikit-learn pipelines as PMML, with rows and what scikit-learn says about them.

    make_exports.py FOLDER [NAME ...]

Writes NAME.pmml, NAME.inputs.csv and NAME.expected.csv for each pipeline, and exports.json, which
says how each was made or why the exporter refused it. All data are made by synthetic.py.
"""

import json
import pathlib
import re
import sys
import warnings

import numpy
import sklearn
import sklearn2pmml
from pandas import DataFrame
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    SGDClassifier,
)
from sklearn.cluster import KMeans
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn2pmml.pipeline import PMMLPipeline
from sklearn2pmml.ruleset import RuleSetClassifier

import peer
import synthetic
import tables
from synthetic import ARRIVALS, CATEGORICAL, GRADES, NUMERIC, WARDS

TRAINING_ROWS = 120
CHECKED_ROWS = 30


def columns(numeric, *others):
    """A transformer of the numeric columns, and of others by name."""
    parts = [("numeric", numeric, NUMERIC)]
    parts += [(names[0], transformer, names) for transformer, names in others]
    return ColumnTransformer(parts)


def scaled(*others):
    return columns(StandardScaler(), *others)


def one_hot():
    return OneHotEncoder(categories=[WARDS, ARRIVALS], sparse_output=False)


def ordinal():
    return OrdinalEncoder(categories=[GRADES])


def nearest(**options):
    return KNeighborsClassifier(n_neighbors=5, algorithm="brute", **options)


TWO, THREE, NUMBER, COUNT, NONE = "two", "three", "number", "count", "none"

# name -> (target, columns with blanks, exporter, function that makes the steps)
CASES = {
    "svc-rbf-three": (THREE, [], lambda: (scaled(), SVC(kernel="rbf", C=2.0))),
    "svc-linear-two": (TWO, [], lambda: (scaled(), SVC(kernel="linear"))),
    "svc-linear-three-categories": (
        THREE, [],
        lambda: (scaled((one_hot(), CATEGORICAL), (ordinal(), ["grade"])), SVC(kernel="linear")),
    ),
    "svc-poly-two": (TWO, [], lambda: (scaled(), SVC(kernel="poly", degree=3, coef0=1.0))),
    "svc-sigmoid-two": (TWO, [], lambda: (scaled(), SVC(kernel="sigmoid", gamma=0.1))),
    "nu-svc-two": (TWO, [], lambda: (scaled(), NuSVC(nu=0.3))),
    "linear-svc-three": (THREE, [], lambda: (scaled(), LinearSVC())),
    "svr-rbf": (NUMBER, [], lambda: (scaled(), SVR(kernel="rbf"))),
    "svr-poly": (NUMBER, [], lambda: (scaled(), SVR(kernel="poly", degree=2, coef0=0.5))),
    "gaussian-nb-three": (THREE, [], lambda: (columns("passthrough"), GaussianNB())),
    "gaussian-nb-scaled-two": (TWO, [], lambda: (scaled(), GaussianNB())),
    "bernoulli-nb-two": (TWO, [], lambda: (columns(Binarizer(threshold=60.0)), BernoulliNB())),
    "categorical-nb-three": (
        THREE, [],
        lambda: (
            ColumnTransformer([("codes", OrdinalEncoder(categories=[WARDS, ARRIVALS]), CATEGORICAL)]),
            CategoricalNB(),
        ),
    ),
    "knn-three": (THREE, [], lambda: (scaled(), nearest())),
    "knn-manhattan-two": (TWO, [], lambda: (scaled(), nearest(metric="manhattan"))),
    "knn-distance-weights-two": (TWO, [], lambda: (scaled(), nearest(weights="distance"))),
    "knn-regression": (NUMBER, [], lambda: (scaled(), KNeighborsRegressor(n_neighbors=4))),
    "knn-regression-minkowski": (
        NUMBER, [], lambda: (scaled(), KNeighborsRegressor(n_neighbors=3, p=3)),
    ),
    "mlp-two-tanh": (
        TWO, [],
        lambda: (scaled(), MLPClassifier(hidden_layer_sizes=(6, 4), activation="tanh", max_iter=300, random_state=1)),
    ),
    "mlp-three-relu": (
        THREE, [],
        lambda: (
            scaled((one_hot(), CATEGORICAL)),
            MLPClassifier(hidden_layer_sizes=(8,), activation="relu", max_iter=300, random_state=1),
        ),
    ),
    "mlp-regression-logistic": (
        NUMBER, [],
        lambda: (scaled(), MLPRegressor(hidden_layer_sizes=(5,), activation="logistic", max_iter=500, random_state=1)),
    ),
    "mlp-regression-identity": (
        NUMBER, [],
        lambda: (scaled(), MLPRegressor(hidden_layer_sizes=(3,), activation="identity", max_iter=500, random_state=1)),
    ),
    "gradient-boosting-three": (
        THREE, [],
        lambda: (
            columns("passthrough", (one_hot(), CATEGORICAL)),
            GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=1),
        ),
    ),
    "gradient-boosting-regression": (
        NUMBER, [],
        lambda: (columns("passthrough"), GradientBoostingRegressor(n_estimators=8, random_state=1)),
    ),
    "hist-gradient-boosting-two-missing": (
        TWO, NUMERIC,
        lambda: (
            columns("passthrough"),
            HistGradientBoostingClassifier(max_iter=8, max_depth=4, random_state=1),
        ),
    ),
    "hist-gradient-boosting-three": (
        THREE, [],
        lambda: (
            columns("passthrough", (ordinal(), ["grade"])),
            HistGradientBoostingClassifier(max_iter=6, max_depth=3, random_state=1),
        ),
    ),
    "hist-gradient-boosting-regression-missing": (
        NUMBER, NUMERIC,
        lambda: (columns("passthrough"), HistGradientBoostingRegressor(max_iter=8, random_state=1)),
    ),
    "linear-interactions": (
        NUMBER, [],
        lambda: (
            scaled(),
            PolynomialFeatures(degree=2, interaction_only=True, include_bias=False),
            LinearRegression(),
        ),
    ),
    "linear-polynomial": (
        NUMBER, [],
        lambda: (scaled(), PolynomialFeatures(degree=3), ElasticNet(alpha=0.01)),
    ),
    "logistic-one-hot": (
        TWO, [],
        lambda: (
            columns(RobustScaler(), (one_hot(), CATEGORICAL)),
            LogisticRegression(max_iter=500),
        ),
    ),
    "logistic-multinomial": (
        THREE, [],
        lambda: (
            columns(MinMaxScaler(), (one_hot(), CATEGORICAL), (ordinal(), ["grade"])),
            LogisticRegression(max_iter=500),
        ),
    ),
    "logistic-one-versus-rest": (
        THREE, [], lambda: (scaled(), OneVsRestClassifier(LogisticRegression())),
    ),
    "logistic-polynomial-two": (
        TWO, [],
        lambda: (scaled(), PolynomialFeatures(degree=2), LogisticRegression(max_iter=500)),
    ),
    "logistic-bins": (
        TWO, [],
        lambda: (
            columns(KBinsDiscretizer(n_bins=4, encode="onehot-dense", strategy="uniform")),
            LogisticRegression(max_iter=500),
        ),
    ),
    "linear-bins-ordinal": (
        NUMBER, [],
        lambda: (
            columns(
                KBinsDiscretizer(
                    n_bins=5, encode="ordinal", strategy="quantile",
                    quantile_method="averaged_inverted_cdf",
                )
            ),
            LinearRegression(),
        ),
    ),
    "imputer-indicator": (
        TWO, NUMERIC,
        lambda: (
            columns(make_pipeline(SimpleImputer(strategy="median", add_indicator=True))),
            LogisticRegression(max_iter=2000),
        ),
    ),
    "missing-indicator-union": (
        NUMBER, NUMERIC,
        lambda: (
            FeatureUnion([
                ("values", columns(make_pipeline(SimpleImputer(), MaxAbsScaler()))),
                ("missing", columns(MissingIndicator(features="all"))),
            ]),
            LinearRegression(),
        ),
    ),
    "imputer-constant-category": (
        TWO, ["lactate", "ward"],
        lambda: (
            ColumnTransformer([
                ("lactate", SimpleImputer(strategy="constant", fill_value=1.0), ["lactate"]),
                (
                    "ward",
                    make_pipeline(
                        SimpleImputer(strategy="most_frequent"),
                        OneHotEncoder(categories=[WARDS], sparse_output=False),
                    ),
                    ["ward"],
                ),
            ]),
            LogisticRegression(),
        ),
    ),
    "tree-ordinal": (
        THREE, [],
        lambda: (
            columns("passthrough", (OrdinalEncoder(categories=[WARDS]), ["ward"])),
            DecisionTreeClassifier(max_depth=5, random_state=1),
        ),
    ),
    "tree-missing": (
        TWO, NUMERIC,
        lambda: (columns("passthrough"), DecisionTreeClassifier(max_depth=5, random_state=1)),
    ),
    "tree-regression-missing": (
        NUMBER, NUMERIC,
        lambda: (columns("passthrough"), DecisionTreeRegressor(max_depth=4, random_state=1)),
    ),
    "forest-three": (
        THREE, [],
        lambda: (
            columns("passthrough", (one_hot(), CATEGORICAL)),
            RandomForestClassifier(n_estimators=7, max_depth=4, random_state=1),
        ),
    ),
    "extra-trees-regression": (
        NUMBER, [],
        lambda: (
            columns("passthrough"),
            ExtraTreesRegressor(n_estimators=6, max_depth=4, random_state=1),
        ),
    ),
    "ada-boost-two": (
        TWO, [],
        lambda: (
            columns("passthrough"),
            AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=5, random_state=1),
        ),
    ),
    "bagging-two": (
        TWO, [],
        lambda: (scaled(), BaggingClassifier(LogisticRegression(), n_estimators=4, random_state=1)),
    ),
    "voting-two": (
        TWO, [],
        lambda: (
            scaled(),
            VotingClassifier(
                [
                    ("logistic", LogisticRegression()),
                    ("tree", DecisionTreeClassifier(max_depth=3, random_state=1)),
                    ("bayes", GaussianNB()),
                ],
                voting="soft", weights=[2, 1, 1],
            ),
        ),
    ),
    "stacking-two": (
        TWO, [],
        lambda: (
            scaled(),
            StackingClassifier(
                [
                    ("logistic", LogisticRegression()),
                    ("tree", DecisionTreeClassifier(max_depth=3, random_state=1)),
                ],
                LogisticRegression(),
            ),
        ),
    ),
    "calibrated-two": (
        TWO, [],
        lambda: (scaled(), CalibratedClassifierCV(LinearSVC(random_state=1), ensemble=False)),
    ),
    "isolation-forest": (
        NONE, [],
        lambda: (columns("passthrough"), IsolationForest(n_estimators=8, random_state=1)),
    ),
    "discriminant-three": (THREE, [], lambda: (scaled(), LinearDiscriminantAnalysis())),
    "gradient-descent-log-two": (
        TWO, [], lambda: (scaled(), SGDClassifier(loss="log_loss", random_state=1)),
    ),
    "poisson": (COUNT, [], lambda: (scaled(), PoissonRegressor())),
    "gamma": (COUNT, [], lambda: (scaled(), GammaRegressor())),
    "k-means-scaled": (
        NONE, [], lambda: (scaled(), KMeans(n_clusters=4, n_init=3, random_state=1)),
    ),
    "rule-set": (
        TWO, [],
        lambda: (
            RuleSetClassifier(
                [
                    ("X['lactate'] > 2.5 and X['pulse'] > 80", "deteriorates"),
                    ("X['systolic'] < 100", "deteriorates"),
                    ("X['age'] < 60", "stable"),
                ],
                default_score="stable",
            ),
        ),
    ),
}

# Pipelines that nyoka exports too: another author's reading of PMML.
NYOKA = {
    "nyoka-logistic-three": (THREE, lambda: (StandardScaler(), LogisticRegression())),
    "nyoka-svc-three": (THREE, lambda: (StandardScaler(), SVC(kernel="rbf"))),
    "nyoka-svr": (NUMBER, lambda: (StandardScaler(), SVR(kernel="rbf"))),
    "nyoka-gaussian-nb": (THREE, lambda: (StandardScaler(), GaussianNB())),
    "nyoka-knn-three": (THREE, lambda: (StandardScaler(), KNeighborsClassifier(5))),
    "nyoka-knn-regression": (NUMBER, lambda: (StandardScaler(), KNeighborsRegressor(4))),
    "nyoka-mlp-three": (
        THREE, lambda: (StandardScaler(), MLPClassifier(hidden_layer_sizes=(5,), max_iter=300, random_state=1)),
    ),
    "nyoka-mlp-regression": (
        NUMBER, lambda: (StandardScaler(), MLPRegressor(hidden_layer_sizes=(5,), max_iter=300, random_state=1)),
    ),
    "nyoka-boosting-three": (
        THREE,
        lambda: (StandardScaler(), GradientBoostingClassifier(n_estimators=5, random_state=1)),
    ),
    "nyoka-tree-two": (TWO, lambda: (DecisionTreeClassifier(max_depth=4, random_state=1),)),
}


# Exports that do not say what the pipeline does: checked against the Java evaluator instead.
UNFAITHFUL = {
    "knn-three": "ties for the commonest class, as PMML says, not for the first",
    "logistic-bins": "edges of the bins moved by a small number",
    "missing-indicator-union": "one missing value replacement for both branches of the union",
    "stacking-two": "every part reads the single-precision numbers of the tree",
    "voting-two": "every part reads the single-precision numbers of the tree",
    "tree-missing": "nullPrediction where scikit-learn follows the child it learned",
    "tree-regression-missing": "nullPrediction where scikit-learn follows the child it learned",
    "nyoka-gaussian-nb": "a threshold of 0.001 that scikit-learn has not",
    "nyoka-logistic-three": "one sigmoid a class instead of softmax",
}


def target(kind, data):
    return {
        TWO: synthetic.two_classes,
        THREE: synthetic.three_classes,
        NUMBER: synthetic.risk,
        COUNT: lambda rows: synthetic.counts(rows) + 1.0,
        NONE: lambda rows: None,
    }[kind](data)


def probabilities(pipeline, checked):
    """The probabilities by class, where the pipeline has them."""
    try:
        values = pipeline.predict_proba(checked)
    except (AttributeError, NotImplementedError):
        return {}
    classes = pipeline.classes_ if hasattr(pipeline, "classes_") else pipeline[-1].classes_
    return {f"probability({name})": values[:, position] for position, name in enumerate(classes)}


def expected(pipeline, checked, name):
    last = pipeline.steps[-1][1]
    result = {name: (last if isinstance(last, RuleSetClassifier) else pipeline).predict(checked)}
    if isinstance(last, IsolationForest):
        return {"decisionFunction": pipeline.decision_function(checked)}
    if isinstance(last, KMeans):
        return {"cluster": result[name]}
    result.update(probabilities(pipeline, checked))
    return result


def text(value):
    """A number with all its digits, or a label; nothing for a blank."""
    if isinstance(value, (float, numpy.floating)):
        return "" if numpy.isnan(value) else repr(float(value))
    return "" if value is None else str(value)


def write_csv(path, table):
    """RFC 4180; no value here needs quoting."""
    lines = [",".join(table)]
    for row in zip(*table.values()):
        lines.append(",".join(text(value) for value in row))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode())


def export(name, folder, kind, blanks, steps, exporter):
    data = synthetic.rows(TRAINING_ROWS)
    training = synthetic.with_missing(data, blanks) if blanks else data
    checked = synthetic.rows(CHECKED_ROWS, seed=synthetic.SEED + 10)
    if "bins" in name:
        # The exported bins end at the training data, where scikit-learn goes on.
        for column in NUMERIC:
            checked[column] = checked[column].clip(data[column].min(), data[column].max())
    if blanks:
        checked = synthetic.with_missing(checked, blanks, share=0.25, seed=synthetic.SEED + 11)
    label = target(kind, data)
    if label is not None:
        label = label.rename("outcome") if hasattr(label, "rename") else label
    path = folder / f"{name}.pmml"
    if exporter == "nyoka":
        import nyoka
        from sklearn.pipeline import Pipeline

        training, checked = training[NUMERIC], checked[NUMERIC]
        pipeline = Pipeline([(f"step{n}", step) for n, step in enumerate(steps)])
        pipeline.fit(training, label)
        nyoka.skl_to_pmml(pipeline, NUMERIC, "outcome", str(path))
        made_with = f"nyoka {nyoka.__version__}"
    else:
        pipeline = PMMLPipeline([(f"step{n}", step) for n, step in enumerate(steps)])
        pipeline.target_fields = None
        if name == "rule-set":
            training, checked = training[NUMERIC], checked[NUMERIC]
        pipeline.fit(training, label)
        if label is not None and not hasattr(label, "name"):
            pipeline.target_fields = numpy.asarray(["outcome"])
        sklearn2pmml.sklearn2pmml(pipeline, str(path), with_repr=False)
        made_with = f"sklearn2pmml {sklearn2pmml.__version__}"
    document = re.sub(r"\s*<Timestamp>.*?</Timestamp>", "", path.read_text())
    path.write_text(document)
    write_csv(folder / f"{name}.inputs.csv", {key: checked[key].tolist() for key in checked})
    result = expected(pipeline, checked, "outcome")
    if 'feature="probability"' not in document:
        result = {key: cells for key, cells in result.items() if "probability" not in key}
    source = "scikit-learn"
    if name in UNFAITHFUL:
        source = f"jpmml-evaluator: the export has {UNFAITHFUL[name]}"
        answers = peer.results(path, tables.read(folder / f"{name}.inputs.csv"))
        keys = [key for key in result if any(key in answer for answer in answers)]
        result = {key: [answer.get(key) for answer in answers] for key in keys}
    write_csv(folder / f"{name}.expected.csv", result)
    return {"exported": True, "with": made_with, "expected": source,
            "scikit-learn": sklearn.__version__}


def main():
    warnings.simplefilter("ignore")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asked = sys.argv[2:]
    report_path = folder / "exports.json"
    report = json.loads(report_path.read_text()) if report_path.exists() else {}
    jobs = [(name, *case, "sklearn2pmml") for name, case in CASES.items()]
    jobs += [(name, kind, [], make, "nyoka") for name, (kind, make) in NYOKA.items()]
    for name, kind, blanks, make, exporter in jobs:
        if asked and name not in asked:
            continue
        try:
            report[name] = export(name, folder, kind, blanks, make(), exporter)
        except Exception as error:
            for path in folder.glob(f"{name}.*"):
                path.unlink()
            reason = str(error).strip().splitlines()
            report[name] = {"exported": False, "with": exporter,
                            "reason": f"{type(error).__name__}: {reason[-1] if reason else ''}"[:300]}
        print(("exported  " if report[name]["exported"] else "refused   ") + name,
              report[name].get("reason", ""), flush=True)
    report_path.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

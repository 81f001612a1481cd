"""Keeps some exports as cases of our own, so that a checkout without the peers tests them too.

    keep_cases.py FOLDER CASES

They are our own data: pipelines fitted to the synthetic rows of synthetic.py.
"""

import json
import pathlib
import shutil
import sys

KEPT = [
    "ada-boost-two", "calibrated-two", "categorical-nb-three", "discriminant-three",
    "gaussian-nb-three", "gradient-boosting-regression", "gradient-descent-log-two",
    "hist-gradient-boosting-two-missing", "imputer-constant-category", "imputer-indicator",
    "knn-distance-weights-two", "knn-regression-minkowski", "knn-three", "linear-bins-ordinal",
    "linear-interactions", "linear-svc-three", "logistic-bins", "logistic-multinomial",
    "logistic-one-hot", "logistic-one-versus-rest", "missing-indicator-union",
    "mlp-regression-logistic", "mlp-three-relu", "mlp-two-tanh", "nu-svc-two", "poisson",
    "rule-set", "stacking-two", "svc-linear-three-categories", "svc-poly-two", "svc-rbf-three",
    "svc-sigmoid-two", "svr-rbf", "tree-missing", "tree-ordinal", "voting-two",
]


def main():
    source, cases = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    cases.mkdir(parents=True, exist_ok=True)
    report = json.loads((source / "exports.json").read_text())
    for name in KEPT:
        for ending in ("pmml", "inputs.csv", "expected.csv"):
            shutil.copy(source / f"{name}.{ending}", cases / f"{name}.{ending}")
    kept = {name: report[name] for name in KEPT}
    (cases / "exports.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

"""Synthetic rows for the exports: invented numbers with a fixed seed, no person stands behind them."""

import numpy
from pandas import DataFrame

SEED = 20261121
NUMERIC = ["age", "pulse", "systolic", "lactate", "temperature"]
CATEGORICAL = ["ward", "arrival"]
WARDS = ["cardiology", "medicine", "respiratory", "surgery"]
ARRIVALS = ["ambulance", "transfer", "walk-in"]
GRADES = ["none", "mild", "moderate", "severe"]


def rows(count, seed=SEED):
    """Rows of inputs, with numbers to one decimal as a chart has them."""
    random = numpy.random.default_rng(seed)
    age = random.integers(18, 95, count).astype(float)
    pulse = numpy.round(random.normal(85, 18, count))
    systolic = numpy.round(random.normal(125, 20, count))
    lactate = numpy.round(random.gamma(3.0, 0.6, count), 1)
    temperature = numpy.round(random.normal(37.0, 0.7, count), 1)
    return DataFrame(
        {
            "age": age,
            "pulse": pulse,
            "systolic": systolic,
            "lactate": lactate,
            "temperature": temperature,
            "ward": random.choice(WARDS, count),
            "arrival": random.choice(ARRIVALS, count),
            "grade": random.choice(GRADES, count),
        }
    )


def risk(data, seed=SEED + 1):
    """A number that depends on the inputs, with noise."""
    random = numpy.random.default_rng(seed)
    value = (
        0.03 * (data["age"] - 60)
        + 0.04 * (data["pulse"] - 85)
        - 0.03 * (data["systolic"] - 125)
        + 0.9 * (data["lactate"] - 1.8)
        + 0.5 * (data["temperature"] - 37)
        + data["ward"].map({"cardiology": 0.3, "medicine": 0.0, "respiratory": 0.6, "surgery": -0.4})
        + data["grade"].map({"none": -0.6, "mild": 0.0, "moderate": 0.5, "severe": 1.2})
    )
    return value + random.normal(0, 0.5, len(data))


def two_classes(data):
    """The label of a model with two classes."""
    return (risk(data) > 0.4).map({True: "deteriorates", False: "stable"})


def three_classes(data):
    """The label of a model with three classes."""
    value = risk(data)
    return value.map(lambda number: "low" if number < -0.6 else "medium" if number < 1.0 else "high")


def counts(data):
    """A number of events, for models of counts."""
    random = numpy.random.default_rng(SEED + 2)
    return random.poisson(numpy.exp(0.3 * risk(data))).astype(float)


def with_missing(data, columns, share=0.15, seed=SEED + 3):
    """The same rows with some cells of some columns blanked."""
    random = numpy.random.default_rng(seed)
    data = data.copy()
    for column in columns:
        data.loc[random.random(len(data)) < share, column] = None
    return data

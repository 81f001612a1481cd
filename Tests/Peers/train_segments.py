"""Makes Profiles/segments/model.pmml: a demonstration, trained on rows that it invents.

    python train_segments.py REPOSITORY

The rows come from five made-up kinds of adult with a fixed seed; no patient is behind any of them.
StandardScaler and KMeans of scikit-learn give the centres; the document is written here, since no
exporter writes the names, the limits and the percentiles of the distances. Beside it the script
writes Tests/Cases/segments/expected.csv: rows with cluster, distances, margin and percentile as
numpy computes them from the pipeline, for the tests of the engine.
"""
import csv
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 20261121
FIELDS = [  # name, UCUM unit, lowest and highest that the document accepts, decimals
    ("age", "a", 18, 130, 0),
    ("systolic", "mm[Hg]", 40, 350, 0),
    ("diastolic", "mm[Hg]", 20, 250, 0),
    ("bodyMassIndex", "kg/m2", 8, 120, 1),
]
# The kinds: share, then mean and spread of each field.
KINDS = [
    (0.28, (31, 9), (116, 11), (74, 8), (24.0, 3.6)),
    (0.20, (50, 12), (152, 13), (95, 9), (28.0, 4.2)),
    (0.20, (44, 12), (126, 11), (80, 8), (37.0, 4.4)),
    (0.15, (73, 8), (154, 13), (76, 9), (27.0, 4.0)),
    (0.17, (75, 9), (113, 12), (75, 9), (26.5, 4.2)),
]
# The names and descriptions, in the order of the kinds. They are about the made-up data.
TEXTS = [
    ("Younger, lower pressure",
     "Demonstration: the youngest part of the made-up data, with low blood pressure and BMI.",
     "Jünger, niedriger Blutdruck",
     "Vorführmodell: der jüngste Teil der erfundenen Daten, mit niedrigem Blutdruck und BMI."),
    ("Middle-aged, raised pressure",
     "Demonstration: middle age with raised systolic and diastolic pressure.",
     "Mittleres Alter, erhöhter Blutdruck",
     "Vorführmodell: mittleres Alter mit erhöhtem systolischem und diastolischem Blutdruck."),
    ("High body mass index",
     "Demonstration: young and middle age with a high body mass index.",
     "Hoher Body-Mass-Index",
     "Vorführmodell: junges und mittleres Alter mit hohem Body-Mass-Index."),
    ("Older, raised systolic pressure",
     "Demonstration: older age with raised systolic pressure beside a normal diastolic one.",
     "Älter, erhöhter systolischer Blutdruck",
     "Vorführmodell: höheres Alter mit erhöhtem systolischem bei normalem diastolischem Blutdruck."),
    ("Older, lower pressure",
     "Demonstration: older age with a low systolic pressure.",
     "Älter, niedriger Blutdruck",
     "Vorführmodell: höheres Alter mit niedrigem systolischem Blutdruck."),
]
MARGIN_MIN = 0.1
ATYPICALITY_MAX = 99


def made_up(count, generator):
    """Rows of the kinds, with the kind of each."""
    kinds = generator.choice(len(KINDS), size=count, p=[kind[0] for kind in KINDS])
    rows = numpy.empty((count, len(FIELDS)))
    for position, (_, _, low, high, digits) in enumerate(FIELDS):
        means = numpy.array([kind[position + 1][0] for kind in KINDS])[kinds]
        spreads = numpy.array([kind[position + 1][1] for kind in KINDS])[kinds]
        values = numpy.clip(generator.normal(means, spreads), low, high)
        rows[:, position] = numpy.round(values, digits)
    return rows, kinds


def document(scaler, centers, sizes, percentiles, texts, verification):
    """The PMML document as text."""
    lines = ["""<?xml version="1.0" encoding="UTF-8"?>
<!--
  A demonstration model, trained on made-up data: no patient is behind it, and it is not for care.
  Written by Tests/Peers/train_segments.py; see README.md beside this file.
-->
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
  <Header
      description="Patient segments: demonstration model, trained on made-up data"
      modelVersion="1.0.0"
      copyright="Made by this project from made-up data; free of rights of others."/>"""]
    add = lines.append
    add(f'  <DataDictionary numberOfFields="{len(FIELDS)}">')
    for name, unit, low, high, _ in FIELDS:
        add(f'    <DataField name="{name}" optype="continuous" dataType="double">')
        add(f'      <Extension name="unit" value="{unit}"/>')
        add(f'      <Interval closure="closedClosed" leftMargin="{low}" rightMargin="{high}"/>')
        add("    </DataField>")
    add("  </DataDictionary>")
    add('  <ClusteringModel modelName="segments" functionName="clustering"')
    add(f'      modelClass="centerBased" numberOfClusters="{len(centers)}">')
    add(f'    <Extension extender="Limen" name="marginMin" value="{MARGIN_MIN}"/>')
    add(f'    <Extension extender="Limen" name="atypicalityMax" value="{ATYPICALITY_MAX}"/>')
    add("    <MiningSchema>")
    for name, *_ in FIELDS:
        add(f'      <MiningField name="{name}" invalidValueTreatment="returnInvalid"/>')
    add("    </MiningSchema>")
    add("    <Output>")
    add('      <OutputField name="segment" optype="categorical" dataType="string"'
        ' feature="predictedValue"/>')
    for number in range(len(centers)):
        add(f'      <OutputField name="affinity{number + 1}" optype="continuous"'
            f' dataType="double" feature="affinity" value="{number + 1}"/>')
    add("    </Output>")
    add("    <LocalTransformations>")
    for position, (name, *_) in enumerate(FIELDS):
        add(f'      <DerivedField name="scaled.{name}" optype="continuous" dataType="double">')
        add('        <Apply function="/">')
        add('          <Apply function="-">')
        add(f'            <FieldRef field="{name}"/>')
        add(f'            <Constant dataType="double">{float(scaler.mean_[position])!r}</Constant>')
        add("          </Apply>")
        add(f'          <Constant dataType="double">{float(scaler.scale_[position])!r}</Constant>')
        add("        </Apply>")
        add("      </DerivedField>")
    add("    </LocalTransformations>")
    add('    <ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure>')
    for name, *_ in FIELDS:
        add(f'    <ClusteringField field="scaled.{name}" compareFunction="absDiff"/>')
    for number, center in enumerate(centers):
        name, description, german, german_description = texts[number]
        add(f'    <Cluster id="{number + 1}" name={quoteattr(name)}'
            f' size="{sizes[number]}">')
        for key, value in (("description.en", description), ("name.de", german),
                           ("description.de", german_description)):
            add(f'      <Extension extender="Limen" name="{key}"')
            add(f"          value={quoteattr(value)}/>")
        add('      <Extension extender="Limen" name="distancePercentiles">')
        add('        <Array n="101" type="real">')
        for start in range(0, 101, 5):
            add("          " + " ".join(repr(float(v)) for v in percentiles[number][start:start + 5]))
        add("        </Array>")
        add("      </Extension>")
        add(f'      <Array n="{len(center)}" type="real">')
        for value in center:
            add(f"        {float(value)!r}")
        add("      </Array>")
        add("    </Cluster>")
    add(f'    <ModelVerification recordCount="{len(verification)}"'
        f' fieldCount="{len(FIELDS) + 2}">')
    add("      <VerificationFields>")
    for name, *_ in FIELDS:
        add(f'        <VerificationField field="{name}" column="{name}"/>')
    add('        <VerificationField field="segment" column="segment"/>')
    add('        <VerificationField field="affinity1" column="affinity1" precision="1e-12"/>')
    add("      </VerificationFields>")
    add("      <InlineTable>")
    for row, cluster, affinity in verification:
        cells = "".join(f"<{f[0]}>{value:g}</{f[0]}>" for f, value in zip(FIELDS, row))
        add(f"        <row>{cells}")
        add(f"          <segment>{cluster + 1}</segment><affinity1>{affinity!r}</affinity1></row>")
    add("      </InlineTable>")
    add("    </ModelVerification>")
    add("  </ClusteringModel>")
    add("</PMML>")
    return "\n".join(lines) + "\n"


def main(home):
    generator = numpy.random.default_rng(SEED)
    rows, kinds = made_up(4000, generator)
    pipeline = make_pipeline(
        StandardScaler(), KMeans(len(KINDS), n_init=20, random_state=SEED, tol=0, max_iter=1000))
    labels = pipeline.fit_predict(rows)
    scaler, clusters = pipeline[0], pipeline[1]

    # The order of the clusters is that of the kinds they hold most of.
    order = [int(numpy.bincount(labels[kinds == kind]).argmax()) for kind in range(len(KINDS))]
    assert sorted(order) == list(range(len(KINDS))), "a kind has no cluster of its own"
    centers = clusters.cluster_centers_[order]

    def distances(values):
        scaled = (values - scaler.mean_) / scaler.scale_
        return numpy.sqrt(((scaled[:, None, :] - centers[None]) ** 2).sum(axis=2))

    trained = distances(rows)
    own = trained.argmin(axis=1)
    percentiles = [
        numpy.percentile(trained[own == number, number], numpy.arange(101))
        for number in range(len(centers))
    ]
    assert all((numpy.diff(values) > 0).all() for values in percentiles)
    sizes = [int((own == number).sum()) for number in range(len(centers))]

    # Made for the tests: common rows, rows halfway between two centres, and rows far from all.
    common, _ = made_up(120, generator)
    between = []
    for first in range(len(centers)):
        for second in range(first):
            for share in (0.42, 0.46, 0.5, 0.54, 0.58):
                center = centers[first] * share + centers[second] * (1 - share)
                between.append(center * scaler.scale_ + scaler.mean_)
    far = [
        (100, 90, 40, 14), (20, 220, 60, 50), (18, 40, 20, 8), (130, 350, 250, 120),
        (30, 118, 118, 24), (95, 120, 70, 48), (33, 117, 74, 33.9),
    ]
    made = numpy.vstack([common, numpy.round(numpy.array(between), 2), numpy.array(far, float)])
    near = distances(made)
    folder = home / "Tests/Cases/segments"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "expected.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f[0] for f in FIELDS] + ["cluster"]
                        + [f"distance{n + 1}" for n in range(len(centers))]
                        + ["margin", "atypicality", "isUncertain"])
        for row, values in zip(made, near):
            cluster = int(values.argmin())
            first, second = numpy.sort(values)[:2]
            margin = float(1 - first / second)
            atypicality = float(
                numpy.interp(values[cluster], percentiles[cluster], numpy.arange(101)))
            uncertain = margin < MARGIN_MIN or atypicality > ATYPICALITY_MAX
            writer.writerow([f"{value:g}" for value in row] + [cluster + 1]
                            + [repr(float(value)) for value in values]
                            + [repr(margin), repr(atypicality), str(bool(uncertain)).lower()])
    verification = [
        (row, int(values.argmin()), float(values[0] ** 2))
        for row, values in zip(made[:12], near[:12])
    ]
    text = document(scaler, centers, sizes, percentiles, TEXTS, verification)
    (home / "Profiles/segments/model.pmml").write_text(text)
    agreement = float((own == kinds).mean())
    print(f"{len(rows)} made-up rows, {len(centers)} clusters, {agreement:.1%} in that of their kind")
    print("members:", sizes)
    for center in centers:
        print([round(float(v), 1) for v in center * scaler.scale_ + scaler.mean_])


main(Path(sys.argv[1]))

#!/usr/bin/env python3
"""The provenance of interactions.json: how its first version was made.

    generate.py DDI_PAIRS.csv DDI_INGREDIENTS.csv > interactions.json

The two tables hold the class pairs of Phansalkar 2012 and the codes of their members. The document
is maintained by hand from then on: running this again would undo a revision. A test holds the
expanded document against the table of pairs.
"""
import collections
import csv
import json
import sys

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"

# Misspelt in the table; ATC from public ATC listings.
SPELLING = {"moclobamide": "moclobemide", "st. john's wort extract": "St John's wort"}
MORE_ATC = {"moclobemide": ["N06AG02"]}
# Marked as recalled in the table and confirmed in no public list: no code is better than a guess.
UNCONFIRMED_RXCUI = {"amphetamine", "amprenavir", "aprepitant"}
# In no class: named so that a card can say that the table knows nothing about them.
OUTSIDE = [
    ("warfarin", "11289", ["B01AA03"]),
    ("acetylsalicylic acid", "1191", ["B01AC06", "N02BA01"]),
    ("celecoxib", "140587", ["M01AH01"]),
    ("diclofenac", "3355", ["M01AB05"]),
    ("flurbiprofen", "4502", ["M01AE09"]),
    ("ibuprofen", "5640", ["M01AE01"]),
    ("naproxen", "7258", ["M01AE02"]),
    ("pravastatin", "42463", ["C10AA03"]),
    ("rosuvastatin", "301542", ["C10AA07"]),
]
# Class ids: the same class name holds other members in other rows.
CLASS_ID = {
    ("11", "strong CYP3A4 inhibitors"): "cyp3a4-inhibitors-irinotecan",
    ("25", "CYP3A4 inhibitors"): "cyp3a4-inhibitors-statins",
    ("27", "CYP3A4 inhibitors"): "cyp3a4-inhibitors-ergots",
    ("22", "CYP1A2 inhibitors"): "cyp1a2-inhibitors-ramelteon",
    ("28", "CYP1A2 inhibitors"): "cyp1a2-inhibitors-tizanidine",
    ("31", "MAO inhibitors"): "mao-inhibitors-triptans",
}
# Consequence, mechanism and advice are in our own words; a pharmacist signs them.
RULES = {
    "3": ("Hypertensive crisis.", "Release of noradrenaline that the inhibited monoamine oxidase does not break down.",
          "Do not give together, nor within 14 days after a monoamine oxidase inhibitor."),
    "4": ("Loss of antiviral effect and resistance.", "Atazanavir dissolves poorly when the stomach is less acid.",
          "Do not give together; ask for another way to reduce acid or another antiretroviral."),
    "6": ("Bone marrow suppression.", "Xanthine oxidase is inhibited, and the thiopurine is not broken down.",
          "Do not give together."),
    "8": ("Serotonin syndrome.", "Serotonin reuptake and its breakdown are inhibited at once.",
          "Do not give together; keep the washout that the labels state (five weeks after fluoxetine)."),
    "11": ("Severe diarrhoea and neutropenia.", "CYP3A4 is inhibited, and more active metabolite SN-38 is formed.",
           "Do not give together; stop the inhibitor at least one week before irinotecan."),
    "16": ("Serotonin syndrome or respiratory depression.", "Serotonergic opioid while its breakdown of serotonin is inhibited.",
           "Do not give together, nor within 14 days after a monoamine oxidase inhibitor; choose another opioid."),
    "20": ("Serotonin syndrome, hyperthermia, seizures.", "Reuptake of monoamines and their breakdown are inhibited at once.",
           "Do not give together, nor within 14 days after a monoamine oxidase inhibitor."),
    "21": ("Torsade de pointes.", "Additive prolongation of the QT interval.",
           "Avoid; if there is no other way, check potassium, magnesium and the ECG."),
    "22": ("Strong and long sedation.", "CYP1A2 is inhibited, and the exposure to ramelteon rises many times.",
           "Do not give together; choose another hypnotic."),
    "23": ("Loss of antiviral effect and resistance.", "CYP3A4 is induced, and the protease inhibitor is broken down faster.",
           "Do not give together; ask an HIV specialist."),
    "25": ("Myopathy and rhabdomyolysis.", "CYP3A4 is inhibited, and the exposure to the statin rises.",
           "Do not give together; suspend the statin, or choose one that CYP3A4 does not break down."),
    "27": ("Ergotism: ischaemia of limbs, heart or brain.", "CYP3A4 is inhibited, and the exposure to the ergot alkaloid rises.",
           "Do not give together."),
    "28": ("Severe hypotension and sedation.", "CYP1A2 is inhibited, and the exposure to tizanidine rises.",
           "Do not give together; choose another muscle relaxant."),
    "30": ("Hypertensive crisis.", "Both inhibit monoamine oxidase.",
           "Do not give together; keep the washout that the labels state."),
    "31": ("Vasoconstriction and serotonin syndrome.", "Monoamine oxidase A is inhibited, and the triptan is not broken down.",
           "Do not give together; choose a triptan that is not broken down by monoamine oxidase."),
}
ALTERNATIVES = {"25": [("hmg-coa-reductase-inhibitors", "pravastatin"),
                       ("hmg-coa-reductase-inhibitors", "rosuvastatin")]}


def slug(text):
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return "-".join(words)


def class_id(row, name):
    return CLASS_ID.get((row, name)) or slug(name)


def main(pairs_file, ingredients_file):
    ingredients = []
    for row in csv.DictReader(open(ingredients_file)):
        name = SPELLING.get(row["ingredient"], row["ingredient"])
        codes = []
        if row["rxcui_in"] and name not in UNCONFIRMED_RXCUI:
            codes.append(RXNORM + "|" + row["rxcui_in"])
        atc = sorted(set(row["atc_level5"].split())) + MORE_ATC.get(name, [])
        codes += [ATC + "|" + code for code in atc]
        ingredients.append({"name": name, "codes": codes})
    for name, rxcui, atc in OUTSIDE:
        codes = [RXNORM + "|" + rxcui] + [ATC + "|" + code for code in atc]
        ingredients.append({"name": name, "codes": codes})
    classes = collections.OrderedDict()
    rules = collections.OrderedDict()
    for row in csv.DictReader(open(pairs_file)):
        number = row["onc_row"]
        sides = []
        for side in ("object", "precipitant"):
            name = row[side + "_class"]
            key = class_id(number, name)
            one = classes.setdefault(key, {"id": key, "name": name, "members": []})
            member = row[side + "_ingredient"]
            member = SPELLING.get(member, member)
            if member and member not in one["members"]:
                one["members"].append(member)
            sides.append(key)
        rules[number] = sides
    for one in classes.values():
        if not one["members"]:
            one["note"] = "Empty as shipped: the site loads its members, since the lists of them are licensed."
    document = {
        "format": "limen-interactions/1",
        "url": "https://limen.example/interactions/onc-high-priority",
        "version": "1.0.0",
        "status": "draft",
        "title": "ONC high-priority drug interactions",
        "source": "Phansalkar S, Desai AA, Bell D, et al. High-priority drug-drug interactions for use in electronic health records. J Am Med Inform Assoc 2012;19(5):735-43. PMC3422823. Members as revised by Hines and Malone. Knowledge of 2012, to be signed by a pharmacist.",
        "sourceURL": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3422823/",
        "systemAliases": {
            "urn:oid:2.16.840.1.113883.6.88": RXNORM,
            "urn:oid:2.16.840.1.113883.6.73": ATC,
        },
        "ingredients": ingredients,
        "classes": list(classes.values()),
        "pairs": [],
    }
    for number, (a, b) in rules.items():
        consequence, mechanism, advice = RULES[number]
        rule = {
            "id": "onc-" + number, "a": a, "b": b, "severity": "contraindicated",
            "consequence": consequence, "mechanism": mechanism, "advice": advice,
            "evidence": "Phansalkar 2012, high-priority list, row " + number,
            "seriousness": "life-threatening or loss of an essential effect",
            "frequency": "not stated by the source",
        }
        if number in ALTERNATIVES:
            rule["alternatives"] = [{"insteadOf": c, "ingredient": i} for c, i in ALTERNATIVES[number]]
        document["pairs"].append(rule)
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])

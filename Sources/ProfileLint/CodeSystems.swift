/// The code systems of FHIR data and how people get their names wrong.
enum CodeSystems {
    static let loinc = "http://loinc.org"
    static let snomed = "http://snomed.info/sct"

    /// The names under which FHIR knows them (FHIR R4, section 4.3.0, code systems).
    private static let known = [
        loinc, snomed, "http://unitsofmeasure.org",
        "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc",
        "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-9-cm", "http://hl7.org/fhir/sid/cvx",
        "http://hl7.org/fhir/sid/ndc", "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
        "http://fhir.de/CodeSystem/bfarm/ops", "http://fhir.de/CodeSystem/bfarm/atc",
        "http://www.ama-assn.org/go/cpt", "http://dicom.nema.org/resources/ontology/DCM",
        "urn:iso:std:iso:11073:10101", "urn:iso:std:iso:3166",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "http://terminology.hl7.org/CodeSystem/observation-category",
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://terminology.hl7.org/CodeSystem/v2-0203",
        "http://terminology.hl7.org/CodeSystem/v2-0136",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "https://fhir.kbv.de/CodeSystem/KBV_CS_SFHIR_ICD_SEITENLOKALISATION",
        "http://read.info/readv2", "http://read.info/ctv3",
    ]

    /// Whether it is the name of a code system in FHIR.
    static func isKnown(_ system: String) -> Bool { known.contains(system) }

    /// Other names of the same systems, such as object identifiers.
    private static let aliases = [
        "loinc": loinc, "ln": loinc, "urn:oid:2.16.840.1.113883.6.1": loinc,
        "2.16.840.1.113883.6.1": loinc, "http://loinc.org/loinc": loinc,
        "sct": snomed, "snomed": snomed, "snomedct": snomed, "snomed-ct": snomed,
        "snomed ct": snomed, "urn:oid:2.16.840.1.113883.6.96": snomed,
        "2.16.840.1.113883.6.96": snomed, "http://snomed.info": snomed,
        "http://snomed.info/id": snomed, "http://www.snomed.org": snomed,
        "http://snomed.org/sct": snomed, "http://snomed.info/sct/900000000000207008": snomed,
        "ucum": "http://unitsofmeasure.org",
        "urn:oid:2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
        "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "urn:oid:2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "icd10": "http://hl7.org/fhir/sid/icd-10", "icd-10": "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
        "urn:oid:2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
        "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
        "atc": "http://www.whocc.no/atc", "http://www.whocc.no/atcddd": "http://www.whocc.no/atc",
    ]

    /// The known system that was probably meant; `nil` when the name is right or a site's own.
    static func meant(by system: String) -> String? {
        guard !known.contains(system) else { return nil }
        let plain = normalized(system)
        if let alias = aliases[system.lowercased()] { return alias }
        if let same = known.first(where: { normalized($0) == plain }) { return same }
        // An edition or version in the place of the system.
        if plain.hasPrefix("snomed.info/sct/") { return snomed }
        if plain.hasPrefix("loinc.org/") { return loinc }
        guard plain.count >= 8 else { return nil }
        return known.first { candidate in
            let wanted = normalized(candidate)
            return abs(wanted.count - plain.count) <= 2 && LintPass.distance(wanted, plain) <= 2
                // Names of one family differ in a letter and are others all the same.
                && !(plain.contains("hl7.org/") || plain.contains("fhir.de/"))
        }
    }

    /// Whether a name has the form of a URI with a scheme.
    static func isURI(_ system: String) -> Bool {
        guard let colon = system.firstIndex(of: ":"), colon > system.startIndex else {
            return false
        }
        return system[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && !system.contains(where: { $0.isWhitespace })
    }

    private static func normalized(_ system: String) -> String {
        var text = Substring(system.lowercased().filter { !$0.isWhitespace })
        for prefix in ["https://", "http://", "http:/", "htttp://", "www."] {
            if text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
        }
        while let last = text.last, last == "/" || last == "#" { text.removeLast() }
        return String(text)
    }
}

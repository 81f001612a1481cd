extension ElementCounts {
    /// The elements of types with how often they may stand.
    static let definitions = [
        "Element: extension*",
        "BackboneElement: modifierExtension*",
        "DomainResource: contained* extension* modifierExtension*",
        "Extension: url!",
        "Coding: system",
        "CodeableConcept: coding*",
        "CodeableReference: concept",
        "Quantity: value",
        "Range: low",
        "Ratio: numerator",
        "Period: start",
        "Reference: reference",
        "Identifier: use",
        "HumanName: given* prefix* suffix*",
        "ContactPoint: system",
        "Address: line*",
        "Meta: profile* security* tag*",
        "Narrative: status! div!",
        "Annotation: text!",
        "Attachment: contentType",
        "SampledData: origin! dimensions!",
        "Timing: event*",
        "Timing.repeat: dayOfWeek* timeOfDay* when*",
        "Dosage: additionalInstruction* doseAndRate* maxDosePerPeriod?",
        "Patient: identifier* name* telecom* address* photo* contact* communication* "
            + "generalPractitioner* link*",
        "Patient.contact: relationship* telecom*",
        "Patient.communication: language!",
        "Patient.link: other! type!",
        "Observation: identifier* basedOn* partOf* triggeredBy* status! category* code! focus* "
            + "performer* interpretation? note* referenceRange* hasMember* derivedFrom* related* "
            + "component*",
        "Observation.component: code! interpretation? referenceRange*",
        "Observation.referenceRange: appliesTo*",
        "Bundle: type! link* entry*",
        "Bundle.link: relation! url!",
        "Bundle.entry: link*",
        "Condition: identifier* category* bodySite* stage* evidence* note* participant* subject!",
        "Encounter: identifier* status! statusHistory* class? classHistory* type* episodeOfCare* "
            + "basedOn* incomingReferral* participant* appointment? reason* reasonCode* "
            + "reasonReference* diagnosis* account* location* serviceType? virtualService* "
            + "careTeam* dietPreference* specialArrangement* specialCourtesy*",
        "MedicationRequest: identifier* intent! subject! definition* basedOn* category? "
            + "supportingInformation* reasonCode* reasonReference* note* dosageInstruction* "
            + "detectedIssue* eventHistory* instantiatesCanonical* instantiatesUri* insurance* "
            + "reason* device* performer? informationSource* priorPrescription reported",
        "MedicationStatement: identifier* basedOn* partOf* statusReason* subject! derivedFrom* "
            + "reasonCode* reasonReference* note* dosage* reasonNotTaken* reason* "
            + "informationSource? category? relatedClinicalInformation*",
        "AllergyIntolerance: identifier* category* patient! note* reaction* participant* type?",
        "AllergyIntolerance.reaction: manifestation+ note*",
        "DiagnosticReport: identifier* basedOn* status! category? code! performer* specimen* "
            + "result* imagingStudy* image* conclusionCode* codedDiagnosis* presentedForm* "
            + "resultsInterpreter* media* study* supportingInfo* note* recommendation*",
        "AuditEvent: subtype* recorded! purposeOfEvent* authorization* basedOn* agent+ source! "
            + "entity*",
        "AuditEvent.agent: role* policy* purposeOfUse* authorization*",
        "AuditEvent.source: observer! type*",
        "AuditEvent.entity: securityLabel* detail* agent*",
        "AuditEvent.entity.detail: type!",
        "Parameters: parameter*",
        "Parameters.parameter: name! part*",
    ]

    /// The types that choice elements may have, and other types of other versions.
    static let choiceDefinitions = [
        "Observation.value: Quantity CodeableConcept string boolean integer Range Ratio "
            + "SampledData time dateTime Period Attachment Reference",
        "Observation.component.value: Quantity CodeableConcept string boolean integer Range Ratio "
            + "SampledData time dateTime Period Attachment Reference",
        "Observation.effective: dateTime Period Timing instant",
        "Patient.deceased: boolean dateTime",
        "Patient.multipleBirth: boolean integer",
        "Condition.onset: dateTime Age Period Range string",
        "Condition.abatement: dateTime Age Period Range string boolean",
        "MedicationRequest.medication: CodeableConcept Reference =CodeableReference",
        "MedicationStatement.medication: CodeableConcept Reference =CodeableReference",
        "MedicationAdministration.medication: CodeableConcept Reference =CodeableReference",
        "MedicationDispense.medication: CodeableConcept Reference =CodeableReference",
        "Annotation.author: Reference string",
        "Condition.clinicalStatus: =code",
        "Condition.verificationStatus: =code",
        "AllergyIntolerance.clinicalStatus: =code",
        "AllergyIntolerance.verificationStatus: =code",
    ]
}

extension TypeModel {
    /// The stems of choice elements of STU3, R4 and R5, without the `[x]`.
    static let choiceStems: Set<String> = [
        "abatement", "additive", "age", "allowed", "amount", "answer", "asNeeded", "author",
        "born", "chargeItem", "collected", "content", "copyright", "dateTime", "deceased",
        "defaultValue", "definition", "detail", "diagnosis", "diagnosed", "dose", "due",
        "duration", "effective", "effectiveDate", "entity", "event", "example", "expected",
        "filler", "fastingStatus", "fixed", "indication", "initialSource", "instance",
        "instantiates", "instrument", "item", "legallyBinding", "location", "manufactured",
        "maxValue", "medication", "minValue", "module", "multipleBirth", "named", "object",
        "occurred", "occurrence", "onset", "offset", "participant", "pattern", "performed",
        "product", "protocolApplied", "quantity", "rate", "reported", "scheduled", "serviced",
        "series", "source", "staff", "start", "statusReason", "subject", "substance", "target",
        "time", "timing", "topic", "used", "validity", "value", "versionAlgorithm", "vaccination",
        "bodySite", "identified", "code", "when", "probability", "doseNumber", "seriesDoses",
        "occurence", "bounds", "created", "procedure", "manufacturer", "characteristic",
        "participantEffective", "studyEffective", "minimumVolume", "definingSubstance",
    ]

    /// The ancestors of types (FHIR R4, sections 2.24 and 2.1.27; R5 additions).
    static let hierarchy = [
        "Element: BackboneElement DataType boolean integer integer64 decimal string uri date "
            + "dateTime instant time base64Binary xhtml",
        "string: code id markdown",
        "uri: url canonical uuid oid",
        "integer: unsignedInt positiveInt",
        "Element: Address Annotation Attachment CodeableConcept CodeableReference Coding "
            + "ContactDetail ContactPoint Contributor DataRequirement Expression Extension "
            + "HumanName Identifier Meta Money MonetaryComponent Narrative ParameterDefinition "
            + "Period Quantity Range Ratio RatioRange Reference RelatedArtifact SampledData "
            + "Signature TriggerDefinition UsageContext Availability ExtendedContactDetail "
            + "VirtualServiceDetail",
        "BackboneElement: Dosage ElementDefinition Timing ProdCharacteristic "
            + "MarketingStatus ProductShelfLife Population",
        "Quantity: Age Count Distance Duration SimpleQuantity MoneyQuantity",
        "Resource: DomainResource Bundle Parameters Binary",
        "DomainResource: Account ActivityDefinition ActorDefinition "
            + "AdministrableProductDefinition AdverseEvent AllergyIntolerance Appointment "
            + "AppointmentResponse ArtifactAssessment AuditEvent Basic BiologicallyDerivedProduct "
            + "BiologicallyDerivedProductDispense BodySite BodyStructure CapabilityStatement "
            + "CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Citation Claim "
            + "ClaimResponse ClinicalImpression ClinicalUseDefinition CodeSystem Communication "
            + "CommunicationRequest CompartmentDefinition Composition ConceptMap Condition "
            + "ConditionDefinition Consent Contract Coverage CoverageEligibilityRequest "
            + "CoverageEligibilityResponse DataElement DetectedIssue Device DeviceAssociation "
            + "DeviceComponent DeviceDefinition DeviceDispense DeviceMetric DeviceRequest "
            + "DeviceUsage DeviceUseStatement DiagnosticReport DocumentManifest "
            + "DocumentReference EffectEvidenceSynthesis EligibilityRequest EligibilityResponse "
            + "Encounter EncounterHistory Endpoint EnrollmentRequest EnrollmentResponse "
            + "EpisodeOfCare EventDefinition Evidence EvidenceReport EvidenceVariable "
            + "ExampleScenario ExpansionProfile ExplanationOfBenefit FamilyMemberHistory Flag "
            + "FormularyItem GenomicStudy Goal GraphDefinition Group GuidanceResponse "
            + "HealthcareService ImagingManifest ImagingSelection ImagingStudy Immunization "
            + "ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide Ingredient "
            + "InsurancePlan InventoryItem InventoryReport Invoice Library Linkage List Location "
            + "ManufacturedItemDefinition Measure MeasureReport Media Medication "
            + "MedicationAdministration MedicationDispense MedicationKnowledge "
            + "MedicationRequest MedicationStatement MedicinalProduct MedicinalProductDefinition "
            + "MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionIntake "
            + "NutritionOrder NutritionProduct Observation ObservationDefinition "
            + "OperationDefinition OperationOutcome Organization OrganizationAffiliation "
            + "PackagedProductDefinition Patient PaymentNotice PaymentReconciliation Permission "
            + "Person PlanDefinition Practitioner PractitionerRole Procedure ProcedureRequest "
            + "ProcessRequest ProcessResponse Provenance Questionnaire QuestionnaireResponse "
            + "ReferralRequest RegulatedAuthorization RelatedPerson RequestGroup "
            + "RequestOrchestration Requirements ResearchDefinition ResearchElementDefinition "
            + "ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule "
            + "SearchParameter Sequence ServiceDefinition ServiceRequest Slot Specimen "
            + "SpecimenDefinition StructureDefinition StructureMap Subscription "
            + "SubscriptionStatus SubscriptionTopic Substance SubstanceDefinition "
            + "SubstanceNucleicAcid SubstancePolymer SubstanceProtein "
            + "SubstanceReferenceInformation SubstanceSourceMaterial SupplyDelivery "
            + "SupplyRequest Task TerminologyCapabilities TestPlan TestReport TestScript "
            + "Transport ValueSet VerificationResult VisionPrescription",
    ]

    /// The elements of data types and of the resources that are known as a whole.
    ///
    /// Other resources stand in the files beside this one.
    static let definitions = [
        "Element: id string, extension Extension",
        "BackboneElement: modifierExtension Extension",
        "Resource: id id, meta Meta, implicitRules uri, language code",
        "DomainResource: text Narrative, contained Resource, extension Extension, "
            + "modifierExtension Extension",
        "Extension!: url uri, value *",
        "Coding!: system uri, version string, code code, display string, userSelected boolean",
        "CodeableConcept!: coding Coding, text string",
        "CodeableReference!: concept CodeableConcept, reference Reference",
        "Quantity!: value decimal, comparator code, unit string, system uri, code code",
        "Range!: low Quantity, high Quantity",
        "Ratio!: numerator Quantity, denominator Quantity",
        "RatioRange!: lowNumerator Quantity, highNumerator Quantity, denominator Quantity",
        "Money: value decimal, currency code",
        "Period!: start dateTime, end dateTime",
        "Reference!: reference string, type uri, identifier Identifier, display string",
        "Identifier!: use code, type CodeableConcept, system uri, value string, period Period, "
            + "assigner Reference",
        "HumanName!: use code, text string, family string, given string, prefix string, "
            + "suffix string, period Period",
        "ContactPoint!: system code, value string, use code, rank positiveInt, period Period",
        "Address!: use code, type code, text string, line string, city string, district string, "
            + "state string, postalCode string, country string, period Period",
        "Meta!: versionId id, lastUpdated instant, source uri, profile canonical, "
            + "security Coding, tag Coding",
        "Narrative!: status code, div xhtml",
        "Annotation!: author *, time dateTime, text markdown",
        "Attachment!: contentType code, language code, data base64Binary, url url, "
            + "size unsignedInt, hash base64Binary, title string, creation dateTime, "
            + "height positiveInt, width positiveInt, frames positiveInt, duration decimal, "
            + "pages positiveInt",
        "SampledData!: origin Quantity, period decimal, interval decimal, intervalUnit code, "
            + "factor decimal, lowerLimit decimal, upperLimit decimal, dimensions positiveInt, "
            + "codeMap canonical, offsets string, data string",
        "Timing!: event dateTime, repeat Timing.repeat, code CodeableConcept",
        "Timing.repeat: bounds *, count positiveInt, countMax positiveInt, duration decimal, "
            + "durationMax decimal, durationUnit code, frequency positiveInt, "
            + "frequencyMax positiveInt, period decimal, periodMax decimal, periodUnit code, "
            + "dayOfWeek code, timeOfDay time, when code, offset unsignedInt",
        "Dosage: sequence integer, text string, additionalInstruction CodeableConcept, "
            + "patientInstruction string, timing Timing, asNeeded *, site CodeableConcept, "
            + "route CodeableConcept, method CodeableConcept, doseAndRate Dosage.doseAndRate, "
            + "maxDosePerPeriod Ratio, maxDosePerAdministration Quantity, "
            + "maxDosePerLifetime Quantity",
        "Dosage.doseAndRate: type CodeableConcept, dose *, rate *",
        "Patient!: identifier Identifier, active boolean, name HumanName, telecom ContactPoint, "
            + "gender code, birthDate date, deceased *, address Address, "
            + "maritalStatus CodeableConcept, multipleBirth *, photo Attachment, "
            + "contact Patient.contact, animal Patient.animal, "
            + "communication Patient.communication, generalPractitioner Reference, "
            + "managingOrganization Reference, link Patient.link",
        "Patient.contact: relationship CodeableConcept, name HumanName, telecom ContactPoint, "
            + "address Address, gender code, organization Reference, period Period",
        "Patient.communication: language CodeableConcept, preferred boolean",
        "Patient.link: other Reference, type code",
        "Observation!: identifier Identifier, basedOn Reference, partOf Reference, status code, "
            + "instantiates *, triggeredBy Observation.triggeredBy, category CodeableConcept, "
            + "code CodeableConcept, subject Reference, focus Reference, encounter Reference, "
            + "context Reference, effective *, issued instant, performer Reference, value *, "
            + "dataAbsentReason CodeableConcept, interpretation CodeableConcept, "
            + "note Annotation, comment string, bodySite CodeableConcept, "
            + "bodyStructure Reference, method CodeableConcept, specimen Reference, "
            + "device Reference, referenceRange Observation.referenceRange, "
            + "hasMember Reference, derivedFrom Reference, related Observation.related, "
            + "component Observation.component",
        "Observation.component!: code CodeableConcept, value *, "
            + "dataAbsentReason CodeableConcept, interpretation CodeableConcept, "
            + "referenceRange Observation.referenceRange",
        "Observation.referenceRange!: low Quantity, high Quantity, normalValue CodeableConcept, "
            + "type CodeableConcept, appliesTo CodeableConcept, age Range, text string",
        "Observation.related: type code, target Reference",
        "Bundle!: identifier Identifier, type code, timestamp instant, total unsignedInt, "
            + "link Bundle.link, entry Bundle.entry, signature Signature, issues Resource",
        "Bundle.link: relation code, url uri",
        "Bundle.entry: link Bundle.link, fullUrl uri, resource Resource, "
            + "search Bundle.entry.search, request Bundle.entry.request, "
            + "response Bundle.entry.response",
        "Bundle.entry.search: mode code, score decimal",
    ]
}

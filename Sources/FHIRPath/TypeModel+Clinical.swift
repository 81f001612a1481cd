extension TypeModel {
    /// The elements of clinical resources as FHIR R4 defines them (sections 9, 10 and 11).
    ///
    /// A definition begins at the margin and goes on in indented lines. `~` marks an element whose
    /// type another version of FHIR has changed: it has the R4 type, and is checked for nothing.
    static let clinicalDefinitions = """
        Condition: identifier Identifier, clinicalStatus CodeableConcept~,
          verificationStatus CodeableConcept~, category CodeableConcept, severity CodeableConcept,
          code CodeableConcept, bodySite CodeableConcept, subject Reference, encounter Reference,
          context Reference, onset *, abatement *, recordedDate dateTime, assertedDate dateTime,
          recorder Reference, asserter Reference, stage Condition.stage,
          evidence Condition.evidence~, note Annotation
        Condition.stage: summary CodeableConcept, assessment Reference, type CodeableConcept
        Condition.evidence: code CodeableConcept, detail Reference
        Procedure: identifier Identifier, instantiatesCanonical canonical, instantiatesUri uri,
          basedOn Reference, partOf Reference, status code, statusReason CodeableConcept,
          notDone boolean, category CodeableConcept~, code CodeableConcept, subject Reference,
          encounter Reference, context Reference, performed *, occurrence *, recorder Reference,
          asserter Reference, performer Procedure.performer, location Reference,
          reasonCode CodeableConcept, reasonReference Reference, bodySite CodeableConcept,
          outcome CodeableConcept, report Reference, complication CodeableConcept~,
          complicationDetail Reference, followUp CodeableConcept, note Annotation,
          focalDevice Procedure.focalDevice, usedReference Reference, usedCode CodeableConcept
        Procedure.performer: function CodeableConcept, role CodeableConcept, actor Reference,
          onBehalfOf Reference, period Period
        Procedure.focalDevice: action CodeableConcept, manipulated Reference
        AllergyIntolerance: identifier Identifier, clinicalStatus CodeableConcept~,
          verificationStatus CodeableConcept~, type code~, category code, criticality code,
          code CodeableConcept, patient Reference, encounter Reference, onset *,
          recordedDate dateTime, assertedDate dateTime, recorder Reference, asserter Reference,
          lastOccurrence dateTime, note Annotation, reaction AllergyIntolerance.reaction
        AllergyIntolerance.reaction: substance CodeableConcept, manifestation CodeableConcept~,
          description string, onset dateTime, severity code, exposureRoute CodeableConcept,
          note Annotation
        Medication: identifier Identifier, code CodeableConcept, status code,
          manufacturer Reference, form CodeableConcept, amount Ratio~,
          ingredient Medication.ingredient, batch Medication.batch
        Medication.ingredient: item *, isActive boolean, strength Ratio~
        Medication.batch: lotNumber string, expirationDate dateTime
        MedicationRequest: identifier Identifier, status code, statusReason CodeableConcept,
          intent code, category CodeableConcept, priority code, doNotPerform boolean, reported *,
          medication *, subject Reference, encounter Reference, context Reference,
          supportingInformation Reference, authoredOn dateTime, requester Reference~,
          performer Reference, performerType CodeableConcept, recorder Reference,
          reasonCode CodeableConcept, reasonReference Reference, instantiatesCanonical canonical,
          instantiatesUri uri, basedOn Reference, groupIdentifier Identifier,
          courseOfTherapyType CodeableConcept, insurance Reference, note Annotation,
          dosageInstruction Dosage, dispenseRequest MedicationRequest.dispenseRequest,
          substitution MedicationRequest.substitution, priorPrescription Reference,
          detectedIssue Reference, eventHistory Reference
        MedicationRequest.dispenseRequest:
          initialFill MedicationRequest.dispenseRequest.initialFill, dispenseInterval Duration,
          validityPeriod Period, numberOfRepeatsAllowed unsignedInt, quantity Quantity,
          expectedSupplyDuration Duration, performer Reference
        MedicationRequest.dispenseRequest.initialFill: quantity Quantity, duration Duration
        MedicationRequest.substitution: allowed *, reason CodeableConcept
        MedicationStatement: identifier Identifier, basedOn Reference, partOf Reference,
          status code, statusReason CodeableConcept, category CodeableConcept, medication *,
          subject Reference, context Reference, encounter Reference, effective *,
          dateAsserted dateTime, informationSource Reference, derivedFrom Reference,
          reasonCode CodeableConcept, reasonReference Reference, note Annotation, dosage Dosage
        MedicationAdministration: identifier Identifier, instantiates uri, partOf Reference,
          status code, statusReason CodeableConcept, category CodeableConcept, medication *,
          subject Reference, context Reference, encounter Reference,
          supportingInformation Reference, effective *, occurence *, recorded dateTime,
          performer MedicationAdministration.performer, reasonCode CodeableConcept,
          reasonReference Reference, request Reference, device Reference~, note Annotation,
          dosage MedicationAdministration.dosage, eventHistory Reference
        MedicationAdministration.performer: function CodeableConcept, actor Reference~
        MedicationAdministration.dosage: text string, site CodeableConcept, route CodeableConcept,
          method CodeableConcept, dose Quantity, rate *
        MedicationDispense: identifier Identifier, partOf Reference, status code,
          statusReason *, category CodeableConcept, medication *, subject Reference,
          context Reference, encounter Reference, supportingInformation Reference,
          performer MedicationDispense.performer, location Reference,
          authorizingPrescription Reference, type CodeableConcept, quantity Quantity,
          daysSupply Quantity, recorded dateTime, whenPrepared dateTime, whenHandedOver dateTime,
          destination Reference, receiver Reference, note Annotation, dosageInstruction Dosage,
          substitution MedicationDispense.substitution, detectedIssue Reference,
          eventHistory Reference
        MedicationDispense.performer: function CodeableConcept, actor Reference
        MedicationDispense.substitution: wasSubstituted boolean, type CodeableConcept,
          reason CodeableConcept, responsibleParty Reference
        Immunization: identifier Identifier, status code, statusReason CodeableConcept,
          vaccineCode CodeableConcept, patient Reference, encounter Reference, occurrence *,
          date dateTime, recorded dateTime, primarySource boolean, reportOrigin CodeableConcept,
          location Reference, manufacturer Reference~, lotNumber string, expirationDate date,
          site CodeableConcept, route CodeableConcept, doseQuantity Quantity,
          performer Immunization.performer, note Annotation, reasonCode CodeableConcept,
          reasonReference Reference, isSubpotent boolean, subpotentReason CodeableConcept,
          education Immunization.education, programEligibility CodeableConcept~,
          fundingSource CodeableConcept, reaction Immunization.reaction,
          protocolApplied Immunization.protocolApplied
        Immunization.performer: function CodeableConcept, actor Reference
        Immunization.education: documentType string, reference uri, publicationDate dateTime,
          presentationDate dateTime
        Immunization.reaction: date dateTime, detail Reference~, reported boolean
        Immunization.protocolApplied: series string, authority Reference,
          targetDisease CodeableConcept, doseNumber *, seriesDoses *
        DiagnosticReport: identifier Identifier, basedOn Reference, status code,
          category CodeableConcept, code CodeableConcept, subject Reference,
          encounter Reference, context Reference, effective *, issued instant,
          performer Reference~, resultsInterpreter Reference, specimen Reference,
          result Reference, imagingStudy Reference, media DiagnosticReport.media,
          conclusion string, conclusionCode CodeableConcept, presentedForm Attachment
        DiagnosticReport.media: comment string, link Reference
        ServiceRequest: identifier Identifier, instantiatesCanonical canonical,
          instantiatesUri uri, basedOn Reference, replaces Reference, requisition Identifier,
          status code, intent code, category CodeableConcept, priority code,
          doNotPerform boolean, code CodeableConcept~, orderDetail CodeableConcept~, quantity *,
          subject Reference, encounter Reference, occurrence *, asNeeded *,
          authoredOn dateTime, requester Reference, performerType CodeableConcept,
          performer Reference, locationCode CodeableConcept, locationReference Reference,
          reasonCode CodeableConcept, reasonReference Reference, insurance Reference,
          supportingInfo Reference~, specimen Reference, bodySite CodeableConcept,
          note Annotation, patientInstruction string~, relevantHistory Reference
        Specimen: identifier Identifier, accessionIdentifier Identifier, status code,
          type CodeableConcept, subject Reference, receivedTime dateTime, parent Reference,
          request Reference, collection Specimen.collection, processing Specimen.processing,
          container Specimen.container, condition CodeableConcept, note Annotation
        Specimen.collection: collector Reference, collected *, duration Duration,
          quantity Quantity, method CodeableConcept, bodySite CodeableConcept~, fastingStatus *
        Specimen.processing: description string, procedure CodeableConcept, additive Reference,
          time *
        Specimen.container: identifier Identifier, description string, type CodeableConcept,
          capacity Quantity, specimenQuantity Quantity, additive *
        CarePlan: identifier Identifier, instantiatesCanonical canonical, instantiatesUri uri,
          basedOn Reference, replaces Reference, partOf Reference, status code, intent code,
          category CodeableConcept, title string, description string, subject Reference,
          encounter Reference, context Reference, period Period, created dateTime,
          author Reference, contributor Reference, careTeam Reference, addresses Reference~,
          supportingInfo Reference, goal Reference, activity CarePlan.activity, note Annotation
        CarePlan.activity: outcomeCodeableConcept CodeableConcept, outcomeReference Reference,
          progress Annotation, reference Reference, detail CarePlan.activity.detail
        CarePlan.activity.detail: kind code, instantiatesCanonical canonical,
          instantiatesUri uri, code CodeableConcept, reasonCode CodeableConcept,
          reasonReference Reference, goal Reference, status code, statusReason CodeableConcept~,
          doNotPerform boolean, scheduled *, location Reference, performer Reference, product *,
          dailyAmount Quantity, quantity Quantity, description string
        Goal: identifier Identifier, lifecycleStatus code, achievementStatus CodeableConcept,
          category CodeableConcept, priority CodeableConcept, description CodeableConcept,
          subject Reference, start *, target Goal.target, statusDate date, statusReason string,
          expressedBy Reference, addresses Reference, note Annotation,
          outcomeCode CodeableConcept, outcomeReference Reference
        Goal.target: measure CodeableConcept, detail *, due *
        NutritionOrder: identifier Identifier, instantiatesCanonical canonical,
          instantiatesUri uri, instantiates uri, status code, intent code, patient Reference,
          encounter Reference, dateTime dateTime, orderer Reference,
          allergyIntolerance Reference, foodPreferenceModifier CodeableConcept,
          excludeFoodModifier CodeableConcept, oralDiet NutritionOrder.oralDiet,
          supplement NutritionOrder.supplement, enteralFormula NutritionOrder.enteralFormula,
          note Annotation
        NutritionOrder.oralDiet: type CodeableConcept, schedule Timing~,
          nutrient NutritionOrder.oralDiet.nutrient, texture NutritionOrder.oralDiet.texture,
          fluidConsistencyType CodeableConcept, instruction string
        NutritionOrder.oralDiet.nutrient: modifier CodeableConcept, amount Quantity
        NutritionOrder.oralDiet.texture: modifier CodeableConcept, foodType CodeableConcept
        NutritionOrder.supplement: type CodeableConcept~, productName string, schedule Timing~,
          quantity Quantity, instruction string
        NutritionOrder.enteralFormula: baseFormulaType CodeableConcept~,
          baseFormulaProductName string, additiveType CodeableConcept~,
          additiveProductName string, caloricDensity Quantity,
          routeofAdministration CodeableConcept~,
          administration NutritionOrder.enteralFormula.administration,
          maxVolumeToDeliver Quantity, administrationInstruction string
        NutritionOrder.enteralFormula.administration: schedule Timing~, quantity Quantity, rate *
        DeviceRequest: identifier Identifier, instantiatesCanonical canonical,
          instantiatesUri uri, basedOn Reference, priorRequest Reference,
          groupIdentifier Identifier, status code, intent code~, priority code, code *,
          parameter DeviceRequest.parameter, subject Reference, encounter Reference,
          context Reference, occurrence *, authoredOn dateTime, requester Reference~,
          performerType CodeableConcept, performer Reference~, reasonCode CodeableConcept,
          reasonReference Reference, insurance Reference, supportingInfo Reference,
          note Annotation, relevantHistory Reference
        DeviceRequest.parameter: code CodeableConcept, value *
        DocumentReference: masterIdentifier Identifier, identifier Identifier, status code,
          docStatus code, type CodeableConcept, category CodeableConcept, subject Reference,
          date instant, indexed instant, author Reference, authenticator Reference,
          custodian Reference, relatesTo DocumentReference.relatesTo, description string,
          securityLabel CodeableConcept, content DocumentReference.content
        DocumentReference.relatesTo: code code~, target Reference
        DocumentReference.content: attachment Attachment, format Coding
        RiskAssessment: identifier Identifier, basedOn Reference, parent Reference, status code,
          method CodeableConcept, code CodeableConcept, subject Reference, encounter Reference,
          occurrence *, condition Reference, performer Reference, reasonCode CodeableConcept,
          reasonReference Reference, basis Reference, prediction RiskAssessment.prediction,
          mitigation string, note Annotation
        RiskAssessment.prediction: outcome CodeableConcept, probability *,
          qualitativeRisk CodeableConcept, relativeRisk decimal, when *, rationale string
        Flag: identifier Identifier, status code, category CodeableConcept,
          code CodeableConcept, subject Reference, period Period, encounter Reference,
          author Reference
        FamilyMemberHistory: identifier Identifier, instantiatesCanonical canonical,
          instantiatesUri uri, status code, dataAbsentReason CodeableConcept,
          patient Reference, date dateTime, name string, relationship CodeableConcept,
          sex CodeableConcept~, born *, age *, estimatedAge boolean, deceased *,
          reasonCode CodeableConcept, reasonReference Reference, note Annotation,
          condition FamilyMemberHistory.condition
        FamilyMemberHistory.condition: code CodeableConcept, outcome CodeableConcept,
          contributedToDeath boolean, onset *, note Annotation
        """
}

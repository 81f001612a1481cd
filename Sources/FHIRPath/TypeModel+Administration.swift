extension TypeModel {
    /// The elements of people, places, visits, forms and tasks as FHIR R4 defines them
    /// (sections 8 and 12).
    static let administrationDefinitions = """
        Encounter: identifier Identifier, status code, statusHistory Encounter.statusHistory,
          class Coding~, classHistory Encounter.classHistory, type CodeableConcept,
          serviceType CodeableConcept~, priority CodeableConcept, subject Reference,
          episodeOfCare Reference, basedOn Reference, incomingReferral Reference,
          participant Encounter.participant, appointment Reference, period Period,
          length Duration, reasonCode CodeableConcept, reasonReference Reference,
          diagnosis Encounter.diagnosis, account Reference,
          hospitalization Encounter.hospitalization, location Encounter.location,
          serviceProvider Reference, partOf Reference
        Encounter.statusHistory: status code, period Period
        Encounter.classHistory: class Coding, period Period
        Encounter.participant: type CodeableConcept, period Period, individual Reference
        Encounter.diagnosis: condition Reference~, use CodeableConcept, rank positiveInt
        Encounter.hospitalization: preAdmissionIdentifier Identifier, origin Reference,
          admitSource CodeableConcept, reAdmission CodeableConcept,
          dietPreference CodeableConcept, specialCourtesy CodeableConcept,
          specialArrangement CodeableConcept, destination Reference,
          dischargeDisposition CodeableConcept
        Encounter.location: location Reference, status code, physicalType CodeableConcept,
          period Period
        EpisodeOfCare: identifier Identifier, status code,
          statusHistory EpisodeOfCare.statusHistory, type CodeableConcept,
          diagnosis EpisodeOfCare.diagnosis, patient Reference,
          managingOrganization Reference, period Period, referralRequest Reference,
          careManager Reference, team Reference, account Reference
        EpisodeOfCare.statusHistory: status code, period Period
        EpisodeOfCare.diagnosis: condition Reference~, role CodeableConcept, rank positiveInt
        Practitioner: identifier Identifier, active boolean, name HumanName,
          telecom ContactPoint, address Address, gender code, birthDate date, photo Attachment,
          qualification Practitioner.qualification, communication CodeableConcept~
        Practitioner.qualification: identifier Identifier, code CodeableConcept, period Period,
          issuer Reference
        PractitionerRole: identifier Identifier, active boolean, period Period,
          practitioner Reference, organization Reference, code CodeableConcept,
          specialty CodeableConcept, location Reference, healthcareService Reference,
          telecom ContactPoint, availableTime PractitionerRole.availableTime,
          notAvailable PractitionerRole.notAvailable, availabilityExceptions string,
          endpoint Reference
        PractitionerRole.availableTime: daysOfWeek code, allDay boolean,
          availableStartTime time, availableEndTime time
        PractitionerRole.notAvailable: description string, during Period
        Organization: identifier Identifier, active boolean, type CodeableConcept, name string,
          alias string, telecom ContactPoint, address Address, partOf Reference,
          contact Organization.contact~, endpoint Reference
        Organization.contact: purpose CodeableConcept, name HumanName, telecom ContactPoint,
          address Address
        Location: identifier Identifier, status code, operationalStatus Coding, name string,
          alias string, description string, mode code, type CodeableConcept,
          telecom ContactPoint, address Address, physicalType CodeableConcept,
          position Location.position, managingOrganization Reference, partOf Reference,
          hoursOfOperation Location.hoursOfOperation~, availabilityExceptions string,
          endpoint Reference
        Location.position: longitude decimal, latitude decimal, altitude decimal
        Location.hoursOfOperation: daysOfWeek code, allDay boolean, openingTime time,
          closingTime time
        RelatedPerson: identifier Identifier, active boolean, patient Reference,
          relationship CodeableConcept, name HumanName, telecom ContactPoint, gender code,
          birthDate date, address Address, photo Attachment, period Period,
          communication RelatedPerson.communication
        RelatedPerson.communication: language CodeableConcept, preferred boolean
        Person: identifier Identifier, name HumanName, telecom ContactPoint, gender code,
          birthDate date, address Address, photo Attachment~, managingOrganization Reference,
          active boolean, link Person.link
        Person.link: target Reference, assurance code
        Group: identifier Identifier, active boolean, type code, actual boolean,
          code CodeableConcept, name string, quantity unsignedInt, managingEntity Reference,
          characteristic Group.characteristic, member Group.member
        Group.characteristic: code CodeableConcept, value *, exclude boolean, period Period
        Group.member: entity Reference, period Period, inactive boolean
        CareTeam: identifier Identifier, status code, category CodeableConcept, name string,
          subject Reference, encounter Reference, period Period,
          participant CareTeam.participant, reasonCode CodeableConcept,
          reasonReference Reference, managingOrganization Reference, telecom ContactPoint,
          note Annotation
        CareTeam.participant: role CodeableConcept, member Reference, onBehalfOf Reference,
          period Period
        Device: identifier Identifier, definition Reference~, udiCarrier Device.udiCarrier,
          status code, statusReason CodeableConcept, distinctIdentifier string,
          manufacturer string, manufactureDate dateTime, expirationDate dateTime,
          lotNumber string, serialNumber string, deviceName Device.deviceName,
          modelNumber string, partNumber string, type CodeableConcept,
          specialization Device.specialization, version Device.version~,
          property Device.property, patient Reference, owner Reference, contact ContactPoint,
          location Reference, url uri, note Annotation, safety CodeableConcept,
          parent Reference
        Device.udiCarrier: deviceIdentifier string, issuer uri, jurisdiction uri,
          carrierAIDC base64Binary, carrierHRF string, entryType code
        Device.deviceName: name string, type code
        Device.specialization: systemType CodeableConcept, version string
        Device.version: type CodeableConcept, component Identifier, value string
        Device.property: type CodeableConcept, valueQuantity Quantity~,
          valueCode CodeableConcept
        DeviceMetric: identifier Identifier, type CodeableConcept, unit CodeableConcept,
          source Reference, parent Reference, operationalStatus code, color code~,
          category code, measurementPeriod Timing~, calibration DeviceMetric.calibration
        DeviceMetric.calibration: type code, state code, time instant
        Appointment: identifier Identifier, status code, cancelationReason CodeableConcept,
          serviceCategory CodeableConcept, serviceType CodeableConcept~,
          specialty CodeableConcept, appointmentType CodeableConcept,
          reasonCode CodeableConcept, reasonReference Reference, priority unsignedInt~,
          description string, supportingInformation Reference, start instant, end instant,
          minutesDuration positiveInt, slot Reference, created dateTime, comment string,
          patientInstruction string~, basedOn Reference,
          participant Appointment.participant, requestedPeriod Period
        Appointment.participant: type CodeableConcept, actor Reference, required code~,
          status code, period Period
        Schedule: identifier Identifier, active boolean, serviceCategory CodeableConcept,
          serviceType CodeableConcept~, specialty CodeableConcept, actor Reference,
          planningHorizon Period, comment string
        Slot: identifier Identifier, serviceCategory CodeableConcept,
          serviceType CodeableConcept~, specialty CodeableConcept,
          appointmentType CodeableConcept~, schedule Reference, status code, start instant,
          end instant, overbooked boolean, comment string
        Task: identifier Identifier, instantiatesCanonical canonical, instantiatesUri uri,
          basedOn Reference, groupIdentifier Identifier, partOf Reference, status code,
          statusReason CodeableConcept~, businessStatus CodeableConcept, intent code,
          priority code, code CodeableConcept, description string, focus Reference,
          for Reference, encounter Reference, executionPeriod Period, authoredOn dateTime,
          lastModified dateTime, requester Reference~, performerType CodeableConcept,
          owner Reference, location Reference, reasonCode CodeableConcept,
          reasonReference Reference, insurance Reference, note Annotation,
          relevantHistory Reference, restriction Task.restriction, input Task.input,
          output Task.output
        Task.restriction: repetitions positiveInt, period Period, recipient Reference
        Task.input: type CodeableConcept, value *
        Task.output: type CodeableConcept, value *
        Coverage: identifier Identifier, status code, type CodeableConcept,
          policyHolder Reference, subscriber Reference, subscriberId string~,
          beneficiary Reference, dependent string, relationship CodeableConcept, period Period,
          payor Reference, class Coverage.class, order positiveInt, network string,
          costToBeneficiary Coverage.costToBeneficiary, subrogation boolean, contract Reference
        Coverage.class: type CodeableConcept, value string~, name string
        Coverage.costToBeneficiary: type CodeableConcept, value *,
          exception Coverage.costToBeneficiary.exception
        Coverage.costToBeneficiary.exception: type CodeableConcept, period Period
        List: identifier Identifier, status code, mode code, title string,
          code CodeableConcept, subject Reference, encounter Reference, date dateTime,
          source Reference, orderedBy CodeableConcept, note Annotation, entry List.entry,
          emptyReason CodeableConcept
        List.entry: flag CodeableConcept, deleted boolean, date dateTime, item Reference
        Composition: identifier Identifier~, status code, type CodeableConcept,
          category CodeableConcept, subject Reference~, encounter Reference, date dateTime,
          author Reference, title string, confidentiality code,
          attester Composition.attester, custodian Reference,
          relatesTo Composition.relatesTo, event Composition.event,
          section Composition.section
        Composition.attester: mode code~, time dateTime, party Reference
        Composition.relatesTo: code code, target *
        Composition.event: code CodeableConcept, period Period, detail Reference~
        Composition.section: title string, code CodeableConcept, author Reference,
          focus Reference, text Narrative, mode code, orderedBy CodeableConcept,
          entry Reference, emptyReason CodeableConcept, section Composition.section
        Provenance: target Reference, occurred *, recorded instant, policy uri,
          location Reference, reason CodeableConcept, activity CodeableConcept,
          agent Provenance.agent, entity Provenance.entity, signature Signature
        Provenance.agent: type CodeableConcept, role CodeableConcept, who Reference,
          onBehalfOf Reference
        Provenance.entity: role code, what Reference, agent Provenance.agent
        AuditEvent!: type Coding, subtype Coding, category CodeableConcept, code CodeableConcept,
          action code, severity code, period Period, occurred *, recorded instant, outcome code~,
          outcomeDesc string, purposeOfEvent CodeableConcept, authorization CodeableConcept,
          basedOn Reference, patient Reference, encounter Reference, agent AuditEvent.agent,
          source AuditEvent.source, entity AuditEvent.entity
        AuditEvent.agent!: type CodeableConcept, role CodeableConcept, who Reference,
          altId string, name string, requestor boolean, location Reference, policy uri,
          media Coding, network AuditEvent.agent.network~, purposeOfUse CodeableConcept,
          authorization CodeableConcept
        AuditEvent.agent.network!: address string, type code
        AuditEvent.source!: site string~, observer Reference, type Coding~
        AuditEvent.entity!: what Reference, type Coding, role Coding~, lifecycle Coding,
          securityLabel Coding~, name string, description string, query base64Binary,
          detail AuditEvent.entity.detail, agent AuditEvent.agent
        AuditEvent.entity.detail!: type string~, value *
        Communication: identifier Identifier, basedOn Reference, partOf Reference,
          inResponseTo Reference, status code, statusReason CodeableConcept,
          category CodeableConcept, priority code, medium CodeableConcept, subject Reference,
          topic CodeableConcept, about Reference, encounter Reference, sent dateTime,
          received dateTime, recipient Reference, sender Reference,
          reasonCode CodeableConcept, reasonReference Reference,
          payload Communication.payload, note Annotation
        Communication.payload: content *
        Consent: identifier Identifier, status code, scope CodeableConcept,
          category CodeableConcept, patient Reference, dateTime dateTime, performer Reference,
          organization Reference, source *, policyRule CodeableConcept
        Questionnaire: url uri, identifier Identifier, version string, name string,
          title string, derivedFrom canonical, status code, experimental boolean,
          subjectType code, date dateTime, publisher string, contact ContactDetail,
          description markdown, useContext UsageContext, jurisdiction CodeableConcept,
          purpose markdown, copyright markdown, approvalDate date, lastReviewDate date,
          effectivePeriod Period, code Coding, item Questionnaire.item
        Questionnaire.item: linkId string, definition uri, code Coding, prefix string,
          text string, type code, enableWhen Questionnaire.item.enableWhen,
          enableBehavior code, required boolean, repeats boolean, readOnly boolean,
          maxLength integer, answerValueSet canonical,
          answerOption Questionnaire.item.answerOption, initial Questionnaire.item.initial~,
          item Questionnaire.item
        Questionnaire.item.enableWhen: question string, operator code, answer *
        Questionnaire.item.answerOption: value *, initialSelected boolean
        Questionnaire.item.initial: value *
        QuestionnaireResponse: identifier Identifier~, basedOn Reference, partOf Reference,
          questionnaire canonical~, status code, subject Reference, encounter Reference,
          authored dateTime, author Reference, source Reference,
          item QuestionnaireResponse.item
        QuestionnaireResponse.item: linkId string, definition uri, text string,
          answer QuestionnaireResponse.item.answer, item QuestionnaireResponse.item
        QuestionnaireResponse.item.answer: value *, item QuestionnaireResponse.item
        """
}

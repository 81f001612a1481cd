extension TypeModel {
    /// The elements of terminology and conformance resources and of operation results as FHIR R4
    /// defines them (sections 2, 4 and 5).
    static let terminologyDefinitions = """
        Parameters: parameter Parameters.parameter
        Parameters.parameter: name string, value *, resource Resource, part Parameters.parameter
        OperationOutcome: issue OperationOutcome.issue
        OperationOutcome.issue: severity code, code code, details CodeableConcept,
          diagnostics string, location string, expression string
        Binary: contentType code, securityContext Reference, data base64Binary
        Basic: identifier Identifier, code CodeableConcept, subject Reference, created date~,
          author Reference
        ValueSet: url uri, identifier Identifier, version string, name string, title string,
          status code, experimental boolean, date dateTime, publisher string,
          contact ContactDetail, description markdown, useContext UsageContext,
          jurisdiction CodeableConcept, immutable boolean, purpose markdown,
          copyright markdown, compose ValueSet.compose, expansion ValueSet.expansion
        ValueSet.compose: lockedDate date, inactive boolean, include ValueSet.compose.include,
          exclude ValueSet.compose.include
        ValueSet.compose.include: system uri, version string,
          concept ValueSet.compose.include.concept, filter ValueSet.compose.include.filter,
          valueSet canonical
        ValueSet.compose.include.concept: code code, display string,
          designation ValueSet.compose.include.concept.designation
        ValueSet.compose.include.concept.designation: language code, use Coding, value string
        ValueSet.compose.include.filter: property code, op code, value string
        ValueSet.expansion: identifier uri, timestamp dateTime, total integer, offset integer,
          parameter ValueSet.expansion.parameter, contains ValueSet.expansion.contains
        ValueSet.expansion.parameter: name string, value *
        ValueSet.expansion.contains: system uri, abstract boolean, inactive boolean,
          version string, code code, display string,
          designation ValueSet.compose.include.concept.designation,
          contains ValueSet.expansion.contains
        CodeSystem: url uri, identifier Identifier, version string, name string, title string,
          status code, experimental boolean, date dateTime, publisher string,
          contact ContactDetail, description markdown, useContext UsageContext,
          jurisdiction CodeableConcept, purpose markdown, copyright markdown,
          caseSensitive boolean, valueSet canonical, hierarchyMeaning code,
          compositional boolean, versionNeeded boolean, content code, supplements canonical,
          count unsignedInt, filter CodeSystem.filter, property CodeSystem.property,
          concept CodeSystem.concept
        CodeSystem.filter: code code, description string, operator code, value string
        CodeSystem.property: code code, uri uri, description string, type code
        CodeSystem.concept: code code, display string, definition string,
          designation CodeSystem.concept.designation, property CodeSystem.concept.property,
          concept CodeSystem.concept
        CodeSystem.concept.designation: language code, use Coding, value string
        CodeSystem.concept.property: code code, value *
        ConceptMap: url uri, identifier Identifier, version string, name string, title string,
          status code, experimental boolean, date dateTime, publisher string,
          contact ContactDetail, description markdown, useContext UsageContext,
          jurisdiction CodeableConcept, purpose markdown, copyright markdown, source *,
          target *, group ConceptMap.group
        ConceptMap.group: source uri~, sourceVersion string, target uri~, targetVersion string,
          element ConceptMap.group.element, unmapped ConceptMap.group.unmapped
        ConceptMap.group.element: code code, display string,
          target ConceptMap.group.element.target
        ConceptMap.group.element.target: code code, display string, equivalence code,
          comment string, dependsOn ConceptMap.group.element.target.dependsOn,
          product ConceptMap.group.element.target.dependsOn
        ConceptMap.group.element.target.dependsOn: property uri, system canonical,
          value string~, display string
        ConceptMap.group.unmapped: mode code, code code, display string, url canonical
        StructureDefinition: url uri, identifier Identifier, version string, name string,
          title string, status code, experimental boolean, date dateTime, publisher string,
          contact ContactDetail, description markdown, useContext UsageContext,
          jurisdiction CodeableConcept, purpose markdown, copyright markdown, keyword Coding,
          fhirVersion code, mapping StructureDefinition.mapping, kind code, abstract boolean,
          context StructureDefinition.context~, contextInvariant string, type uri,
          baseDefinition canonical, derivation code, snapshot StructureDefinition.snapshot,
          differential StructureDefinition.differential
        StructureDefinition.mapping: identity id, uri uri, name string, comment string
        StructureDefinition.context: type code, expression string
        StructureDefinition.snapshot: element ElementDefinition
        StructureDefinition.differential: element ElementDefinition
        ElementDefinition: path string, representation code, sliceName string,
          sliceIsConstraining boolean, label string, code Coding,
          slicing ElementDefinition.slicing, short string, definition markdown,
          comment markdown, requirements markdown, alias string, min unsignedInt, max string,
          base ElementDefinition.base, contentReference uri, type ElementDefinition.type,
          defaultValue *, meaningWhenMissing markdown, orderMeaning string, fixed *,
          pattern *, example ElementDefinition.example, minValue *, maxValue *,
          maxLength integer, condition id, constraint ElementDefinition.constraint,
          mustSupport boolean, isModifier boolean, isModifierReason string,
          isSummary boolean, binding ElementDefinition.binding,
          mapping ElementDefinition.mapping
        ElementDefinition.slicing: discriminator ElementDefinition.slicing.discriminator,
          description string, ordered boolean, rules code
        ElementDefinition.slicing.discriminator: type code, path string
        ElementDefinition.base: path string, min unsignedInt, max string
        ElementDefinition.type: code uri, profile canonical~, targetProfile canonical~,
          aggregation code, versioning code
        ElementDefinition.example: label string, value *
        ElementDefinition.constraint: key id, requirements string, severity code, human string,
          expression string, xpath string, source canonical
        ElementDefinition.binding: strength code, description string, valueSet canonical~
        ElementDefinition.mapping: identity id, language code, map string, comment string
        SearchParameter: url uri, version string, name string, derivedFrom canonical,
          status code, experimental boolean, date dateTime, publisher string,
          contact ContactDetail, description markdown, useContext UsageContext,
          jurisdiction CodeableConcept, purpose markdown, code code, base code, type code,
          expression string, xpath string, xpathUsage code, target code,
          multipleOr boolean, multipleAnd boolean, comparator code, modifier code,
          chain string, component SearchParameter.component
        SearchParameter.component: definition canonical, expression string
        CapabilityStatement: url uri, version string, name string, title string, status code,
          experimental boolean, date dateTime, publisher string, contact ContactDetail,
          description markdown, kind code, fhirVersion code, format code,
          rest CapabilityStatement.rest
        CapabilityStatement.rest: mode code, documentation markdown,
          resource CapabilityStatement.rest.resource
        CapabilityStatement.rest.resource: type code, profile canonical~,
          supportedProfile canonical, documentation markdown
        ContactDetail: name string, telecom ContactPoint
        UsageContext: code Coding, value *
        Expression: description string, name id, language code, expression string,
          reference uri
        RelatedArtifact: type code, label string, display string, citation markdown, url url,
          document Attachment, resource canonical
        DataRequirement: type code, profile canonical, subject *, mustSupport string
        ParameterDefinition: name code, use code, min integer, max string,
          documentation string, type code, profile canonical
        TriggerDefinition: type code, name string, timing *, data DataRequirement,
          condition Expression
        Signature: type Coding, when instant, who Reference~, onBehalfOf Reference~,
          targetFormat code, sigFormat code, data base64Binary
        Bundle.entry.request: method code, url uri, ifNoneMatch string,
          ifModifiedSince instant, ifMatch string, ifNoneExist string
        Bundle.entry.response: status string, location uri, etag string, lastModified instant,
          outcome Resource
        ExplanationOfBenefit: identifier Identifier, status code, type CodeableConcept,
          subType CodeableConcept, use code, patient Reference, billablePeriod Period,
          created dateTime, enterer Reference, insurer Reference, provider Reference,
          priority CodeableConcept, outcome code, disposition string
        Claim: identifier Identifier, status code, type CodeableConcept,
          subType CodeableConcept, use code, patient Reference, billablePeriod Period,
          created dateTime, enterer Reference, insurer Reference, provider Reference,
          priority CodeableConcept
        """
}

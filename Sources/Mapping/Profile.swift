package import Basics
import FHIRPath
package import JSON

/// A loaded `profile.json`: how FHIR resources become the inputs of a model.
package struct Profile: Sendable {
    /// The canonical url.
    package let url: String
    /// The version.
    package let version: String
    /// The file name of the model.
    package let model: String
    /// The names of the inputs, in order.
    package let inputNames: [String]
    /// The codes that say why the model does not apply, or why that cannot be decided.
    package let applicabilityCodes: [String]
    /// The `system|code` tokens that any input or fact asks for, for generated prefetch templates.
    package let codes: [String]
    /// The longest window of any input or fact in seconds, for generated prefetch templates.
    package let windowSeconds: Int
    let plan: ProfilePlan

    /// What the StructureDefinitions beside it ask for that cannot be checked, as text.
    package let uncheckedStructure: [String]

    /// Reads and checks a profile.
    ///
    /// - Parameters:
    ///   - document: `profile.json`.
    ///   - conceptMaps: the ConceptMaps beside it by file name.
    ///   - structures: the `*.structuredefinition.json` and `*.valueset.json` beside it.
    /// - Throws: `ProfileError`, the first of the faults, with path, file, line and column.
    package init(
        parsing document: JSONDocument,
        conceptMaps: [String: JSONDocument],
        structures: [String: JSONDocument] = [:]
    ) throws(ProfileError) {
        let faults = ProfileFaults()
        let reader = ProfileReader.read(
            document,
            conceptMaps: conceptMaps,
            structures: structures,
            faults: faults
        )
        guard let reader else {
            throw faults.errors.first ?? ProfileError(code: .malformed, path: "")
        }
        uncheckedStructure = reader.uncheckedStructure
        url = reader.url
        version = reader.version
        model = reader.model
        plan = reader.plan
        inputNames = plan.inputs[..<plan.inputCount].map(\.name)
        applicabilityCodes =
            plan.applies.flatMap { [$0.code, $0.unknownCode] } + plan.quorums.map(\.code)
            + plan.inputs.compactMap(\.unreadCode)
        codes = plan.codes
        windowSeconds =
            (plan.rules.map(\.windowSeconds).max() ?? 0) + (plan.earlier?.reachSeconds ?? 0)
    }

    /// Everything that is wrong with a profile; it loads when none of it is an error.
    package static func findings(
        parsing document: JSONDocument,
        conceptMaps: [String: JSONDocument],
        structures: [String: JSONDocument] = [:]
    ) -> [ProfileFinding] {
        let faults = ProfileFaults()
        _ = ProfileReader.read(
            document,
            conceptMaps: conceptMaps,
            structures: structures,
            faults: faults
        )
        return faults.errors.map { ProfileFinding($0) }
    }

    /// What the profile gives for each input, in order, to be held against the model's fields.
    package var declarations: [Declaration] {
        plan.inputs[..<plan.inputCount].map { input in
            Declaration(input)
        }
    }

    /// For each input, in order, the range outside of which a number is not plausible.
    package var plausibleRanges: [ClosedRange<Double>?] {
        plan.inputs[..<plan.inputCount].map { input in
            input.plausible.map { $0.lowerBound.doubleValue...$0.upperBound.doubleValue }
        }
    }

    /// What has to be fetched, grouped by resource type and window, for prefetch templates.
    ///
    /// A pregnancy is looked for over months, vital signs over hours; one query for both would
    /// fetch months of vital signs.
    package var retrievals: [Retrieval] {
        var groups: [Retrieval] = []
        let reach = plan.earlier?.reachSeconds ?? 0
        for rule in plan.rules where rule.resource != .patient {
            let window = rule.windowSeconds + reach
            let type = rule.resource.rawValue
            let codes = rule.retrievalCodes
            let isFact = rule.input >= plan.inputCount
            let isNeeded = plan.requiredFacts.contains(rule.input)
            if let place = groups.firstIndex(where: {
                $0.resource == type && $0.windowSeconds == window
            }) {
                groups[place].add(codes: codes)
                groups[place].add(plan.inputs[rule.input], isFact: isFact, isNeeded: isNeeded)
            } else {
                var group = Retrieval(resource: type, codes: codes, windowSeconds: window)
                group.add(plan.inputs[rule.input], isFact: isFact, isNeeded: isNeeded)
                groups.append(group)
            }
        }
        return groups
    }

    /// Whether the profile asks for an earlier result beside the present one.
    package var asksForEarlier: Bool { plan.earlier != nil }

    /// The moment of the earlier result that belongs to a report, when the profile asks for one.
    package func earlierMoment(for report: MappingReport, now: Instant) -> Instant? {
        plan.earlier?.moment(for: report.inputs, now: now)
    }

    /// Maps the resources of one patient.
    ///
    /// A resource without a subject, or with one that cannot be tied to the patient, is refused:
    /// a value is taken only when it is known to be this patient's. What is about another patient
    /// sets `hasSubjectMismatch` on top.
    ///
    /// - Parameters:
    ///   - patient: the Patient, when the request holds one.
    ///   - resources: every other resource, in order.
    ///   - patientID: the logical id of the patient in context; what is about another is refused.
    ///   - patientFullURLs: the `fullUrl`s under which bundles hold the Patient.
    ///   - encounterID: the logical id of the encounter in context, when the request names one.
    ///   - now: the moment of evaluation.
    /// - Returns: every input with its value or reason, and every rejection.
    package func map(
        patient: JSONValue?,
        resources: [JSONValue],
        patientID: String,
        patientFullURLs: [String] = [],
        encounterID: String? = nil,
        now: Instant
    ) -> MappingReport {
        map(
            read(
                patient: patient,
                resources: resources,
                patientID: patientID,
                patientFullURLs: patientFullURLs,
                encounterID: encounterID
            ),
            now: now
        )
    }

    /// Reads the resources of one patient, to be mapped as of one moment or several.
    ///
    /// What a record says does not hang on the moment of evaluation, only whether it lies in the
    /// window then, so an earlier result need not read them again.
    package func read(
        patient: JSONValue?,
        resources: [JSONValue],
        patientID: String,
        patientFullURLs: [String] = [],
        encounterID: String? = nil
    ) -> RecordSurvey {
        survey(
            patient,
            resources,
            SubjectMatcher(patientID: patientID, fullURLs: patientFullURLs),
            encounterID: encounterID
        )
    }

    /// Reads the resources; without `readsAhead` every rule waits for the moment.
    func survey(
        _ patient: JSONValue?,
        _ resources: [JSONValue],
        _ subject: SubjectMatcher,
        encounterID: String? = nil,
        readsAhead: Bool = true
    ) -> RecordSurvey {
        var walk = MappingPass(
            plan: plan,
            subject: subject,
            medications: plan.readsMedications
                ? MedicationIndex(
                    resources,
                    serverBases: subject.serverBases,
                    systems: plan.medicineSystems
                ) : MedicationIndex(),
            readsAhead: readsAhead
        )
        if let patient {
            // A Patient that gives no id is in context because the request says so.
            let isPatientInContext = patient["id"].map { subject.isPatientID($0) } ?? true
            walk.visit(patient: patient, isPatientInContext: isPatientInContext)
        }
        let versions = ResourceVersions(resources)
        for (position, resource) in resources.enumerated() {
            walk.visit(resource, at: position, version: versions.finding(at: position))
        }
        return RecordSurvey(
            walk: walk,
            patient: patient,
            resources: plan.readsResources ? Self.usable(resources, versions, subject) : [],
            encounterID: encounterID
        )
    }

    /// What expressions may read of the resources: the newest version of what is about the patient
    /// and bears nothing that may change its meaning.
    ///
    /// An expression asks none of this itself, and must not find what every rule would refuse.
    private static func usable(
        _ resources: [JSONValue],
        _ versions: ResourceVersions,
        _ subject: SubjectMatcher
    ) -> [JSONValue] {
        resources.enumerated().compactMap { position, json in
            let fields = ResourceFields(json)
            guard versions.finding(at: position) == nil,
                fields.body.modifierExtension == nil, fields[.implicitRules] == nil
            else { return nil }
            // What is about nobody, such as an Organization, has no subject to look at.
            let needsSubject = fields.type.map { $0 != .patient } ?? false
            guard needsSubject || fields.subject != nil else { return json }
            let finding = subject.finding(fields) ?? subject.focusFinding(fields)
            return finding == nil ? json : nil
        }
    }

    /// Maps what this profile has read as of a moment.
    ///
    /// - Parameters:
    ///   - survey: what was read.
    ///   - now: the moment of evaluation.
    ///   - incomplete: the resource types of which more may be recorded than was read.
    /// - Returns: every input with its value or reason, and every rejection.
    package func map(
        _ survey: RecordSurvey,
        now: Instant,
        incomplete: Set<String> = []
    ) -> MappingReport {
        precondition(survey.walk.plan === plan, "a survey is of one profile")
        let patient = survey.patient
        let variables = VariableValues(
            plan.variables,
            patient: patient,
            resources: survey.resources,
            encounterID: survey.encounterID,
            now: now
        )
        let pass = MomentPass(survey.walk, now: now, variables: variables)
        var unmet: MappingReport.UnmetFact?
        var report = ReportBuilder(walk: survey.walk, pass: pass).build { inputs, areUnread in
            let facts = inputs[plan.inputCount...]
            let known = zip(facts, areUnread[plan.inputCount...]).map { fact, isUnread in
                isUnread ? nil : fact.value == .boolean(true)
            }
            func verdict(_ known: [Bool?]) -> MappingReport.Applicability {
                applicability(patient, variables, facts: known) { rule in
                    mayStillHold(rule, survey, now: now, incomplete: incomplete)
                }
            }
            let verdictOfAll = verdict(known)
            if let position = unmetFact(verdictOfAll, facts) {
                var held = known
                held[position] = nil
                unmet = MappingReport.UnmetFact(
                    name: facts[plan.inputCount + position].name,
                    heldOpen: verdict(held)
                )
            }
            guard case .applies = verdictOfAll else { return verdictOfAll }
            for quorum in plan.quorums where !quorum.holds(inputs) {
                return .undecided(code: quorum.code, rule: quorum.text)
            }
            // The model decides what nothing recorded means; a record that cannot be read is
            // something recorded.
            for (position, input) in plan.inputs[..<plan.inputCount].enumerated() {
                guard areUnread[position], let code = input.unreadCode else { continue }
                return .undecided(code: code, rule: input.name + " is recorded, but unreadable")
            }
            return .applies
        }
        report.unmetFact = unmet
        return report
    }

    /// The position among the facts of the required one that bars the model for want of a record.
    private func unmetFact(
        _ verdict: MappingReport.Applicability,
        _ facts: ArraySlice<MappingReport.Input>
    ) -> Int? {
        guard case .notApplicable(_, let text) = verdict else { return nil }
        for rule in plan.applies where rule.text == text {
            guard case .requires(let position) = rule.condition else { continue }
            return facts[position].value == nil ? position - plan.inputCount : nil
        }
        return nil
    }

    /// The first rule that does not hold decides; else the first that cannot be decided.
    private func applicability(
        _ patient: JSONValue?,
        _ variables: VariableValues,
        facts: [Bool?],
        mayStillHold: (ApplicabilityRule) -> Bool
    ) -> MappingReport.Applicability {
        var undecided: MappingReport.Applicability?
        for rule in plan.applies {
            switch holds(rule, patient, variables, facts) {
            case .some(true): continue
            case .some(false) where !mayStillHold(rule):
                return .notApplicable(code: rule.code, rule: rule.text)
            case .some(false), .none:
                undecided = undecided ?? .undecided(code: rule.unknownCode, rule: rule.text)
            }
        }
        return undecided ?? .applies
    }

    /// Whether a rule holds; `nil` when the data do not say.
    func holds(
        _ rule: ApplicabilityRule,
        _ patient: JSONValue?,
        _ variables: VariableValues,
        _ facts: [Bool?]
    ) -> Bool? {
        switch rule.condition {
        case .unless(let fact):
            // No record of a fact does not bar the model; one that cannot be read decides nothing.
            return facts[fact - plan.inputCount].map { !$0 }
        case .requires(let fact):
            return facts[fact - plan.inputCount]
        case .when(let expression):
            guard let patient else { return nil }
            do throws(FHIRPathError) {
                return try expression.parsed.evaluateBoolean(
                    in: variables.environment(for: expression, focus: [.element(patient)])
                )
            } catch {
                // An expression that fails on this Patient leaves the rule undecided.
                return nil
            }
        }
    }
}

extension SourceRule {
    /// The tokens to search for; none where the type is to be fetched whole.
    fileprivate var retrievalCodes: [String] {
        switch resource.codePlace {
        case .code: codes.map(\.text)
        case .medication, .encounter, .vaccineCode, .none: []
        }
    }
}

extension Profile {
    /// What a profile gives for one input.
    package struct Declaration: Sendable {
        /// The name, which is the model's field name too.
        package let name: String
        /// `quantity`, `integer`, `boolean` or `code`.
        package let type: String
        /// The UCUM unit of a quantity.
        package let unit: String?
        /// The codes that a `code` input can take.
        package let values: [String]
        /// The range of a number that is believed, in the unit.
        package let plausible: ClosedRange<DecimalNumber>?
        /// What a number is rounded to.
        package let increment: DecimalNumber?
        /// What happens without a value: `reject`, `partial`, `model`, `assume` or `impute`.
        package let missingPolicy: String
        /// The value that is then taken, and where it is from.
        package let substitute: (value: MappingReport.Value, source: String?)?
        /// What it means that nothing is recorded, and why.
        package let absence: (value: MappingReport.Value, reason: String)?

        init(_ input: InputPlan) {
            name = input.name
            type = input.kind.rawValue
            unit = input.unit
            values = input.values
            plausible = input.plausible
            increment = input.increment
            absence = input.absence.map { ($0.value, $0.reason) }
            switch input.missing {
            case .reject: (missingPolicy, substitute) = ("reject", nil)
            case .partial: (missingPolicy, substitute) = ("partial", nil)
            case .model: (missingPolicy, substitute) = ("model", nil)
            case .assume(let value, let source):
                (missingPolicy, substitute) = ("assume", (value, source))
            case .impute(let value, let source):
                (missingPolicy, substitute) = ("impute", (value, source))
            }
        }
    }

    /// One query's worth of what a profile asks for.
    package struct Retrieval: Sendable, Equatable {
        /// The resource type.
        package let resource: String
        /// The `system|code` tokens; empty where the type has to be fetched whole.
        ///
        /// A medicine may be named by a reference, and an Encounter has a class beside its types:
        /// a query by code would miss such records, and a missed record looks like none.
        package fileprivate(set) var codes: [String]
        /// How far back to look, in seconds.
        package let windowSeconds: Int
        /// The names of the inputs and facts it feeds.
        package private(set) var feeds: [String] = []
        /// Whether it feeds an input for which the profile states no substitute, or a fact
        /// without which the model does not apply.
        package private(set) var isRequired = false

        fileprivate init(resource: String, codes: [String], windowSeconds: Int) {
            self.resource = resource
            self.codes = codes
            self.windowSeconds = windowSeconds
        }

        /// A type of which one rule asks for all is fetched whole.
        fileprivate mutating func add(codes more: [String]) {
            guard !codes.isEmpty, !more.isEmpty else {
                codes = []
                return
            }
            let known = Set(codes)
            codes.append(contentsOf: more.filter { !known.contains($0) })
        }

        fileprivate mutating func add(_ input: InputPlan, isFact: Bool, isNeeded: Bool) {
            if !feeds.contains(input.name) { feeds.append(input.name) }
            if isNeeded { isRequired = true }
            guard !isFact else { return }
            switch input.missing {
            case .reject, .partial, .model: isRequired = true
            case .assume, .impute: break
            }
            // Nothing can be read from absence where nobody has looked.
            if input.absence != nil { isRequired = true }
        }
    }
}

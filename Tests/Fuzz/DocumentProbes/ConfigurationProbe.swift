import Basics
import CDSHooks
import Gateway
import JSON
import Mapping

/// What must hold for any file of a configuration: it is read, or refused with a path and a
/// sentence, and never half read.
///
/// The first byte says what the others are (modulo 5): a profile, a hook for a profile, a hook
/// about interactions, a client, a ConceptMap beside a profile.
public enum ConfigurationProbe {
    private static let now = Instant(microseconds: 1_777_888_800_000_000)
    private static let facts = HookService.ProfileFacts(
        queries: [
            .init(
                resource: "Observation",
                codes: ["http://loinc.org|8867-4"],
                windowSeconds: 43_200,
                feeds: ["pulse"],
                isRequired: false
            )
        ],
        inputNames: ["pulse", "systolic", "temperature"]
    )

    /// Reads a file; whether it was accepted.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        guard let kind = bytes.first else { return false }
        let content = Array(bytes.dropFirst())
        if kind % 5 == 3 { return readClient(content) }
        guard let document = try? JSONDocument(parsing: content) else { return false }
        switch kind % 5 {
        case 0: return readProfile(document, [:])
        case 1:
            return readHook { () throws(HookServiceError) in
                try HookService(reading: document, profile: facts)
            }
        case 2:
            return readHook { () throws(HookServiceError) in
                try HookService(readingInteractions: document)
            }
        default:
            guard let profile = try? JSONDocument(parsing: profileText) else { return false }
            return readProfile(profile, ["local.conceptmap.json": document])
        }
    }

    private static func readProfile(
        _ document: JSONDocument,
        _ conceptMaps: [String: JSONDocument]
    ) -> Bool {
        let findings = Profile.findings(parsing: document, conceptMaps: conceptMaps)
        for finding in findings { precondition(!finding.sentence.isEmpty, "no sentence") }
        do throws(ProfileError) {
            let profile = try Profile(parsing: document, conceptMaps: conceptMaps)
            precondition(findings.isEmpty, "a profile with faults was read")
            precondition(Set(profile.inputNames).count == profile.inputNames.count, "two of a name")
            precondition(profile.declarations.count == profile.inputNames.count, "undeclared")
            _ = profile.retrievals
            return true
        } catch {
            precondition(!findings.isEmpty, "refused for no reason")
            return false
        }
    }

    private static func readHook(_ read: () throws(HookServiceError) -> HookService) -> Bool {
        do throws(HookServiceError) {
            let service = try read()
            precondition(!service.id.isEmpty, "a service without a name")
            precondition(service.deadlineMicroseconds > 0, "no time to answer")
            return true
        } catch {
            return false
        }
    }

    private static func readClient(_ bytes: [UInt8]) -> Bool {
        let catalogue = try? Catalogue(files: ["Hooks/clients/a.json": bytes], now: now)
        return catalogue != nil
    }

    private static let profileText = """
        { "format": "limen-profile/1", "url": "https://limen.example/profiles/probe",
          "version": "1.0.0", "status": "active", "model": "model.pmml",
          "defaults": { "resource": "Observation", "status": ["final"], "within": "PT12H",
            "future": "PT5M", "select": "latest" },
          "inputs": [
            { "name": "alert", "type": "code", "values": ["A"],
              "from": [ { "code": ["http://loinc.org|67775-7"], "path": "value",
                          "conceptMap": "local.conceptmap.json" } ],
              "missing": { "policy": "reject" } } ] }
        """
}

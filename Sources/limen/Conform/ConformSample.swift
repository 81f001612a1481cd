import Basics
import CDSHooks
import Crypto
import JSON

/// The made-up patient of the check, and a whole context for any hook.
struct ConformSample {
    /// The resources, as one Bundle.
    let rewriter: BundleRewriter
    /// The logical id of the patient.
    let patientID: String

    static let encounterID = "conform-visit"
    static let userID = "Practitioner/conform"

    /// The patient of a file, or the made-up one.
    init(file: [UInt8]?, now: Instant) throws(CommandError) {
        let bytes = file ?? ExampleData.bundle(now: now)
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(.badInput, "the bundle is not JSON: \(error.sentence)")
        }
        rewriter = try BundleRewriter(document.root)
        patientID = try HookRequestBuilder.patientID(in: rewriter, asked: nil)
    }

    /// The ids that a call names.
    var contextIDs: [String] { [patientID, Self.encounterID] }

    /// A draft order of a medicine that is often asked about.
    private var draft: String {
        #"{"resourceType":"MedicationRequest","id":"conform-draft","status":"draft","#
            + #""intent":"order","subject":{"reference":"Patient/\#(patientID)"},"#
            + #""medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","#
            + #""code":"C10AA01","display":"simvastatin"}]}}"#
    }

    /// A medicine that the patient has, for services about medicines.
    private var current: String {
        draft.replacing("conform-draft", with: "conform-current")
            .replacing(#""draft""#, with: #""active""#)
            .replacing("C10AA01", with: "J01FA09").replacing("simvastatin", with: "clarithromycin")
    }

    /// The context of a hook with every field that the library requires.
    func context(of hook: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for field in HookDefinition.named(hook).fields {
            writer.name(field.name)
            switch field.kind {
            case .user: writer.value(Self.userID)
            case .patient: writer.value(patientID)
            case .encounter: writer.value(Self.encounterID)
            case .bundle:
                let bundle =
                    #"{"resourceType":"Bundle","type":"collection","entry":["#
                    + #"{"resource":\#(draft)}]}"#
                writer.rawValue(Array(bundle.utf8))
            case .references:
                writer.beginArray()
                writer.value("MedicationRequest/conform-draft")
                writer.endArray()
            case .reference: writer.value("Organization/conform")
            case .resource:
                let owner = #"{"reference":"Patient/\#(patientID)"}"#
                let other = field.types.first.map {
                    #"{"resourceType":"\#($0)","patient":\#(owner)}"#
                }
                writer.rawValue(Array((other ?? draft).utf8))
            case .object: writer.rawValue(Array(#"{"a":1}"#.utf8))
            case .objects: writer.rawValue(Array("[]".utf8))
            case .text: writer.value("conform")
            }
        }
        writer.endObject()
        return writer.bytes
    }

    /// The call of a hook with data under every key that the service asks for.
    func body(_ service: ConformDiscovery.Service) -> [UInt8] {
        let templates = service.templates.map {
            HookRequestBuilder.Template(key: $0.key, template: $0.text)
        }
        let bytes = HookRequestBuilder(
            hook: service.hook,
            hookInstance: UUIDBytes.version4(),
            templates: templates,
            rewriter: rewriter,
            patientID: patientID,
            replayAt: nil,
            explains: false,
            context: context(of: service.hook)
        ).body()
        // The made-up patient takes a medicine, where one is asked for and none is there.
        guard let first = templates.first(where: { $0.type == "MedicationRequest" }) else {
            return bytes
        }
        let bundle =
            #"{"resourceType":"Bundle","type":"searchset","entry":["#
            + #"{"resource":\#(current)}]}"#
        return Array(
            String(decoding: bytes, as: UTF8.self)
                .replacing("\"\(first.key)\":null", with: "\"\(first.key)\":\(bundle)").utf8
        )
    }

    /// The call of a hook whose every key has the same value; without one, no key is sent.
    func body(_ service: ConformDiscovery.Service, everyKey value: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("hook", service.hook)
        writer.member("hookInstance", UUIDBytes.version4().text)
        writer.name("context")
        writer.rawValue(context(of: service.hook))
        if let value {
            writer.name("prefetch")
            writer.beginObject()
            for template in service.templates {
                writer.name(template.key)
                writer.rawValue(Array(value.utf8))
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}

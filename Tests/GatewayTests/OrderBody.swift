import Basics

/// Builds the bodies of order-select and order-sign calls.
struct OrderBody {
    var hook = "order-sign"
    var instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    var drafts: [String] = []
    var selections: [String]?
    /// `nil` leaves the key out.
    var requests: [String]? = []
    var statements: [String]? = []
    var draftOrders: String?
    var extensions = ""

    static let rxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    static let atc = "http://www.whocc.no/atc"

    static func concept(_ codes: [(system: String, code: String)], text: String? = nil) -> String {
        let codings = codes.map { #"{"system":"\#($0.system)","code":"\#($0.code)"}"# }
        let text = text.map { #","text":"\#($0)""# } ?? ""
        return #"{"coding":[\#(codings.joined(separator: ","))]\#(text)}"#
    }

    static func resource(
        _ id: String,
        _ medication: String,
        type: String = "MedicationRequest",
        status: String = "active",
        subject: String = "Patient/p1",
        more: String = ""
    ) -> String {
        #"{"resourceType":"\#(type)","id":"\#(id)","status":"\#(status)","intent":"order","#
            + #""subject":{"reference":"\#(subject)"},\#(medication)\#(more)}"#
    }

    static func coded(_ system: String, _ code: String, text: String? = nil) -> String {
        #""medicationCodeableConcept":"# + concept([(system, code)], text: text)
    }

    /// A contained Medication with the codes as its own or as those of its ingredients.
    static func contained(_ codes: [(system: String, code: String)], asIngredients: Bool) -> String
    {
        let body =
            asIngredients
            ? #""ingredient":["#
                + codes.map { #"{"itemCodeableConcept":\#(concept([$0]))}"# }
                .joined(separator: ",") + "]"
            : #""code":"# + concept(codes)
        return #""contained":[{"resourceType":"Medication","id":"m",\#(body)}],"#
            + ##""medicationReference":{"reference":"#m"}"##
    }

    private static func bundle(_ resources: [String]) -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}"#
    }

    var text: String {
        let selected = selections.map { names in
            let list = names.map { "\"" + $0 + "\"" }.joined(separator: ",")
            return #","selections":[\#(list)]"#
        }
        var keys: [String] = []
        if let requests { keys.append(#""medicationRequests":"# + Self.bundle(requests)) }
        if let statements { keys.append(#""medicationStatements":"# + Self.bundle(statements)) }
        return #"{"hook":"\#(hook)","hookInstance":"\#(instance)","context":{"#
            + #""userId":"Practitioner/pr1","patientId":"p1"\#(selected ?? ""),"#
            + #""draftOrders":\#(draftOrders ?? Self.bundle(drafts))},"#
            + #""prefetch":{\#(keys.joined(separator: ","))},"#
            + #""extension":{"org.limen.explain":true\#(extensions)}}"#
    }
}

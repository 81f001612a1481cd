/// Builds the bodies of order-select and order-sign calls.
package struct OrderBody {
    package var hook: String
    package var instance: String
    package var drafts: [String]
    package var selections: [String]?
    /// `nil` leaves the key out.
    package var requests: [String]? = []
    package var statements: [String]? = []
    package var draftOrders: String?
    package var extensions = ""

    /// Makes an order-sign call with some drafts, or a call of another hook.
    package init(
        hook: String = "order-sign",
        instance: String = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        drafts: [String] = [],
        selections: [String]? = nil
    ) {
        self.hook = hook
        self.instance = instance
        self.drafts = drafts
        self.selections = selections
    }

    package static let rxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    package static let atc = "http://www.whocc.no/atc"

    package static func concept(_ codes: [(system: String, code: String)], text: String? = nil)
        -> String
    {
        let codings = codes.map { #"{"system":"\#($0.system)","code":"\#($0.code)"}"# }
        let text = text.map { #","text":"\#($0)""# } ?? ""
        return #"{"coding":[\#(codings.joined(separator: ","))]\#(text)}"#
    }

    package static func resource(
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

    package static func coded(_ system: String, _ code: String, text: String? = nil) -> String {
        #""medicationCodeableConcept":"# + concept([(system, code)], text: text)
    }

    /// A contained Medication with the codes as its own or as those of its ingredients.
    package static func contained(_ codes: [(system: String, code: String)], asIngredients: Bool)
        -> String
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

    package var text: String {
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

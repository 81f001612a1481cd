import FHIR
import JSON

extension Evaluator {
    /// `getResourceKey()` (SQL on FHIR 2, section on required functions): `Type/id`.
    ///
    /// The type is part of the key, so that `Group/1` never joins `Patient/1`.
    func resourceKeys(_ input: Items) -> Items {
        var result = Items.none
        for index in 0..<input.count {
            guard case .element(let element) = input[index], let resource = Resource(element.json)
            else {
                continue
            }
            if let id = resource.id {
                result.append(.string(resource.type + "/" + id))
            } else if let key = environment.resourceKey {
                result.append(.string(key))
            }
        }
        return result
    }

    /// `getReferenceKey()`: the key that `getResourceKey()` gives for the resource referred to.
    ///
    /// A `fullUrl` of the Bundle at hand is looked up. An absolute or other reference beyond it
    /// stays as it is: cutting the server off could join another server's patient. A contained
    /// resource has no key.
    func referenceKeys(_ input: Items, type: String?) -> Items {
        var result = Items.none
        for index in 0..<input.count {
            guard case .element(let element) = input[index],
                let text = element.json["reference"]?.stringValue,
                let key = referenceKey(text, declared: element.json["type"]?.stringValue, type)
            else {
                continue
            }
            result.append(.string(key))
        }
        return result
    }

    private func referenceKey(_ text: String, declared: String?, _ wanted: String?) -> String? {
        if let key = environment.referenceKeys[text] {
            guard let wanted else { return key }
            return key.hasPrefix(wanted + "/") ? key : nil
        }
        switch Reference.target(of: text) {
        case nil, .contained: return nil
        case .relative(let type, let id, _):
            return wanted == nil || wanted == type ? type + "/" + id : nil
        case .absolute(let base, let type, let id, _):
            return wanted == nil || wanted == type ? base + "/" + type + "/" + id : nil
        case .urn, .other:
            return wanted == nil || wanted == declared ? text : nil
        }
    }
}

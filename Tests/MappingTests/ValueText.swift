import Basics

@testable import Mapping

extension MappingReport.Value {
    /// The value with its unit, such as `36.5 Cel`, as the tests write it down.
    var text: String {
        switch self {
        case .quantity(let number, let unit):
            unit.isEmpty || unit == "1" ? number.text : number.text + " " + unit
        case .code(let code): code
        case .boolean(let flag): flag ? "yes" : "no"
        }
    }
}

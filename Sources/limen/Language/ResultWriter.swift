import Basics
import FHIR
import FHIRPath
import JSON

/// Writes FHIRPath results as JSON: `{type, value, path}` for each item.
enum ResultWriter {
    /// Writes the member `results`.
    ///
    /// - Throws: `.limitExceeded` when they are longer than `Limits.fhirPathOutputBytesMax`.
    static func write(
        _ results: [FHIRPathResult],
        name: String = "results",
        to writer: inout JSONWriter
    ) throws(FHIRPathError) {
        writer.name(name)
        writer.beginArray()
        for result in results {
            guard writer.bytes.count <= Limits.fhirPathOutputBytesMax else {
                throw FHIRPathError(code: .limitExceeded, offset: 0)
            }
            writer.beginObject()
            writer.member("type", result.type)
            writer.name("value")
            write(result, to: &writer)
            writer.name("path")
            if let path = result.path { writer.value(path) } else { writer.null() }
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes one value: numbers with their text, dates as they are written, objects whole.
    static func write(_ result: FHIRPathResult, to writer: inout JSONWriter) {
        if let info = result.typeInfo {
            writer.beginObject()
            writer.member("namespace", info.namespace)
            writer.member("name", info.name)
            writer.endObject()
            return
        }
        switch result.value {
        case .boolean(let flag): writer.value(flag)
        case .integer(let number): writer.value(number)
        case .decimal(let number): writer.value(number)
        case .string(let text): writer.value(text)
        case .date(let date), .dateTime(let date): writer.value(date.text)
        case .time(let time): writer.value(time.text)
        case .quantity(let quantity): write(quantity, to: &writer)
        case .element(let json): writer.compactValue(json)
        }
    }

    /// Writes a quantity as FHIR does; a unit of UCUM with its system, a calendar word as `unit`.
    private static func write(_ quantity: FHIRPathQuantity, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("value")
        writer.value(quantity.value)
        switch quantity.unit {
        case .ucum(let code):
            writer.member("unit", code)
            writer.member("system", "http://unitsofmeasure.org")
            writer.member("code", code)
        case .calendar(let unit):
            let isOne = quantity.value == DecimalNumber(1)
            writer.member("unit", unit.rawValue + (isOne ? "" : "s"))
        case .opaque(let text): writer.member("unit", text)
        }
        writer.endObject()
    }
}

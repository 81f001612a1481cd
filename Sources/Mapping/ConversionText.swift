import Basics
import JSON

/// Tells what was done to a value on its way from the resource to the input.
struct ConversionText {
    let rule: SourceRule
    let reading: Reading
    let tape: JSONTape

    /// `nil` when the value stands in the input just as it stood in the resource.
    var conversion: MappingReport.Conversion? {
        switch reading.origin {
        case .constant: nil
        case .plain: reading.isRounded ? plain : nil
        case .quantity(let quantity, let conversion):
            rule.threshold == nil && conversion.isIdentity && !reading.isRounded
                && !reading.isFromText
                ? nil
                : converted(
                    JSONValue(tape, quantity),
                    formula: conversion.isIdentity ? "" : conversion.formula
                )
        case .coding(let coding): translated(coding: JSONValue(tape, coding))
        case .text(let text): translated(text: JSONValue(tape, text))
        }
    }

    private func translated(coding: JSONValue) -> MappingReport.Conversion {
        let code = coding["code"]?.stringValue ?? ""
        return translated(code, from: (coding["system"]?.stringValue ?? "") + "|" + code)
    }

    private func translated(text: JSONValue) -> MappingReport.Conversion {
        translated(text.stringValue ?? text.numberText ?? "", from: "text")
    }

    private var plain: MappingReport.Conversion {
        MappingReport.Conversion(
            originalText: reading.unrounded?.text ?? "",
            originalUnit: "",
            formula: "",
            unrounded: reading.unrounded?.text ?? ""
        )
    }

    private func converted(_ quantity: JSONValue, formula: String) -> MappingReport.Conversion {
        let comparison = rule.threshold.map { "> " + $0.text } ?? ""
        return MappingReport.Conversion(
            originalText: quantity["value"]?.numberText ?? "",
            originalUnit: quantity["code"]?.stringValue ?? quantity["unit"]?.stringValue ?? "",
            formula: [formula, comparison].filter { !$0.isEmpty }.joined(separator: ", "),
            unrounded: reading.unrounded?.text ?? ""
        )
    }

    private func translated(_ text: String, from coding: String) -> MappingReport.Conversion {
        let target =
            switch reading.value {
            case .quantity(let number, _): number.text
            case .code(let code): code
            case .boolean(let flag): flag ? "true" : "false"
            }
        return MappingReport.Conversion(
            originalText: text,
            originalUnit: coding,
            formula: rule.codeTable?.name ?? "",
            unrounded: target
        )
    }
}

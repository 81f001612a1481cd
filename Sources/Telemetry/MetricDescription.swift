/// What a metric is called and what it counts.
package struct MetricDescription: Sendable {
    /// The kinds of metric (Prometheus text format 0.0.4).
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// The name, such as `limen_http_requests_total`.
    package let name: String
    /// One sentence.
    package let help: String
    /// The kind.
    package let kind: Kind
    /// The names of the labels, in order.
    package let labelNames: [String]

    /// Makes a description.
    package init(_ name: String, _ kind: Kind, help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        labelNames = labels
    }

    /// The text of a series, such as `name{service="news2"}`, with one more label if need be.
    func series(
        suffix: String = "",
        _ values: [String],
        extra: (name: String, value: String)? = nil
    ) -> String {
        var pairs = zip(labelNames, values).map { "\($0)=\"\(Self.escaped($1))\"" }
        if let extra { pairs.append("\(extra.name)=\"\(extra.value)\"") }
        let labels = pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
        return name + suffix + labels
    }

    /// The lines before the samples.
    var header: String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

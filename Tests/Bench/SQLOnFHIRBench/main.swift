import Basics
import JSON
import SQLOnFHIR

/// Measures a view over observations: rows and megabytes a second, median of seven rounds.
///
///     swift run -c release SQLOnFHIRBench
///
/// Each resource is parsed, its rows are made and written as CSV, as `limen map table` does.
let observation = """
    {"resourceType":"Observation","id":"bp","status":"final",
     "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
      "code":"vital-signs"}]}],
     "code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure"}]},
     "subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-03-01T11:00:00Z",
     "component":[
      {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
       "valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org",
        "code":"mm[Hg]"}},
      {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
       "valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org",
        "code":"mm[Hg]"}}]}
    """

let views = [
    (
        "3 columns",
        """
        {"resource":"Observation","select":[{"column":[
         {"name":"id","path":"getResourceKey()","type":"string"},
         {"name":"patient","path":"subject.getReferenceKey(Patient)","type":"string"},
         {"name":"time","path":"effective.ofType(dateTime)","type":"dateTime"}]}]}
        """
    ),
    (
        "8 columns, components unfolded, one filter",
        """
        {"resource":"Observation","select":[{"column":[
         {"name":"id","path":"getResourceKey()","type":"string"},
         {"name":"patient","path":"subject.getReferenceKey(Patient)","type":"string"},
         {"name":"status","path":"status","type":"code"},
         {"name":"time","path":"effective.ofType(dateTime)","type":"dateTime"}]},
         {"forEach":"component","column":[
          {"name":"position","path":"%rowIndex","type":"integer"},
          {"name":"code","path":"code.coding.where(system = %loinc).code.first()","type":"code"},
          {"name":"value","path":"value.ofType(Quantity).value","type":"decimal"},
          {"name":"unit","path":"value.ofType(Quantity).code","type":"code"}]}],
         "where":[{"path":"category.coding.where(code = 'vital-signs').exists()"}]}
        """
    ),
]

let bytes = Array(observation.utf8)
let now = Instant(microseconds: 1_772_366_400_000_000)
let count = 20_000

for (name, text) in views {
    let view = try ViewDefinition(parsing: try JSONDocument(parsing: text))
    var figures: [Double] = []
    var rowCount = 0
    for _ in 0..<7 {
        let clock = ContinuousClock()
        let start = clock.now
        rowCount = 0
        var writer = ViewTableWriter(format: .csv, columns: view.columns)
        for _ in 0..<count {
            let resource = try JSONDocument(parsing: bytes).root
            for row in try view.rows(of: resource, now: now) {
                writer.append(row)
                rowCount += 1
            }
            if writer.bytes.count > 65_536 { _ = writer.take() }
        }
        let parts = (clock.now - start).components
        figures.append(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
    }
    figures.sort()
    let seconds = figures[3]
    let megabytes = Double(count * bytes.count) / 1e6
    print(
        "\(Int(Double(rowCount) / seconds)) rows/s  \(Int(megabytes / seconds)) MB/s  "
            + "\(Int(seconds * 1e9 / Double(count))) ns a resource  \(name)"
    )
}

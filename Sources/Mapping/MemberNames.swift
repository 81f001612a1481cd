import JSON

/// The names of members that are looked up one by one, prepared once.
enum MemberNames {
    static let code = JSONName("code")
    static let coding = JSONName("coding")
    static let comparator = JSONName("comparator")
    static let concept = JSONName("concept")
    static let dataAbsentReason = JSONName("dataAbsentReason")
    static let component = JSONName("component")
    static let end = JSONName("end")
    static let `extension` = JSONName("extension")
    static let id = JSONName("id")
    static let modifierExtension = JSONName("modifierExtension")
    static let patient = JSONName("patient")
    static let profile = JSONName("profile")
    static let reference = JSONName("reference")
    static let start = JSONName("start")
    static let subject = JSONName("subject")
    static let markedValue = JSONName("_value")
    static let system = JSONName("system")
    static let text = JSONName("text")
    static let unit = JSONName("unit")
    static let value = JSONName("value")
    static let versionId = JSONName("versionId")
}

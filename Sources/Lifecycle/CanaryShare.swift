/// Which patients a canary answers for: a stable share by keyed hash.
///
/// The key is the installation's, so nobody outside can tell or choose the arm of a patient; the
/// salt is the document's, so a second trial draws another share. Gateways with the same key and
/// document put a patient into the same arm, and so does a restarted one.
package enum CanaryShare {
    /// What is authenticated with the key: the salt, the service and the patient, told apart.
    package static func text(salt: String, service: String, patientID: String) -> [String] {
        ["limen-arm/1", salt, service, "Patient/" + patientID]
    }

    /// Whether a patient with this code lies within the share.
    ///
    /// The first 53 bits are a fraction of one, which is what a Double holds exactly.
    package static func holds(_ code: [UInt8], share: Double) -> Bool {
        precondition(code.count >= 8, "a code has at least 8 bytes")
        let bits = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(bits >> 11) / Double(UInt64(1) << 53) < share
    }
}

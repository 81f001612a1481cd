/// The golden cases of one profile, read.
package struct GoldenSuite: Sendable {
    /// The cases in the order of their files.
    package let cases: [GoldenCase]
    /// The files that cannot be read as cases, and why.
    package let findings: [CatalogueFinding]

    /// Reads every JSON file of `Profiles/NAME/cases`.
    ///
    /// - Parameters:
    ///   - profile: the name of the folder.
    ///   - files: the bytes of the configuration's files by relative path.
    package init(profile: String, files: [String: [UInt8]]) {
        let folder = "Profiles/" + profile + "/cases/"
        var cases: [GoldenCase] = []
        var findings: [CatalogueFinding] = []
        for file in files.keys.sorted() where file.hasPrefix(folder) && file.hasSuffix(".json") {
            do {
                cases += try GoldenCase.read(files[file] ?? [], file: file, profile: profile)
            } catch {
                findings.append(error)
            }
        }
        self.cases = cases
        self.findings = findings
    }
}

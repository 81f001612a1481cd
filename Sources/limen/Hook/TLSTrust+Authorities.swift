import Crypto

extension TLSTrust {
    /// Trusts the authorities of a file, or those of the machine without one.
    ///
    /// - Throws: `CommandError` when the file cannot be read, or holds none.
    static func ofAuthorities(_ path: String?) throws(CommandError) -> TLSTrust {
        let bundle = try path.map { path throws(CommandError) in
            try ConfigurationFiles.bytes(path)
        }
        do {
            guard let bundle else { return try TLSTrust.system() }
            return try TLSTrust.bundle(bundle)
        } catch {
            throw CommandError(
                .badInput,
                "the file of authorities that are trusted, \(path ?? ""), holds none or "
                    + "is cut or damaged; it takes whole blocks of PEM certificates"
            )
        }
    }
}

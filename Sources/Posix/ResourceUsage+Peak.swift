extension ResourceUsage {
    /// The largest resident size so far in bytes, of this or another process; `nil` when unknown.
    package static func residentBytesPeak(process: Int32?) -> Int? {
        let owner = process.map { String($0) } ?? "self"
        guard let bytes = try? File.read(path: "/proc/\(owner)/status", bytesMax: 65_536) else {
            return nil
        }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("VmHWM:") {
            return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1_024 }
        }
        return nil
    }
}

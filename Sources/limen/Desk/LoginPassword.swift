import Basics
import Posix

/// A password for a login, which never stands on a command line: those are for all to see.
enum LoginPassword {
    /// Reads the first line of a file that nobody else may read, or of standard input for `-`.
    ///
    /// - Returns: `nil` when no file is named: the login gets no password.
    /// - Throws: `CommandError` that says nothing of what was read.
    static func read(_ path: String?) throws(CommandError) -> String? {
        guard let path else { return nil }
        let bytes = path == "-" ? try ofInput() : try ofFile(path)
        let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        let text = String(decoding: line, as: UTF8.self)
        guard Array(text.utf8) == Array(line), !line.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else {
            throw CommandError(.badInput, "the password is not one line of UTF-8 text")
        }
        guard text.count >= Limits.loginPasswordCharactersMin else {
            throw CommandError(
                .badInput,
                "the password has fewer than \(Limits.loginPasswordCharactersMin) characters"
            )
        }
        return text
    }

    private static func ofInput() throws(CommandError) -> [UInt8] {
        do throws(SystemError) {
            return try Terminal.readInput(bytesMax: Limits.loginPasswordBytesMax)
        } catch {
            throw CommandError(.badInput, "standard input cannot be read: \(error.text)")
        }
    }

    private static func ofFile(_ path: String) throws(CommandError) -> [UInt8] {
        do throws(PrivateFile.Fault) {
            return try PrivateFile.read(path: path, bytesMax: Limits.loginPasswordBytesMax)
        } catch {
            switch error {
            case .system(let problem):
                throw CommandError(.badInput, "\(path) cannot be read: \(problem.text)")
            case .notRegular: throw CommandError(.badInput, "\(path) is no regular file")
            case .foreignOwner:
                throw CommandError(.badInput, "\(path) belongs to another account")
            case .openToOthers:
                throw CommandError(.badInput, "others may read \(path): chmod 600 it first")
            }
        }
    }
}

import Basics
import Gateway
import JSON
import Posix

/// The configuration with its clients, for commands about clients.
struct ClientFiles {
    /// Every file by its path below the home.
    let files: [String: [UInt8]]
    /// The folder that the clients lie in.
    let folder: String
    /// Whether clients are let in whose keys everybody knows.
    let isDevelopment: Bool

    /// The options that every one of these commands takes.
    static let values: Set<String> = ["clients"]

    /// Reads the files of the home, and those of `--clients FOLDER`.
    static func read(_ parsed: Arguments) throws(CommandError) -> ClientFiles {
        let home = try ConfigurationFiles.home()
        let clients = parsed.value("clients") ?? Terminal.environment("LIMEN_CLIENTS")
        return ClientFiles(
            files: try ConfigurationFiles.read(home: home, clients: clients),
            folder: clients ?? home + "/Hooks/clients",
            isDevelopment: parsed.has("development")
        )
    }

    /// Loads everything, or says everything that is wrong.
    func load() -> Result<Catalogue, CatalogueError> {
        do throws(CatalogueError) {
            return .success(
                try Catalogue(files: files, now: Clock.now(), isDevelopment: isDevelopment)
            )
        } catch {
            return .failure(error)
        }
    }

    /// The path on disk of a client's file, such as `Hooks/clients/ward-ehr.json`.
    func path(of file: String) -> String {
        let prefix = "Hooks/clients/"
        return file.hasPrefix(prefix) ? folder + "/" + file.dropFirst(prefix.count) : file
    }

    /// The clients that words name, all without any.
    func chosen(
        _ words: [String],
        of catalogue: Catalogue
    ) throws(CommandError) -> [Client] {
        let all = catalogue.clients.clients
        guard !words.isEmpty else { return all.values.sorted { $0.id < $1.id } }
        var chosen: [Client] = []
        for word in words {
            guard let client = all[word] else {
                let known = all.keys.sorted().joined(separator: ", ")
                throw CommandError(.usage, "there is no client \(word); known are \(known)")
            }
            chosen.append(client)
        }
        return chosen
    }
}

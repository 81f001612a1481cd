import Basics
import CLinux
import Glibc

/// Tells when something below a folder changes (inotify): no polling.
///
///     let watcher = try FileWatcher(folders: ["Profiles/news2"])
///     while try watcher.waitForChange() { redraw() }
///
/// Folders are watched and not files, because editors write a new file and rename it. A folder
/// that appears later is watched from then on.
package final class FileWatcher: Sendable {
    private let descriptor: Descriptor
    private let wakeUp: WakeUp
    private let roots: [String]
    private let flatRoots: [String]

    /// Starts to watch.
    ///
    /// - Parameters:
    ///   - folders: folders that are watched with all below them.
    ///   - flatFolders: folders of which only the files directly in them are watched.
    /// - Throws: `SystemError`; a flat folder must be there, a tree may come later.
    package init(folders: [String], flatFolders: [String] = []) throws(SystemError) {
        let raw = try SystemCall.run { limen_inotify_init() }
        descriptor = Descriptor(adopting: raw)
        wakeUp = try WakeUp.open()
        roots = folders
        flatRoots = flatFolders
        for folder in flatFolders {
            try SystemCall.run {
                unsafe inotify_add_watch(descriptor.raw, folder, limen_inotify_changes)
            }
        }
        try addAll()
    }

    /// Waits until something has changed and it is quiet again; `false` after `stop`.
    package func waitForChange() throws(SystemError) -> Bool {
        var hasChanged = false
        for _ in 0..<Limits.watchBurstsMax {
            let timeout = hasChanged ? Limits.watchQuietMilliseconds : -1
            var entries = [
                pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wakeUp.descriptor.raw, events: Int16(POLLIN), revents: 0),
            ]
            let ready = try SystemCall.run { unsafe poll(&entries, 2, Int32(timeout)) }
            if entries[1].revents != 0 { return false }
            if ready == 0 { break }
            drain()
            hasChanged = true
        }
        try addAll()
        return true
    }

    /// Lets a waiting thread return, from any thread.
    package func stop() { wakeUp.signal() }

    /// Watches every folder; one that is watched already keeps its watch.
    private func addAll() throws(SystemError) {
        var pending = roots
        var count = 0
        while let path = pending.popLast(), count < Limits.watchedFoldersMax {
            count += 1
            let added = unsafe inotify_add_watch(descriptor.raw, path, limen_inotify_changes)
            // A folder may go while it is being looked at; its own change tells of it.
            guard added >= 0 else {
                if errno == ENOSPC { throw SystemError(code: ENOSPC) }
                continue
            }
            for name in (try? Folder.names(path: path)) ?? [] {
                let inner = path + "/" + name
                if Folder.isFolder(path: inner) { pending.append(inner) }
            }
        }
    }

    private func drain() {
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let moved = unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor.raw, $0.baseAddress, $0.count)
            }
            guard moved > 0 else { return }
        }
    }
}

import Posix

// Takes the sockets that are handed over to it, and says which: a process of its own for the test
// of `InheritedSockets`, which cannot place descriptors in a process that uses them already.
//
//     taken 40123 40124       the ports of the sockets, in their order
//     fault notListening      or what is wrong with them
//     taken                   what is there for a second time: nothing
//     left LISTEN_PID         a variable that a child would find

/// Takes what is there, and says so.
func take() -> String {
    var ports: [String] = []
    do throws(InheritedSockets.Fault) {
        try InheritedSockets.take { socket in
            ports.append((try? socket.localAddress()).map { String($0.port) } ?? "unknown")
        }
    } catch {
        return "fault \(error)\n"
    }
    return (["taken"] + ports).joined(separator: " ") + "\n"
}

Terminal.writeOutput(take())
Terminal.writeOutput(take())
for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
where Terminal.environment(name) != nil {
    Terminal.writeOutput("left \(name)\n")
}

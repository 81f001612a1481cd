import Basics
import Crypto

/// A server's end of TLS and a client's, joined by memory.
struct SecuredPair {
    let server: TLSServerSession
    let client: TLSSession
    private let exchange: TLSExchange

    /// Makes a connection, to the end of its handshake.
    init(
        _ context: TLSServerContext,
        _ trust: TLSTrust,
        _ exchange: TLSExchange,
        _ plain: inout [UInt8]
    ) throws {
        server = try TLSServerSession(context, exchange)
        client = try TLSSession(trust, expecting: .name("localhost"))
        self.exchange = exchange
        while !server.isEstablished {
            _ = try client.handshake()
            let bytes = client.takeOutput()
            precondition(!bytes.isEmpty, "the handshake stands still")
            _ = try server.receive(bytes, bytes.count, into: &plain)
            client.received(takeOutput()[...])
        }
    }

    /// What the server's end has to send.
    func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        exchange.takeOutput(into: &bytes)
        return bytes
    }
}

extension Parts {
    /// TLS 1.3 with the certificate that `./limen up --tls` would make.
    ///
    /// The client is in the process too: a handshake and what is read are the cost of both ends,
    /// what is written that of the server's alone.
    static func security(_ body: [UInt8]) throws -> [Part] {
        guard let authority = IssuedCertificate.authority(commonName: "bench", days: 2),
            let own = authority.issue(
                commonName: "localhost",
                names: "DNS:localhost",
                purpose: .server,
                days: 2
            )
        else { preconditionFailure("no certificate") }
        let context = try TLSServerContext.make(.init(chain: own.certificate, key: own.key))
        let trust = try TLSTrust.bundle(authority.certificate)
        let exchange = TLSExchange()
        var plain = [UInt8](repeating: 0, count: Limits.tlsPlainBytesMax)
        let pair = try SecuredPair(context, trust, exchange, &plain)
        return [
            Part(name: "tls.handshake") {
                let made = try SecuredPair(context, trust, exchange, &plain)
                precondition(made.client.isEstablished, "no connection")
            },
            Part(name: "tls.read", byteCount: body.count) {
                try pair.client.write(body)
                let bytes = pair.client.takeOutput()
                let received = try pair.server.receive(bytes, bytes.count, into: &plain)
                precondition(received.plainCount == body.count, "bytes were lost")
            },
            Part(name: "tls.write", byteCount: body.count) {
                try pair.server.write(body[...])
                precondition(pair.takeOutput().count > body.count, "bytes were lost")
            },
        ]
    }
}

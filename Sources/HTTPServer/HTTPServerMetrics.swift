/// What a server tells about its traffic; the closures run on its loops and must be quick.
package struct HTTPServerMetrics: Sendable {
    /// A response was handed over: status, method, microseconds since the request was complete.
    ///
    /// The method is empty when the server itself refused.
    package var requestFinished: @Sendable (_ status: Int, _ method: String, _ micros: Int) -> Void
    /// A connection was accepted.
    package var connectionOpened: @Sendable () -> Void
    /// A connection was closed.
    package var connectionClosed: @Sendable () -> Void
    /// The server itself refused something: the code of the reason.
    package var refused: @Sendable (_ code: String) -> Void
    /// So many responses were not handed over, because their client was gone or took no more, or
    /// because they came when its time was over.
    package var undelivered: @Sendable (_ count: Int) -> Void

    /// Tells nobody.
    package init() {
        requestFinished = { _, _, _ in }
        connectionOpened = {}
        connectionClosed = {}
        refused = { _ in }
        undelivered = { _ in }
    }
}

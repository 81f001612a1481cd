import Basics

/// The limits of a connection; a configuration may lower them.
package struct HTTPConnectionLimits: Sendable {
    /// How long a handshake may take.
    package var handshakeMilliseconds = Limits.httpHandshakeMilliseconds
    /// How long a head may take.
    package var headMilliseconds = Limits.httpHeadMilliseconds
    /// How long a body may take.
    package var bodyMilliseconds = Limits.httpBodyMilliseconds
    /// The time before the least rate of a body counts.
    package var bodyRateGraceMilliseconds = Limits.httpBodyRateGraceMilliseconds
    /// The least rate of a body.
    package var bodyBytesPerSecondMin = Limits.httpBodyBytesPerSecondMin
    /// How long a connection may be idle.
    package var idleMilliseconds = Limits.httpIdleMilliseconds
    /// How long a handler may take.
    package var handlerMilliseconds = Limits.httpHandlerMilliseconds
    /// How long a request may take from its first byte to its answer.
    package var requestMilliseconds = Limits.httpRequestMilliseconds
    /// How long the peer may take too little of a response.
    package var writeStallMilliseconds = Limits.httpWriteStallMilliseconds
    /// What it must take in that time.
    package var writeStallBytesMin = Limits.httpWriteStallBytesMin
    /// How long a connection is read from after our last word.
    package var lingerMilliseconds = Limits.httpLingerMilliseconds
    /// How many bytes are read away after our last word.
    package var lingerBytesMax = Limits.httpLingerBytesMax
    /// How many requests a connection may carry.
    package var requestCountMax = Limits.httpRequestsPerConnectionMax
    /// How many responses may wait unsent.
    package var pipelineDepthMax = Limits.httpPipelineDepthMax
    /// How many bytes may wait unsent.
    package var unsentBytesMax = Limits.httpUnsentBytesMax

    /// The limits of the house.
    package init() {}
}

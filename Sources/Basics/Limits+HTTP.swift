/// The limits of the HTTP edge; the server's configuration may only lower them.
extension Limits {
    /// The longest request line in bytes.
    ///
    /// RFC 9112 section 3 recommends at least 8,000 octets.
    @inlinable public static var httpRequestLineBytesMax: Int { 8_192 }

    /// The longest field line (name, colon, value) in bytes; a bearer token stays below it.
    @inlinable public static var httpFieldBytesMax: Int { 8_192 }

    /// The longest head in bytes, request line included: what one connection may make us hold
    /// before anybody is authenticated.
    @inlinable public static var httpHeadBytesMax: Int { 32_768 }

    /// How many field lines a head may have; browsers and proxies send fewer than 40.
    @inlinable public static var httpFieldCountMax: Int { 100 }

    /// The largest body in bytes: 16 MB.
    ///
    /// A prefetch of 200 KB is large; 10 MB must still be answered by the application, and
    /// beyond this the answer is 413 before a byte of it is kept.
    @inlinable public static var httpBodyBytesMax: Int { 16 << 20 }

    /// How many bytes of a body are reserved before they have arrived.
    ///
    /// A declared length is only a claim; memory grows with what was really sent.
    @inlinable public static var httpBodyReservedBytesMax: Int { 1 << 18 }

    /// The largest body that is read whatever its path is: 64 KB, two heads.
    ///
    /// Its refusal leaves the connection open. A larger one, one in chunks and one that waits for
    /// `100 Continue` is read only if the path takes it.
    @inlinable public static var httpUnaskedBodyBytesMax: Int { 1 << 16 }

    /// How many bytes of requests that are not complete one loop keeps: 128 MB, eight of the
    /// largest bodies or 600 large prefetches that are on their way at the same moment.
    ///
    /// Above this the largest one of the address with the most is refused with 503, until an
    /// eighth is free again: who sends much without an end makes room for who sends little,
    /// however many connections it has. An address that is alone may have all of it. What is
    /// complete is at work and gives way to nobody.
    @inlinable public static var httpReceivedLoopBytesMax: Int { 128 << 20 }

    /// The digits of a chunk size: eight hexadecimal digits reach 4 GB, far above any body.
    @inlinable public static var httpChunkSizeDigitsMax: Int { 8 }

    /// The longest chunk extension in bytes; extensions are not used by anybody we serve.
    @inlinable public static var httpChunkExtensionBytesMax: Int { 256 }

    /// The bytes of framing that a chunk may cost before its data must pay for them: size, line
    /// ends and a short extension.
    @inlinable public static var httpChunkFramingBytes: Int { 16 }

    /// The bytes of framing in a body above that and above twice its data, so that nobody makes us
    /// read a hundred bytes of extensions for each byte of a body.
    @inlinable public static var httpChunkUnpaidBytesMax: Int { 16_384 }

    /// The longest trailer section in bytes; trailers are read only to be dropped.
    @inlinable public static var httpTrailerBytesMax: Int { 4_096 }

    /// How many trailer lines may come.
    @inlinable public static var httpTrailerCountMax: Int { 32 }

    /// How long a TLS handshake may take, in milliseconds: two round trips and one signature, so
    /// even a slow link needs a tenth of it.
    @inlinable public static var httpHandshakeMilliseconds: Int { 5_000 }

    /// How many handshakes may be under way on one loop, counted from a client's first byte.
    ///
    /// A handshake costs us a signature, hundreds of times what it costs who begins it, and some
    /// 40 KB until it is over; a connection that says nothing costs neither. Above this the oldest
    /// one of the address with the most is closed: an honest client needs two round trips, so the
    /// oldest is the likeliest never to end.
    @inlinable public static var httpHandshakeCountMax: Int { 1_024 }

    /// How many of these one address, or one IPv6 network of 64 bits, may have under way; half, so
    /// that others always find room, and a hospital behind one address can come back all at once.
    ///
    /// Above this its own oldest one is closed.
    @inlinable public static var httpHandshakesPerAddressMax: Int { 512 }

    /// How long a head may take from its first byte, in milliseconds.
    ///
    /// A new connection may wait as long with that byte: whoever says nothing has not the time of a
    /// client that we know.
    @inlinable public static var httpHeadMilliseconds: Int { 10_000 }

    /// How long a body may take from the end of its head, in milliseconds.
    @inlinable public static var httpBodyMilliseconds: Int { 30_000 }

    /// The time before the least rate of a body is enforced, in milliseconds.
    @inlinable public static var httpBodyRateGraceMilliseconds: Int { 5_000 }

    /// The least rate of a body in bytes for each second, after the grace.
    @inlinable public static var httpBodyBytesPerSecondMin: Int { 1_024 }

    /// How long a connection may wait for its next request, in milliseconds.
    ///
    /// Above the 30 to 60 seconds for which clients usually keep theirs.
    @inlinable public static var httpIdleMilliseconds: Int { 75_000 }

    /// How long a handler may take, in milliseconds.
    ///
    /// Far above every deadline of a service: this bound is for our own mistakes.
    @inlinable public static var httpHandlerMilliseconds: Int { 30_000 }

    /// How long a request may take from its first byte to its answer, in milliseconds.
    ///
    /// Less than head, body and handler may take together: who uses up the one has less of the
    /// others, so a connection cannot be held by being slow in everything.
    @inlinable public static var httpRequestMilliseconds: Int { 45_000 }

    /// The least rate in bytes for each second at which a peer must take a response: who keeps it
    /// is served to the end, as with the bodies that it sends.
    @inlinable public static var httpReaderBytesPerSecondMin: Int { 1_024 }

    /// The largest step in bytes in which a peer that reads on and on says that it has room again.
    ///
    /// Linux reopens a window that was full when a sixteenth of the buffer, or a segment, is free:
    /// 64 KB on the loopback and with a buffer of 1 MB, fewer as a rule.
    @inlinable public static var httpReaderStepBytesMax: Int { 1 << 16 }

    /// How long the peer may take too little of a response, in milliseconds: nearly twice the time
    /// from one step to the next at the least rate.
    @inlinable public static var httpWriteStallMilliseconds: Int { 120_000 }

    /// How many bytes of a response the peer must acknowledge in that time, or one byte now and
    /// then would hold a connection without end.
    ///
    /// What the least rate makes, less a step that is not acknowledged yet, less a little.
    @inlinable public static var httpWriteStallBytesMin: Int { 49_152 }

    /// How many bytes may wait on one loop for peers that take no more at present: 256 MB.
    ///
    /// Above this the peer for whom the most waits is dropped, so that slow readers hold a bounded
    /// amount of memory however large the answers are.
    @inlinable public static var httpUnsentLoopBytesMax: Int { 256 << 20 }

    /// How many bytes that were sent may stand before those that wait: 64 KB.
    ///
    /// Above this they are dropped as soon as fewer wait, so that a queue that never becomes empty
    /// stays as large as what waits in it.
    @inlinable public static var httpSentBytesKept: Int { 1 << 16 }

    /// How many bytes must have waited on a loop for freed memory to go back to the kernel when
    /// nothing waits any more: 8 MB, as much as the allocator keeps at its end in any case.
    @inlinable public static var httpMemoryReturnBytesMin: Int { 8 << 20 }

    /// How many connections of a loop must have ended for the same: 256, as each holds some 20 KB
    /// with TLS.
    @inlinable public static var httpMemoryReturnConnectionCountMin: Int { 256 }

    /// How long it takes at least from one return of memory to the next, in milliseconds: it costs
    /// some milliseconds of a core, which nobody shall be able to ask for again and again.
    @inlinable public static var httpMemoryReturnMilliseconds: Int { 10_000 }

    /// How many messages of its handshake a client may send when that is over: 32.
    ///
    /// In TLS 1.3 these are updates of keys (RFC 8446 section 4.6.3), each of which makes us derive
    /// keys and answer, though nobody is asked anything. 2^24 records are safe with one key
    /// (section 5.5), and a connection with all requests that it may carry needs fewer; libraries
    /// renew theirs after 128 GB. In TLS 1.2 it is a renegotiation that is refused each time.
    @inlinable public static var httpKeyUpdateCountMax: Int { 32 }

    /// How many bytes the kernel keeps of what the peer has not been sent yet.
    ///
    /// What it keeps beyond is memory that a slow reader holds.
    @inlinable public static var httpUnsentKernelBytesMax: Int { 1 << 17 }

    /// How long a connection is read from after our last word, in milliseconds.
    ///
    /// RFC 9112 section 9.6: a close with unread input sends a reset, which can destroy the
    /// response on its way.
    @inlinable public static var httpLingerMilliseconds: Int { 2_000 }

    /// How many bytes are read away while lingering: twice the largest body, so that a client
    /// that sends all before it reads still sees its 413.
    @inlinable public static var httpLingerBytesMax: Int { 32 << 20 }

    /// How many requests one connection may carry before it is asked to reconnect, so that load
    /// moves when instances come and go.
    @inlinable public static var httpRequestsPerConnectionMax: Int { 10_000 }

    /// How many connections may be open in all.
    ///
    /// Above this one without a request under way gives way to the newcomer: the oldest of the
    /// address with the most, so that few addresses cannot close the door to others.
    @inlinable public static var httpConnectionCountMax: Int { 8_192 }

    /// How many descriptors are kept for what is no connection of a client: 512.
    ///
    /// 256 for newcomers that wait for others to give way; the rest for listeners, loops, the
    /// database, FHIR servers, the spool and files. A process that may have fewer than twice this
    /// keeps half of them.
    @inlinable public static var httpDescriptorReserve: Int { 512 }

    /// How many connections of the address with the most give way at once when no descriptor is
    /// left, and at most a quarter of what it has.
    @inlinable public static var httpShortageLeaverCountMax: Int { 32 }

    /// How many newcomers above that may wait for others to give way: as many as are accepted at
    /// once; each holds a descriptor meanwhile.
    @inlinable public static var httpNewcomerCountMax: Int { 256 }

    /// How many addresses are asked to give way, those with the most first; others are asked when
    /// all connections of the first have requests under way.
    @inlinable public static var httpHeaviestAddressCountMax: Int { 4 }

    /// How many connections of an address are looked at for one that can give way; the next
    /// newcomer goes on behind them.
    @inlinable public static var httpLeaversLookedAtMax: Int { 64 }

    /// How many connections one address, or one IPv6 network of 64 bits, may hold; half, as a proxy
    /// may stand before us.
    @inlinable public static var httpConnectionsPerAddressMax: Int { 4_096 }

    /// How many answered requests of one connection may wait unsent before we stop reading.
    @inlinable public static var httpPipelineDepthMax: Int { 16 }

    /// How many unsent bytes of one connection may wait before we stop answering it.
    ///
    /// Beside what the kernel keeps: thousands that do not read hold as much each.
    @inlinable public static var httpUnsentBytesMax: Int { 1 << 17 }

    /// The bytes a loop reads at once.
    @inlinable public static var httpReadBytes: Int { 1 << 16 }

    /// How many connections may wait to be accepted; the kernel lowers it to its own bound.
    @inlinable public static var httpWaitingConnectionCountMax: Int { 1_024 }

    /// How often a loop receives from one connection before the others have their turn.
    ///
    /// With `httpReadBytes` each, half a megabyte: who sends without end holds nobody up for longer
    /// than it takes to read that.
    @inlinable public static var httpReceivesPerTurnMax: Int { 8 }

    /// How long nobody is accepted after the descriptors ran out, in milliseconds.
    ///
    /// The listener stays readable meanwhile, so that to look at once would be to look without end;
    /// and who waits for a tenth of a second in the queue of the kernel still has an answer.
    @inlinable public static var httpAcceptPauseMilliseconds: Int { 100 }

    /// How long open requests may take when the service stops, in milliseconds.
    ///
    /// A decision takes fractions of a second and the commit of its row some seconds at worst; a
    /// service manager waits for 30 to 90 before it kills.
    @inlinable public static var httpDrainMilliseconds: Int { 10_000 }

    /// How many events a loop takes from the kernel at once.
    @inlinable public static var httpEventsPerTurnMax: Int { 256 }

    /// The largest response our own client accepts, in bytes.
    @inlinable public static var httpClientResponseBytesMax: Int { 64 << 20 }

    /// How many interim responses (1xx) may come before the one that counts.
    @inlinable public static var httpInterimResponsesMax: Int { 8 }
}

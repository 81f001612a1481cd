/// The limits of what we ask of other servers.
extension Limits {
    /// How many connections one client of ours may hold to one server.
    ///
    /// A hook call fetches a handful of keys; more at once would be a load test of the hospital.
    @inlinable public static var outboundConnectionsPerServerMax: Int { 8 }

    /// How many requests may wait for a connection to one server.
    @inlinable public static var outboundWaitingMax: Int { 64 }

    /// How many connections may be open to all servers.
    @inlinable public static var outboundConnectionsMax: Int { 512 }

    /// How long an unused connection is kept, in milliseconds: below the minute after which
    /// servers and firewalls usually forget one.
    @inlinable public static var outboundIdleMilliseconds: Int { 30_000 }

    /// How many requests one connection carries, so that load moves when servers come and go.
    @inlinable public static var outboundRequestsPerConnectionMax: Int { 1_000 }

    /// How many addresses of one name are tried.
    @inlinable public static var outboundAttemptsMax: Int { 3 }

    /// How many addresses one name may stand for; all of them are checked.
    @inlinable public static var outboundAddressesMax: Int { 256 }

    /// How many names are looked up at once; each look-up holds a thread.
    @inlinable public static var lookUpsMax: Int { 4 }

    /// How many names may wait to be looked up.
    @inlinable public static var lookUpsWaitingMax: Int { 64 }

    /// The bytes one outgoing connection reads at once.
    @inlinable public static var outboundReadBytes: Int { 1 << 16 }
}

/// The limits of completing a prefetch.
extension Limits {
    /// How many pages of one key are fetched: 5,000 resources at the usual size of a page.
    @inlinable public static var fetchedPagesMax: Int { 10 }

    /// The largest page in bytes; as much as a hook call may bring itself.
    @inlinable public static var fetchedPageBytesMax: Int { 8 << 20 }

    /// After how many bytes of one key no further page is asked for.
    @inlinable public static var fetchedKeyBytesMax: Int { 8 << 20 }

    /// The longest access token in bytes: a field of our own edge has no more.
    @inlinable public static var accessTokenBytesMax: Int { 8_000 }
}

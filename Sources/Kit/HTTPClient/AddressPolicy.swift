/// Which addresses may be connected to: public ones, and those that an operator has allowed. Whoever can choose an
/// address for us could otherwise reach what only this machine or its network sees.
public struct AddressPolicy: Sendable, Equatable {
    /// Allowed whatever they are.
    public let allowed: [Network]

    public init(allowed: [Network] = []) {
        self.allowed = allowed
    }

    /// Why an address is refused, in a word or two: `loopback`, `private`; nil when it may be connected to.
    public func refusal(_ address: NetworkAddress) -> String? {
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        if let special = Self.special.first(where: { $0.network.contains(address) }) { return special.word }
        guard address.bytes.count == 16 else { return nil }
        // Of version 6 only 2000::/3 is given out for the internet.
        return address.bytes[0] & 0xE0 == 0x20 ? nil : "reserved"
    }

    /// The registries of special addresses of IANA, and what clouds give their machines' secrets out at.
    private static let special: [(network: Network, word: String)] =
        [
            ("168.63.129.16", "metadata"), ("169.254.169.254", "metadata"), ("100.100.100.200", "metadata"),
            ("192.0.0.192", "metadata"), ("fd00:ec2::254", "metadata"), ("0.0.0.0/8", "this host"),
            ("10.0.0.0/8", "private"), ("100.64.0.0/10", "carrier-grade NAT"), ("127.0.0.0/8", "loopback"),
            ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"), ("192.0.0.0/24", "reserved"),
            ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "6to4"), ("192.168.0.0/16", "private"),
            ("198.18.0.0/15", "benchmarking"), ("198.51.100.0/24", "documentation"),
            ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
            ("::/128", "this host"), ("::1/128", "loopback"),
            ("64:ff9b::/96", "NAT64"), ("64:ff9b:1::/48", "NAT64"), ("2001::/23", "reserved"),
            ("2001:db8::/32", "documentation"), ("2002::/16", "6to4"), ("3fff::/20", "documentation"),
            ("fc00::/7", "unique local"), ("fe80::/10", "link-local"), ("fec0::/10", "site-local"),
            ("ff00::/8", "multicast"),
        ].compactMap { text, word in Network(text).map { ($0, word) } }
}

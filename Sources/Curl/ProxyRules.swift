import Glibc

/// Which requests go through a proxy, by the variables that every program of the field reads, and
/// by the rules of Go's.
///
/// A variable is known by its name in capitals or in small letters; capitals win. A machine's own
/// addresses are never asked for through a proxy.
package struct ProxyRules: Sendable {
    /// What stands in a variable is no proxy. Its value is not shown: it may hold a password.
    package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        package let variable: String

        package var description: String {
            "\(variable) is no address of a proxy; write it as http://HOST:PORT, or with https"
                + " or socks5"
        }
    }

    private let http: String?
    private let https: String?
    private let exceptions: [Exception]

    /// No proxy at all.
    package static let none = ProxyRules()

    private init() { (http, https, exceptions) = (nil, nil, []) }

    /// Those of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
    package init(environment: [String: String]) throws(Fault) {
        func value(_ name: String) -> String? {
            [name, name.lowercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        func proxy(_ name: String) throws(Fault) -> String? {
            guard let text = value(name) else { return nil }
            guard let proxy = proxyURL(text) else { throw Fault(variable: name) }
            return proxy
        }
        http = try proxy("HTTP_PROXY")
        https = try proxy("HTTPS_PROXY")
        exceptions = (value("NO_PROXY") ?? "").split(separator: ",").compactMap { Exception($0) }
    }

    /// The proxy for a request to `url`; nil where it goes directly.
    package func proxy(for url: String) -> String? {
        guard let parts = URLParts(url) else { return nil }
        guard let proxy = parts.scheme == "https" ? https : http else { return nil }
        let host = withoutBrackets(parts.host).lowercased()
        let address = Address(host)
        if host == "localhost" || address?.isLoopback == true { return nil }
        let isExcepted = exceptions.contains {
            $0.contains(host: host, address: address, port: parts.effectivePort)
        }
        return isExcepted ? nil : proxy
    }
}

extension CurlRequest {
    /// Whether this reaches nobody but this machine: over a socket, or at an address of its own.
    package var staysOnMachine: Bool {
        if unixSocketPath != nil { return true }
        guard let parts = URLParts(url) else { return false }
        let host = withoutBrackets(parts.host).lowercased()
        // libcurl itself knows this name, and asks nobody for it.
        return host == "localhost" || Address(host)?.isLoopback == true
    }
}

/// One part of `NO_PROXY`.
private enum Exception: Sendable {
    case everything
    case network(Address, bits: Int)
    case host(Address, port: Int?)
    /// The name itself where `isItself`, and all names that end in it after a dot.
    case domain(String, isItself: Bool, port: Int?)

    init?(_ part: Substring) {
        let text = part.trimmed.lowercased()
        if text == "*" {
            self = .everything
            return
        }
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard let address = Address(String(halves[0])), let bits = Int(halves[1]),
                (0...address.length).contains(bits)
            else { return nil }
            self = .network(address, bits: bits + Address.bits - address.length)
            return
        }
        let (name, port) = nameAndPort(text)
        if name.isEmpty { return nil }
        if let address = Address(withoutBrackets(name)) {
            self = .host(address, port: port)
        } else if name.hasPrefix("*.") || name.hasPrefix(".") {
            self = .domain(
                String(name.drop { $0 == "*" || $0 == "." }), isItself: false, port: port)
        } else {
            self = .domain(name, isItself: true, port: port)
        }
    }

    func contains(host: String, address: Address?, port asked: Int) -> Bool {
        switch self {
        case .everything: true
        case .network(let network, let bits): address?.isIn(network, bits: bits) == true
        case .host(let known, let port): address == known && (port ?? asked) == asked
        case .domain(let name, let isItself, let port):
            (host.hasSuffix(".\(name)") || isItself && host == name) && (port ?? asked) == asked
        }
    }
}

/// An address of either family, in the form of the newer one.
private struct Address: Hashable, Sendable {
    static let bits = 128
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    private var bytes: [UInt8]
    /// The bits of an address as it was written.
    let length: Int

    init?(_ text: String) {
        var old = in_addr()
        var new = in6_addr()
        if inet_pton(AF_INET, text, &old) == 1 {
            length = 32
            bytes = Self.mapped + withUnsafeBytes(of: &old) { Array($0) }
        } else if inet_pton(AF_INET6, text, &new) == 1 {
            length = Self.bits
            bytes = withUnsafeBytes(of: &new) { Array($0) }
        } else {
            return nil
        }
    }

    static func == (left: Address, right: Address) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    var isLoopback: Bool {
        if bytes.starts(with: Self.mapped) { return bytes[12] == 127 }
        return bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    func isIn(_ network: Address, bits: Int) -> Bool {
        zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let kept = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> kept)
            return pair.0 & mask == pair.1 & mask
        }
    }
}

/// The address of a proxy as libcurl takes it; nil where it is none.
private func proxyURL(_ text: String) -> String? {
    let url =
        ["http://", "https://", "socks5://", "socks5h://"]
            .contains { text.lowercased().hasPrefix($0) } ? text : "http://\(text)"
    let rest = url.drop { $0 != ":" }
    // Whatever its scheme, what follows is that of any address.
    guard URLParts("http\(rest)") != nil, !url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f })
    else { return nil }
    return url
}

/// `host:8080`, `[::1]:8080`, or one of them without a port.
private func nameAndPort(_ text: String) -> (name: String, port: Int?) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return (text, nil) }
    let name = text[..<colon]
    // An IPv6 address without brackets has colons of its own.
    return name.contains(":") && !name.hasPrefix("[") ? (text, nil) : (String(name), Int(port))
}

private func withoutBrackets(_ host: String) -> String {
    host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
}

extension Substring {
    fileprivate var trimmed: Substring {
        let head = drop(while: \.isWhitespace)
        return head.lastIndex { !$0.isWhitespace }.map { head[...$0] } ?? ""
    }
}

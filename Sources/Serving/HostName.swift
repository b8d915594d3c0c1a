/// The name by which a client asked for us, as its `Host` field says it.
///
/// A page of a stranger may give its own name the address 127.0.0.1 and then read, in the browser
/// of somebody on this machine, whatever answers there. Its name stays in the field, so a listener
/// of this machine answers to the names of this machine only.
struct HostName: Hashable, Sendable, CustomStringConvertible {
    let description: String

    /// Nil for a field that names nobody.
    init?(_ field: String?) {
        guard let field else { return nil }
        let name: Substring
        if field.hasPrefix("["), let bracket = field.firstIndex(of: "]") {
            name = field[...bracket]
        } else {
            name = field.prefix { $0 != ":" }
        }
        // A dot at the end is the same name, written out.
        let whole = name.hasSuffix(".") ? name.dropLast() : name
        guard !whole.isEmpty else { return nil }
        description = whole.lowercased()
    }

    /// How this machine is called from itself; names of the network never lead here.
    static let ofThisMachine = ["127.0.0.1", "localhost", "[::1]"]
}

extension Listener.Address {
    /// The names that it answers to; nil for all. Who may open a socket file, or come to an open
    /// address, is decided elsewhere.
    var hostNames: [String]? {
        switch self {
        case .unix, .open, .everywhere: return nil
        case .loopback(let host, _):
            let own = host.contains(":") ? "[\(host)]" : host.lowercased()
            return HostName.ofThisMachine.contains(own)
                ? HostName.ofThisMachine : HostName.ofThisMachine + [own]
        }
    }

    /// Why a request with this `Host` field is not answered; nil where it is.
    func refusal(of field: String?) -> Response? {
        guard let hostNames else { return nil }
        let name = HostName(field)
        if let name, hostNames.contains(name.description) { return nil }
        var response = Response.text(
            "this is \(hostNames.joined(separator: ", ")), and not "
                + "\(name?.description ?? "a host without a name"); ask for one of those\n",
            status: 421)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}

import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Serves HTTP/1.1 at one address until its service group ends it.
///
/// A graceful end stops accepting, cancels open streams so that each body is ended properly, and
/// waits for the handlers that are still at work.
package struct Listener: Service {
    /// Where to listen.
    package enum Address: Sendable, Hashable {
        /// A socket file of mode 0600. Its directory must be closed to others, since the file
        /// exists for an instant before its mode is set.
        case unix(path: String)
        /// An address of this machine only, which answers to the names of this machine only; port
        /// 0 leaves the choice to the kernel.
        case loopback(host: String = "127.0.0.1", port: Int)
        /// Any address: inside a pod the network decides who may come.
        case open(host: String, port: Int)
        /// Every address of a pod, those of IPv6 and of IPv4 as far as there are any.
        case everywhere(port: Int)
    }

    /// What one client may take of us.
    package struct Limits: Sendable {
        /// The largest request body; as much as a Kubernetes API server takes.
        package var bodyBytes = 3 << 20
        /// All header fields of a request; room for a bearer token and cookies, not for an attack.
        package var headerBytes = 64 << 10
        package var headerCount = 200
        /// Seconds without a byte on a connection that waits for, or reads, a request.
        package var idleSeconds = 90
        /// Open connections; each watch of each client holds one.
        package var connections = 1024

        package init() {}
    }

    let address: Address
    let limits: Limits
    private let logger: Logger
    private let onBound: @Sendable (Int) async -> Void
    let handler: @Sendable (Request) async -> Response

    /// - Parameters:
    ///   - onBound: called once, before the first request, with the port that was bound (0 for a
    ///     socket file).
    ///   - handler: answers one request; may run many times at once.
    package init(
        at address: Address, limits: Limits = Limits(), logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void = { _ in },
        handler: @escaping @Sendable (Request) async -> Response
    ) {
        self.address = address
        self.limits = limits
        self.logger = logger
        self.onBound = onBound
        self.handler = handler
    }

    /// Serves until a graceful shutdown or a cancellation.
    /// - Throws: `ListenerError` for an address that must not be used; the system's error where it
    ///   cannot be bound.
    package func run() async throws {
        let bind = try bindAddress()
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerCount)
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                await respond(to: request)
            },
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Int64(limits.idleSeconds)),
                    httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: bind,
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
            onServerRunning: { channel in await bound(channel) },
            logger: logger)
        try await application.run()
        if case .unix(let path) = address { unlink(path) }
    }

    private func bindAddress() throws(ListenerError) -> BindAddress {
        switch address {
        case .unix(let path):
            try requireClosedDirectory(of: path)
            return .unixDomainSocket(path: path)
        case .loopback(let host, let port):
            guard host.hasPrefix("127.") || host == "::1" || host == "localhost" else {
                throw .notLoopback(host: host)
            }
            return .hostname(host, port: port)
        case .open(let host, let port):
            return .hostname(host, port: port)
        case .everywhere(let port):
            return .hostname(takesBoth() ? "::" : "0.0.0.0", port: port)
        }
    }

    private func bound(_ channel: any Channel) async {
        if case .unix(let path) = address, chmod(path, 0o600) != 0 {
            // The closed directory still keeps others out.
            logger.error("cannot set the mode of the socket", metadata: ["path": "\(path)"])
        }
        await onBound(channel.localAddress?.port ?? 0)
    }
}

/// Why an address is not served.
package enum ListenerError: Error, Hashable, CustomStringConvertible {
    case notLoopback(host: String)
    case directoryOpenToOthers(path: String)
    case directoryMissing(path: String)

    package var description: String {
        switch self {
        case .notLoopback(let host):
            "\(host) is no loopback address: use 127.0.0.1"
        case .directoryOpenToOthers(let path):
            "others may enter \(path), where the socket would be: set its mode to 0700"
        case .directoryMissing(let path):
            "\(path), where the socket should be, is no directory: create it with mode 0700"
        }
    }
}

private func requireClosedDirectory(of path: String) throws(ListenerError) {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    var status = stat()
    guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .directoryMissing(path: directory)
    }
    guard status.st_mode & 0o077 == 0 else { throw .directoryOpenToOthers(path: directory) }
}

/// Whether what is bound to all addresses of IPv6 has those of IPv4 as well: the kernel knows
/// IPv6, and nobody has told it to keep the two apart.
private func takesBoth() -> Bool {
    let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    var isOnly: Int32 = 1
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(probe, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isOnly, &size) == 0 && isOnly == 0
}

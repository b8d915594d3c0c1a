import Glibc
import Synchronization

@testable import LocalCluster

/// A server that answers every request with its name, on a port of the kernel's choice. Connections
/// are kept open.
final class TestBackend: Sendable {
    let endpoint: String
    private let socket: Int32
    private let target = Mutex("")
    private let isHeld: Mutex<Bool>

    /// What was asked for last, after the method.
    var lastTarget: String { target.withLock { $0 } }

    /// - Parameter isHeld: whether it answers nothing before it is let go.
    init(
        _ name: String, status: Int = 200, address: String = "127.0.0.1", isHeld: Bool = false
    ) throws {
        self.isHeld = Mutex(isHeld)
        (socket, endpoint) = try Self.listen(address)
        let answer =
            "HTTP/1.1 \(status) X\r\nX-Version: \(name)\r\n"
            + "Content-Length: \(name.utf8.count)\r\n\r\n\(name)"
        let socket = socket
        startThread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                if connection < 0 { return }
                startThread { [weak self] in
                    while let asked = readRequest(connection) {
                        self?.target.withLock { $0 = asked }
                        while self?.isHeld.withLock({ $0 }) == true { usleep(1_000) }
                        send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                    }
                    close(connection)
                }
            }
        }
    }

    deinit { stop() }

    func letGo() { isHeld.withLock { $0 = false } }

    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private static func listen(_ place: String) throws -> (Int32, String) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0, address: place)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        guard bound == 0, Glibc.listen(socket, 512) == 0 else {
            throw SystemFailure("cannot listen")
        }
        var length = size
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return (socket, "\(place):\(UInt16(bigEndian: address.sin_port))")
    }
}

private func loopback(port: Int, address text: String = "127.0.0.1") -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    inet_pton(AF_INET, text, &address.sin_addr)
    return address
}

/// The target of the next request; nil where the connection ends first.
private func readRequest(_ connection: Int32) -> String? {
    var seen: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(connection, &part, part.count)
        if count <= 0 { return nil }
        seen += part[..<count]
        guard seen.suffix(4) == [13, 10, 13, 10] else { continue }
        return String(decoding: seen, as: UTF8.self).split(separator: " ").dropFirst().first
            .map(String.init) ?? ""
    }
}

/// Runs blocking code on a thread of its own, so that it holds up no test.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box)
    pthread_detach(thread)
}

/// One request over a connection of its own. Returns the whole answer; nil where the connection
/// broke.
func fetch(
    address: String = "127.0.0.1", port: Int, host: String = "shop.test", path: String = "/",
    headers: String = ""
) async -> String? {
    let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(headers)Connection: close\r\n\r\n"
    return await withCheckedContinuation { continuation in
        startThread {
            continuation.resume(returning: ask(loopback(port: port, address: address), request))
        }
    }
}

private func ask(_ address: sockaddr_in, _ request: String) -> String? {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(connection) }
    var address = address
    let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else { return nil }
    guard send(connection, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return nil }
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(connection, &part, part.count)
        if count < 0 { return nil }
        if count == 0 { break }
        answer += part[..<count]
    }
    return answer.isEmpty ? nil : String(decoding: answer, as: UTF8.self)
}

/// The name of the backend that answered; nil where none did.
func version(of answer: String?) -> String? {
    guard let answer, answer.hasPrefix("HTTP/1.1 200") else { return nil }
    return answer.split(separator: "\r\n").first { $0.hasPrefix("X-Version: ") }.map {
        String($0.dropFirst(11))
    }
}

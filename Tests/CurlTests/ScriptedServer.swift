import Curl
import Dispatch
import Glibc

/// A small HTTP/1.1 server on a port that the kernel chooses. What it answers is a closure that
/// runs on a thread for each connection and may block: a test holds an answer back without any
/// clock.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        /// Names in lower case.
        let headers: [String: String]
        let body: String

        var path: String { String(target.prefix { $0 != "?" }) }
        var query: [String: String] {
            var query: [String: String] = [:]
            for pair in target.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                query[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            }
            return query
        }
    }

    typealias Script = @Sendable (Request, Dialogue) -> Void

    let port: UInt16
    private let listener: Int32
    private let seen = Lock<[Request]>([])
    private let connections = Lock<[Int32: Dialogue]>([:])
    private let threads = DispatchGroup()

    var url: String { "http://127.0.0.1:\(port)" }
    /// Everything that was asked so far, in order.
    var requests: [Request] { seen.withLock { $0 } }

    init(_ script: @escaping Script) throws {
        (listener, port) = try listening(backlog: 64)
        spawn { [self] in acceptAll(script) }
    }

    /// Hangs up on everybody and waits until all threads are gone.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        hangUpOnAll()
        threads.wait()
    }

    private func hangUpOnAll() {
        connections.withLock { connections in
            for connection in connections.values { connection.hangUp() }
        }
    }

    private func spawn(_ work: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "scripted server").async(group: threads, execute: work)
    }

    private func acceptAll(_ script: @escaping Script) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let connection = Dialogue(descriptor)
            connections.withLock { $0[descriptor] = connection }
            spawn { [self] in
                while let request = connection.read() {
                    seen.withLock { $0.append(request) }
                    script(request, connection)
                }
                _ = connections.withLock { $0.removeValue(forKey: descriptor) }
                connection.close()
            }
        }
        close(listener)
        // A connection that was accepted while `stop` hung up on the others.
        hangUpOnAll()
    }
}

struct ServerFailure: Error {
    let code: Int32
}

/// One connection of a `ScriptedServer`, used by the thread that serves it.
final class Dialogue: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// A whole answer.
    func answer(_ status: Int, _ body: String = "", headers: [String: String] = [:]) {
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let head = "HTTP/1.1 \(status) Scripted\r\n\(lines)Content-Length: \(body.utf8.count)"
        send("\(head)\r\n\r\n\(body)")
    }

    /// The head of an answer whose chunks follow.
    func begin(_ status: Int = 200) {
        send("HTTP/1.1 \(status) Scripted\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    func chunk(_ text: String) { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

    func end() { send("0\r\n\r\n") }

    /// Sends bytes as they are. False where the client has gone.
    @discardableResult
    func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Blocks until the client hangs up (or the server is stopped).
    func waitForHangUp() {
        var bytes = [UInt8](repeating: 0, count: 512)
        while recv(descriptor, &bytes, bytes.count, 0) > 0 {}
    }

    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    fileprivate func close() { Glibc.close(descriptor) }

    fileprivate func read() -> ScriptedServer.Request? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let bytes = receive(1) else { return nil }
            head += bytes
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let first = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(
                line[line.index(after: colon)...].dropFirst())
        }
        let count = headers["content-length"].flatMap { Int($0) } ?? 0
        guard let body = receive(count) else { return nil }
        return ScriptedServer.Request(
            method: String(first[0]), target: String(first[1]), headers: headers,
            body: String(decoding: body, as: UTF8.self))
    }

    private func receive(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            if got <= 0 { return nil }
            filled += got
        }
        return bytes
    }
}

/// Runs `body` against a server that is stopped in every case.
func withServer<Result>(
    _ script: @escaping ScriptedServer.Script, _ body: (ScriptedServer) async throws -> Result
) async throws -> Result {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    return try await body(server)
}

/// A socket that listens on a port of this machine that the kernel chooses.
func listening(backlog: Int32) throws -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && listen(listener, backlog) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard status else { throw ServerFailure(code: errno) }
    return (listener, UInt16(bigEndian: address.sin_port))
}

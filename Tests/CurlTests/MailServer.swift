import Curl
import Dispatch
import Glibc

/// A small SMTP server on a port that the kernel chooses, for one connection. Keeps what it was
/// told; answers recipients as it is asked to.
final class MailServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let heard = Lock<[String]>([])
    private let thread = DispatchGroup()

    var url: String { "smtp://127.0.0.1:\(port)" }
    /// Commands and lines of messages, in order.
    var lines: [String] { heard.withLock { $0 } }

    init(offering extensions: [String] = [], recipient: String = "250 fine") throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 1) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        guard isBound else { throw ServerFailure(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        DispatchQueue(label: "mail server").async(group: thread) { [self] in
            let descriptor = accept(listener, nil, nil)
            if descriptor >= 0 {
                talk(descriptor, extensions, recipient)
                Glibc.close(descriptor)
            }
        }
    }

    /// Waits until the connection is over.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        thread.wait()
    }

    // Not before: `stop` would meet whoever has the number by then.
    deinit { Glibc.close(listener) }

    private func talk(_ descriptor: Int32, _ extensions: [String], _ recipient: String) {
        func say(_ text: String) {
            let bytes = Array("\(text)\r\n".utf8)
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        var isText = false
        say("220 test")
        while let line = line(from: descriptor) {
            heard.withLock { $0.append(line) }
            if isText {
                if line == "." {
                    isText = false
                    say("250 taken")
                }
                continue
            }
            switch line.prefix(4).uppercased() {
            case "EHLO":
                let all = ["test"] + extensions
                for (index, text) in all.enumerated() {
                    say("250\(index + 1 < all.count ? "-" : " ")\(text)")
                }
            case "AUTH":
                // The login follows on a line of its own.
                say("334 ")
                if let login = self.line(from: descriptor) { heard.withLock { $0.append(login) } }
                say("235 welcome")
            case "RCPT": say(recipient)
            case "DATA":
                isText = true
                say("354 go on")
            case "QUIT":
                say("221 bye")
                return
            default: say("250 fine")
            }
        }
    }

    private func line(from descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 {
            if byte == UInt8(ascii: "\n") {
                return String(decoding: bytes.filter { $0 != 13 }, as: UTF8.self)
            }
            bytes.append(byte)
        }
        return nil
    }
}

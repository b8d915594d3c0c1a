import Glibc

/// Why a file that a configuration names could not be read.
package struct LocalFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String
    /// There is no such file, which some callers can live with.
    package var isMissing = false

    package var description: String { "\(path) \(reason)" }
}

/// A bundle of authorities is some 200 KiB; what is longer than this is not a configuration.
private let maximumFileBytes = 4 << 20

/// The content of a small file.
func readLocalFile(_ path: String) throws(LocalFileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        let code = errno
        throw LocalFileError(
            path: path, reason: "cannot be opened: \(text(ofError: code))",
            isMissing: code == ENOENT)
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(descriptor, &piece, piece.count)
        if count == 0 { return content }
        if count < 0 {
            if errno == EINTR { continue }
            throw LocalFileError(path: path, reason: "cannot be read: \(text(ofError: errno))")
        }
        content += piece[..<count]
        guard content.count <= maximumFileBytes else {
            throw LocalFileError(path: path, reason: "is longer than \(maximumFileBytes) bytes")
        }
    }
}

func text(ofError code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

import Foundation

/// Where a command writes, and whether colours make sense there.
struct Terminal: Sendable {
    let descriptor: Int32
    let palette: Palette

    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        palette = Palette(
            isColoured: Palette.suits(
                isTerminal: isatty(descriptor) == 1,
                environment: ProcessInfo.processInfo.environment))
    }

    /// Writes a line, or several.
    func say(_ text: String) {
        write(Array(text.utf8) + [UInt8(ascii: "\n")])
    }

    /// Writes everything, at once where the other side takes it. A reader that left ends the
    /// process quietly, as `sluice history | head` wants it.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { exit(1) }
            rest = rest.dropFirst(count)
        }
    }
}

/// Colours by meaning; none where nobody would see them.
struct Palette: Sendable {
    var isColoured: Bool

    static let plain = Palette(isColoured: false)

    /// On terminals only, and not against the wish of their owner (no-color.org).
    static func suits(isTerminal: Bool, environment: [String: String]) -> Bool {
        isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    enum Tone: String {
        case good = "32"
        case busy = "36"
        case waiting = "33"
        case bad = "31"
        case faint = "2"
        case strong = "1"
    }

    func paint(_ text: String, _ tone: Tone?) -> String {
        guard isColoured, let tone, !text.isEmpty else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}

/// Text of the cluster as a terminal may show it: one line, and nothing in it that would move the
/// cursor, change the screen or turn the direction of what follows.
func shown(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F: result.append(" ")
        case 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: result.append("\u{FFFD}")
        default: result.append(scalar)
        }
    }
    return String(result)
}

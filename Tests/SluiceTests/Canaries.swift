import Foundation

/// A different made-up secret for each kind of secret, the same for the same seed.
struct Canaries {
    enum Kind: String, CaseIterable {
        /// Values of a Secret that analysis arguments name.
        case token, basic, query
        /// Credentials that stand in a template as plain text.
        case header, login
        /// The login in the address of the controller's own Prometheus.
        case standardLogin
        /// Values of environment variables: written well, as a number, as a word, as a member.
        case environment, number, word, member
        /// What lets the command line in.
        case kubeconfigToken, kubeconfigLogin
    }

    /// Letters and digits, which no way of writing escapes.
    private let cores: [Kind: [String]]

    init(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var cores: [Kind: [String]] = [:]
        for kind in Kind.allCases {
            let characters =
                kind == .number ? "123456789" : "abcdefghkmnpqrstuvwxyzABCDEFGH23456789"
            cores[kind] = (0..<2).map { _ in
                String((0..<15).compactMap { _ in characters.randomElement(using: &generator) })
            }
        }
        self.cores = cores
    }

    /// The secret. Those that come from a Secret have characters that are escaped.
    subscript(kind: Kind) -> String {
        let cores = cores[kind] ?? []
        switch kind {
        case .query: return cores.joined(separator: "\"&<%+ \\/é'")
        case .basic:
            return Data("prober:\(cores.joined(separator: "/+"))".utf8).base64EncodedString()
        case .number: return cores[0]
        default: return cores.joined(separator: "-")
        }
    }

    /// Where any part of any of them can be read in `text`, in one of the spellings that people
    /// and programs use.
    func leaks(in text: String) -> [String] {
        let bytes = Data(text.utf8)
        return cores.flatMap { kind, cores in
            cores.flatMap { core in
                spellings(of: core).compactMap { name, part in
                    bytes.range(of: Data(part.utf8)).map { place in
                        let around = bytes[max(0, place.lowerBound - 60)..<place.upperBound]
                        return "\(kind) as \(name): \(String(decoding: around, as: UTF8.self))"
                    }
                }.prefix(1)
            }
        }
    }

    private func spellings(of core: String) -> [(String, String)] {
        let hexadecimal = core.utf8.map { String($0, radix: 16) }.joined()
        var all = windows(of: 8, in: core).map { ("text", $0) }
        all += windows(of: 16, in: hexadecimal).map { ("hexadecimal", $0) }
        for shift in 0..<3 {
            let base64 = Data((String(repeating: "x", count: shift) + core).utf8)
                .base64EncodedString().dropFirst(4).dropLast(4)
            all += windows(of: 11, in: String(base64)).map { ("base64", $0) }
        }
        return all
    }

    private func windows(of length: Int, in text: String) -> [String] {
        let characters = Array(text)
        guard characters.count >= length else { return [] }
        return (0...characters.count - length).map { String(characters[$0..<$0 + length]) }
    }
}

/// The same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

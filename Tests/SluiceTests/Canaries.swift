import Foundation

/// A different made-up secret for each kind of secret, the same for the same seed.
struct Canaries: Sendable {
    enum Kind: String, CaseIterable {
        /// Values of a Secret that analysis arguments name.
        case token, basic, query
        /// Values of Secrets that only pods and routers have to do with.
        case podSecret, tlsKey
        /// Credentials that stand in a template as plain text.
        case header, cookie, login
        /// The login in the address of the controller's own Prometheus.
        case standardLogin
        /// What lets messages in: by a Secret, and as plain text.
        case messageToken, messageHeader
        /// What lets the controller in.
        case controllerLogin
        /// Values of environment variables: written well, as a number, as a word, as a member.
        case environment, number, word, member
        /// What lets the command line in.
        case kubeconfigToken, kubeconfigLogin, kubeconfigPassword, kubeconfigKey, tokenFile
        case proxyLogin, pluginToken, pluginVariable
    }

    let seed: UInt64
    /// Letters and digits, which no way of writing has to escape.
    let cores: [Kind: [String]]
    private let search: CanarySearch

    init(seed: UInt64) {
        self.seed = seed
        var generator = SplitMix(state: seed)
        var cores: [Kind: [String]] = [:]
        for kind in Kind.allCases {
            let characters =
                kind == .number ? "123456789" : "abcdefghkmnpqrstuvwxyzABCDEFGH23456789"
            // Eight digits in a row are not rare enough.
            let length = kind == .number ? 40 : 15
            cores[kind] = (0..<2).map { _ in
                String((0..<length).compactMap { _ in characters.randomElement(using: &generator) })
            }
        }
        self.cores = cores
        search = CanarySearch(
            Kind.allCases.flatMap { kind in (cores[kind] ?? []).map { (kind.rawValue, $0) } })
    }

    /// The secret. Those that come from a Secret have characters that are escaped.
    subscript(kind: Kind) -> String {
        let cores = cores[kind] ?? []
        switch kind {
        case .query: return cores.joined(separator: "\"&<%+ \\/é'")
        case .basic:
            return Data("prober:\(cores.joined(separator: "/+"))".utf8).base64EncodedString()
        case .tlsKey, .kubeconfigKey:
            let lines = cores.joined(separator: "\n")
            return "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----\n"
        case .number: return cores[0]
        default: return cores.joined(separator: "-")
        }
    }

    /// Where any part of any of them can be read in `text`, in one of the spellings that people
    /// and programs use.
    func leaks(in text: String) -> [String] { leaks(in: Array(text.utf8)) }

    /// The same of a file that is no text.
    func leaks(in bytes: [UInt8]) -> [String] { search.hits(in: bytes) }
}

/// The same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

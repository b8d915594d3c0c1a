import Documents
import FoundationEssentials
import KubernetesObjects

/// A certificate and its key, from a Secret. Described by its name only: the key is nobody's to
/// read.
struct KeyPair: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The Secret.
    private let reference: Reference
    private let certificate: [UInt8]
    private let key: [UInt8]

    /// Nil where the Secret lacks one of them. Whether they fit only nginx can say.
    init?(_ secret: Object) {
        func part(_ name: String) -> [UInt8]? {
            secret["data", name]?.string.flatMap { Data(base64Encoded: $0) }
                .flatMap { $0.isEmpty ? nil : Array($0) }
        }
        guard let certificate = part("tls.crt"), let key = part("tls.key") else { return nil }
        reference = Reference(.secrets, namespace: secret.namespace, name: secret.name)
        self.certificate = certificate
        self.key = key
    }

    /// The name of the Secret.
    var name: String { reference.name }

    /// Both as nginx reads them from one file.
    var pem: String { String(decoding: certificate + [10] + key, as: UTF8.self) }

    /// The file of this very content, in the directory of nginx's configuration.
    var file: String {
        let owner = Array(reference.description.utf8)
        return "\(Self.directory)/\(String(fnv1a(owner + certificate + key), radix: 36)).pem"
    }

    static let directory = "tls"

    var description: String { "the key pair of \(reference)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

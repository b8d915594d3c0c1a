/// A file of `web`, `analysis` or `manifests`, compiled into the binary.
package struct Asset: Sendable {
    /// Relative to the repository, as `web/rollout.html`.
    package let path: String
    private let literal: StaticString

    /// The file's text.
    package var text: String {
        literal.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    }

    /// All files, sorted by path.
    package static let all = embedded.map { Asset(path: $0.path, literal: $0.text) }

    /// The file at `path`; nil where there is none.
    package static func named(_ path: String) -> Asset? {
        all.first { $0.path == path }
    }

    /// The files below `folder`, as `analysis/`.
    package static func below(_ folder: String) -> [Asset] {
        all.filter { $0.path.hasPrefix(folder) }
    }
}

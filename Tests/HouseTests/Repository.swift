import Foundation

/// The working copy that these tests stand in.
enum Repository {
    /// Links are resolved, so that a package made of links reads the files themselves.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What a build or a run leaves behind, and what belongs to git.
    private static let passedOver: Set<String> = [".git", "__pycache__", "Package.resolved"]

    /// The paths of all files, below the root, sorted.
    static let files: [String] = {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys)
        else { return [] }
        var found: [String] = []
        for case let url as URL in walk {
            let name = url.lastPathComponent
            if passedOver.contains(name) || name.hasPrefix(".build") || name.hasSuffix(".profraw") {
                walk.skipDescendants()
            } else if isFile(url) {
                found.append(String(url.path.dropFirst(root.path.count + 1)))
            }
        }
        return found.sorted()
    }()

    static let swiftFiles = files.filter { $0.hasSuffix(".swift") }.map { SourceFile(path: $0) }
    static let sources = swiftFiles.filter { $0.path.hasPrefix("Sources/") }
    static let tests = swiftFiles.filter { $0.path.hasPrefix("Tests/") }
    static let documents = files.filter { $0.hasSuffix(".md") }

    /// The text of a file; empty where it is no text.
    static func text(_ path: String) -> String {
        String(
            bytes: FileManager.default.contents(atPath: url(path).path) ?? Data(), encoding: .utf8)
            ?? ""
    }

    static func url(_ path: String) -> URL { root.appending(path: path) }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: url(path).path)
    }

    private static func isFile(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
            && !isDirectory.boolValue
    }
}

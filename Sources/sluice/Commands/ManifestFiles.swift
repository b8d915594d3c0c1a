import Documents
import Foundation

/// The documents of files and directories, as commands take them.
struct ManifestFiles: Sendable {
    var documents: [Document] = []
    /// What could not be read as documents, a line each with its place.
    var broken: [DocumentError] = []
    var fileCount = 0

    /// A set of manifests has fewer files; a directory with more is the wrong one.
    private static let fileLimit = 5_000

    /// Reads files, and the YAML and JSON files below directories; `-` is standard input.
    ///
    /// - Throws: for a path that is not there or cannot be read.
    init(_ paths: [String]) throws(CommandFailure) {
        for path in paths {
            guard path != "-" else {
                read(FileHandle.standardInput.readDataToEndOfFile(), named: "stdin")
                continue
            }
            for file in try Self.files(at: path) {
                guard let content = FileManager.default.contents(atPath: file) else {
                    throw CommandFailure(
                        "\(file) cannot be read", remedy: "check its rights", code: Sluice.usageCode
                    )
                }
                read(content, named: file)
            }
        }
        documents.removeAll { $0.value["kind"] == "Kustomization" }
    }

    private mutating func read(_ content: Data, named name: String) {
        fileCount += 1
        do throws(DocumentError) {
            // `kubectl get -o yaml` prints several objects as one list.
            documents += try Document.readAll([UInt8](content), file: name).flatMap {
                $0.value["kind"] == "List" ? $0.elements(under: "items") : [$0]
            }
        } catch {
            broken.append(error)
        }
    }

    /// The file itself, or the manifests below the directory, hidden ones left out, in the order of
    /// their names.
    private static func files(at path: String) throws(CommandFailure) -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw CommandFailure(
                "\(path) is not there", remedy: "name a file or a directory",
                code: Sluice.usageCode)
        }
        guard isDirectory.boolValue else { return [path] }
        let base = path.hasSuffix("/") ? path : path + "/"
        var found: [String] = []
        // A walk does not enter a link, even if it is its beginning.
        let start = URL(filePath: path).resolvingSymlinksInPath().path
        let walk = FileManager.default.enumerator(atPath: start)
        while let name = walk?.nextObject() as? String {
            let parts = name.split(separator: "/")
            guard !parts.contains(where: { $0.hasPrefix(".") }) else { continue }
            guard [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) else { continue }
            found.append(base + name)
            guard found.count <= fileLimit else {
                throw CommandFailure(
                    "\(path) holds more than \(fileLimit) manifests",
                    remedy: "name a smaller directory", code: Sluice.usageCode)
            }
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                "\(path) holds no .yaml, .yml or .json file", remedy: "name another directory",
                code: Sluice.usageCode)
        }
        return found.sorted()
    }
}

import Foundation

/// How a file was when it was looked at.
struct Stamp: Hashable, Sendable {
    var modified: Int64
    var size: Int64
    var inode: UInt64
}

extension Workspace {
    /// The YAML and JSON files below the directory, hidden ones left out.
    /// - Throws: `WorkspaceProblems` for a directory or file that others can write: what is
    ///   applied here runs as programs.
    static func stamps(of directory: String) throws -> [String: Stamp] {
        var stamps: [String: Stamp] = [:]
        var lines: [String] = []
        var open = [directory]
        // A link may lead back up: each directory is walked once, whatever its paths.
        var walked: Set<[UInt64]> = []
        while let folder = open.popLast() {
            guard walked.insert(try check(folder, &lines)).inserted else { continue }
            guard walked.count <= directoryLimit else {
                throw WorkspaceProblems(lines: [
                    "\(directory) holds more than \(directoryLimit) directories; use a smaller one"
                ])
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where !name.hasPrefix(".") {
                let path = folder + "/" + name
                var found = stat()
                guard stat(path, &found) == 0 else { continue }
                if found.st_mode & S_IFMT == S_IFDIR {
                    open.append(path)
                } else if ["yaml", "yml", "json"].contains(URL(filePath: path).pathExtension) {
                    _ = try check(path, &lines)
                    guard stamps.count < fileLimit else {
                        throw WorkspaceProblems(lines: [
                            "\(directory) holds more than \(fileLimit) files; use a smaller one"
                        ])
                    }
                    let time = found.st_mtim
                    stamps[path] = Stamp(
                        modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec),
                        size: Int64(found.st_size), inode: UInt64(found.st_ino))
                }
            }
        }
        guard lines.isEmpty else { throw WorkspaceProblems(lines: lines) }
        return stamps
    }

    /// - Returns: which file it is: device and inode.
    private static func check(_ path: String, _ lines: inout [String]) throws -> [UInt64] {
        var found = stat()
        guard stat(path, &found) == 0 else {
            throw WorkspaceProblems(lines: [
                "\(path) cannot be read: \(String(cString: strerror(errno)))"
            ])
        }
        if found.st_mode & S_IWOTH != 0 {
            lines.append(
                "\(path) can be written by everybody; remove that right: chmod o-w \(path)")
        }
        return [UInt64(found.st_dev), UInt64(found.st_ino)]
    }
}

/// A directory with more files is no directory of manifests.
private let fileLimit = 2_000
/// The walk happens three times a second.
private let directoryLimit = 2_000

import Foundation

/// How a file was when it was looked at.
struct Stamp: Hashable, Sendable {
    /// When its content, its owner or its rights changed last: nobody can set this time back.
    var changed: Int64
    var size: Int64
    var inode: UInt64

    init(changed: Int64, size: Int64, inode: UInt64) {
        self.changed = changed
        self.size = size
        self.inode = inode
    }

    init(_ found: stat) {
        let time = found.st_ctim
        self.init(
            changed: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec),
            size: Int64(found.st_size), inode: UInt64(found.st_ino))
    }
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
            let found = try checked(folder, &lines)
            guard walked.insert([UInt64(found.st_dev), UInt64(found.st_ino)]).inserted else {
                continue
            }
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
                    guard stamps.count < fileLimit else {
                        throw WorkspaceProblems(lines: [
                            "\(directory) holds more than \(fileLimit) files; use a smaller one"
                        ])
                    }
                    stamps[path] = Stamp(try checked(path, &lines))
                }
            }
        }
        guard lines.isEmpty else { throw WorkspaceProblems(lines: lines) }
        return stamps
    }

    private static func checked(_ path: String, _ lines: inout [String]) throws -> stat {
        var found = stat()
        guard stat(path, &found) == 0 else {
            throw WorkspaceProblems(lines: [
                "\(path) cannot be read: \(String(cString: strerror(errno)))"
            ])
        }
        if let trouble = Rights(found).trouble(at: path) { lines.append(trouble) }
        return found
    }

    /// The bytes of a file, with the rights checked of the very file that is read.
    static func read(_ path: String) throws(WorkspaceProblems) -> [UInt8] {
        // Without waiting: a pipe that bears the name of a file would hold everything up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: descriptor >= 0)
        var found = stat()
        guard descriptor >= 0, fstat(descriptor, &found) == 0 else {
            throw WorkspaceProblems(lines: [
                "\(path) cannot be read: \(String(cString: strerror(errno)))"
            ])
        }
        guard found.st_mode & S_IFMT == S_IFREG, found.st_size <= byteLimit else {
            throw WorkspaceProblems(lines: [
                "\(path) is no file of at most \(byteLimit >> 20) MiB; move it elsewhere"
            ])
        }
        if let trouble = Rights(found).trouble(at: path) {
            throw WorkspaceProblems(lines: [trouble])
        }
        do {
            return [UInt8](try file.read(upToCount: byteLimit) ?? Data())
        } catch {
            throw WorkspaceProblems(lines: ["\(path) cannot be read: \(error)"])
        }
    }
}

/// A directory with more files is no directory of manifests.
private let fileLimit = 2_000
/// The walk happens three times a second.
private let directoryLimit = 2_000
/// Far more than an API server takes of one object.
private let byteLimit = 16 << 20

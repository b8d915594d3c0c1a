import Glibc

/// A call to the system that failed: what was tried, on what, and the system's reason.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let what: String
    package let code: Int32

    package init(_ what: String, code: Int32 = errno) {
        self.what = what
        self.code = code
    }

    package var description: String { "\(what): \(String(cString: strerror(code)))" }
}

/// Small files of the box: read whole, written whole or not at all.
enum Files {
    /// More than any file of ours holds; a larger one is not ours.
    static let largestBytes = 64 << 20

    /// The bytes of a file; nil where there is none.
    static func read(_ path: String) throws(SystemFailure) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return nil }
            throw SystemFailure("cannot open \(path)")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < largestBytes {
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemFailure("cannot read \(path)")
            }
            bytes += part[..<count]
        }
        return bytes
    }

    static func text(_ path: String) throws(SystemFailure) -> String? {
        try read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of a file that may vanish at any moment, as those of `/proc` do; nil where it
    /// cannot be read.
    static func glance(_ path: String) -> String? {
        do throws(SystemFailure) {
            return try text(path)
        } catch {
            return nil
        }
    }

    /// Replaces a file in one instant, on disk before this returns.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(SystemFailure) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Replaces a file in one instant, on disk before this returns unless `isDurable` is false.
    static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o600, owner: Account? = nil,
        isDurable: Bool = true
    ) throws(SystemFailure) {
        let next = path + ".new"
        let file = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw SystemFailure("cannot write \(next)") }
        var rest = bytes[...]
        var failed: SystemFailure?
        while failed == nil, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                failed = SystemFailure("cannot write \(next)")
            }
        }
        if failed == nil, let owner, fchown(file, owner.user, owner.group) != 0 {
            failed = SystemFailure("cannot give away \(next)")
        }
        if failed == nil, fchmod(file, mode) != 0 || isDurable && fsync(file) != 0 {
            failed = SystemFailure("cannot keep \(next)")
        }
        close(file)
        if let failed { throw failed }
        if rename(next, path) != 0 { throw SystemFailure("cannot replace \(path)") }
    }

    /// Makes a directory, those above it included, and gives the last one this mode and owner.
    static func makeDirectory(
        _ path: String, mode: mode_t = 0o700, owner: Account? = nil
    ) throws(SystemFailure) {
        var part = ""
        for name in path.split(separator: "/") {
            part += (part.isEmpty && !path.hasPrefix("/") ? "" : "/") + name
            if mkdir(part, part == path ? mode : 0o755) != 0, errno != EEXIST {
                throw SystemFailure("cannot make the directory \(part)")
            }
        }
        if chmod(path, mode) != 0 { throw SystemFailure("cannot change the mode of \(path)") }
        if let owner, chown(path, owner.user, owner.group) != 0 {
            throw SystemFailure("cannot change the owner of \(path)")
        }
    }

    /// The names in a directory, sorted; none where it does not exist.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        return names(of: directory).sorted()
    }

    private static func names(of directory: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a file; that it is not there is well.
    static func remove(_ path: String) { unlink(path) }

    /// Removes a directory of ours with all that is in it, following no link, also none that is put
    /// there meanwhile.
    static func removeTree(_ path: String) { remove(path, in: AT_FDCWD) }

    private static func remove(_ name: String, in directory: Int32) {
        if unlinkat(directory, name, 0) == 0 || errno != EISDIR { return }
        let file = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return }
        guard let stream = fdopendir(file) else {
            close(file)
            return
        }
        for child in names(of: stream) { remove(child, in: file) }
        closedir(stream)
        unlinkat(directory, name, AT_REMOVEDIR)
    }

    /// What a symbolic link says; nil where it is none.
    static func link(_ path: String) -> String? {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &text, text.count)
        guard count >= 0 else { return nil }
        return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func isExecutable(_ path: String) -> Bool {
        var found = stat()
        return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
            && found.st_mode & 0o111 != 0
    }
}

/// A user that processes run as.
package struct Account: Hashable, Sendable {
    package let name: String
    package let user: uid_t
    package let group: gid_t

    package init(name: String, user: uid_t, group: gid_t) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// The account of a name, as the system knows it.
    package init?(named name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r(name, &entry, &room, room.count, &found) == 0, found != nil else {
            return nil
        }
        self.init(name: name, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// Whether this process may become other users.
    package static var canSwitch: Bool { geteuid() == 0 }
}

/// Who runs what in the box: pods, nginx workers and Prometheus each as somebody without rights.
/// Started by an ordinary user, everything runs as that user, and all are nil.
package struct Accounts: Sendable {
    package var pods: Account?
    /// Another one than that of the pods, which therefore cannot reach what nginx can.
    package var proxy: Account?
    package var prometheus: Account?

    package init(pods: Account?, proxy: Account?, prometheus: Account?) {
        self.pods = pods
        self.proxy = proxy
        self.prometheus = prometheus
    }

    /// The accounts that Debian has.
    /// - Throws: `SystemFailure` as root where there are none: nothing of the box may run as root.
    package static func standard() throws(SystemFailure) -> Accounts {
        guard Account.canSwitch else { return Accounts(pods: nil, proxy: nil, prometheus: nil) }
        guard let nobody = Account(named: "nobody"), let web = Account(named: "www-data") else {
            throw SystemFailure(
                "the users nobody and www-data are needed to run without rights", code: ENOENT)
        }
        return Accounts(
            pods: nobody, proxy: web, prometheus: Account(named: "prometheus") ?? nobody)
    }
}

import Foundation

/// Where a cluster in a box keeps what must outlive it, one directory for each.
struct BoxLayout: Sendable {
    let root: String

    /// - Parameter root: made where it is missing. Pods walk through it without rights, so it is
    ///   open for passing; what is secret in it has a mode of its own.
    /// - Throws: `BoxFailure` where somebody else could change what is in it.
    init(root: String) throws {
        self.root = root
        for (directory, mode) in [(root, 0o711), (root + "/bin", 0o755), (root + "/proxy", 0o711)] {
            do {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: mode])
            } catch {
                throw BoxFailure(
                    "cannot make \(directory): \(error.localizedDescription) "
                        + "Pass a --state that you may write")
            }
            var found = stat()
            guard stat(directory, &found) == 0 else {
                throw BoxFailure("cannot use \(directory): \(String(cString: strerror(errno)))")
            }
            if let trouble = Rights(found).trouble(at: directory) {
                throw BoxFailure("the state of a box must be its own: \(trouble)")
            }
        }
    }

    /// The state of the box that serves `directory`: below `/var/lib` for root, else below the home
    /// directory. A hollow one has its own: pods that never ran are nothing to adopt.
    /// - Throws: `BoxFailure` where there is no home directory: a place that everybody shares, as
    ///   `/tmp` is, could be taken by somebody else beforehand.
    static func standard(
        for directory: String, isHollow: Bool = false, user: uid_t = geteuid(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String {
        let tag = directory.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        let name =
            "\(URL(filePath: directory).lastPathComponent)-\(String(tag, radix: 36))"
            + (isHollow ? "-hollow" : "")
        if user == 0 { return "/var/lib/sluice/\(name)" }
        func place(_ variable: String) -> String? {
            environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let home = place("XDG_STATE_HOME") ?? place("HOME").map { $0 + "/.local/state" }
        guard let home else {
            throw BoxFailure(
                "there is no home directory to keep the state in; set HOME, or pass --state DIR")
        }
        return "\(home)/sluice/\(name)"
    }

    var database: String { root + "/cluster.sqlite" }
    var history: String { root + "/history.sqlite" }
    var authority: String { root + "/authority" }
    var kubeconfig: String { root + "/kubeconfig" }
    var ports: String { root + "/ports.json" }
    var proxy: String { root + "/proxy" }
    var node: String { root + "/node" }
    var prometheus: String { root + "/prometheus" }
    var programs: String { root + "/bin" }
    var lock: String { root + "/lock" }

    /// Puts this very program where pods find it as `sluice`: a checkout may lie where only its
    /// owner can walk.
    func publishProgram() throws {
        let source = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let target = programs + "/sluice"
        if FileManager.default.contentsEqual(atPath: source, andPath: target) { return }
        let fresh = target + ".new"
        _ = unlink(fresh)
        if link(source, fresh) != 0 {
            try FileManager.default.copyItem(atPath: source, toPath: fresh)
        }
        guard rename(fresh, target) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target])
        }
    }
}

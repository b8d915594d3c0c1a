import CProcess
import Documents
import Glibc

/// The ports of 127.0.0.1 that the box listens on: chosen by the kernel at first, the same ever
/// after.
package struct Ports: Hashable, Sendable {
    /// Ingresses.
    package var http: Int
    /// Ingresses over TLS.
    package var https: Int
    /// The API over TLS.
    package var api: Int
    /// The metrics of the requests, for Prometheus.
    package var metrics: Int
    /// Prometheus itself.
    package var prometheus: Int

    /// The kernel may offer a port twice that nobody has bound yet.
    private static let attempts = 20

    /// The ports kept in a file, or new ones where there are none yet or one was taken meanwhile.
    /// - Parameters:
    ///   - http, https, api: a port that must be used, whatever is in the file.
    ///   - isOurs: true where our own servers of an earlier run still listen on the kept ports.
    /// - Throws: `SystemFailure` where a wanted port is taken or the file cannot be written.
    package static func kept(
        in path: String, http: Int? = nil, https: Int? = nil, api: Int? = nil, isOurs: Bool
    ) throws(SystemFailure) -> Ports {
        let text = try Files.text(path)
        var old: JSON = [:]
        if let text {
            do throws(DocumentError) { old = try JSON(parsing: text) } catch { old = [:] }
        }
        var given: Set<Int> = []
        func port(_ name: String, wanted: Int?) throws(SystemFailure) -> Int {
            let number = try choice(old[name]?.int, wanted)
            given.insert(number)
            return number
        }
        func choice(_ kept: Int?, _ wanted: Int?) throws(SystemFailure) -> Int {
            if let kept, isOurs, wanted == nil || wanted == kept { return kept }
            if let wanted {
                return try free(wanted: wanted)
            }
            if let kept, isFree(kept) { return kept }
            for _ in 0..<Self.attempts {
                let number = try free()
                if !given.contains(number) { return number }
            }
            throw SystemFailure("no port of 127.0.0.1 is free", code: EADDRINUSE)
        }
        let ports = Ports(
            http: try port("http", wanted: http), https: try port("https", wanted: https),
            api: try port("api", wanted: api),
            metrics: try port("metrics", wanted: nil),
            prometheus: try port("prometheus", wanted: nil))
        let json: JSON = [
            "http": count(ports.http), "https": count(ports.https), "api": count(ports.api),
            "metrics": count(ports.metrics),
            "prometheus": count(ports.prometheus),
        ]
        try Files.write(json.text, to: path)
        return ports
    }

    /// Whether we may listen on a port now.
    static func isFree(_ port: Int, of address: String = "127.0.0.1") -> Bool {
        cprocess_free_port(address, Int32(port)) == port
    }

    /// A port of 127.0.0.1 that nobody listens on now; 0 leaves the choice to the kernel.
    package static func free(wanted: Int = 0) throws(SystemFailure) -> Int {
        let port = Int(cprocess_free_port("127.0.0.1", Int32(wanted)))
        guard port > 0 else { throw SystemFailure("port \(wanted) of 127.0.0.1 cannot be used") }
        return port
    }
}

/// A short-named directory for the sockets of the box: paths of sockets end after 107 bytes, and
/// the directory of a state may lie where nginx's workers cannot walk.
package enum SocketDirectory {
    /// Makes the directory that belongs to the state in `directory`, closed to everybody but
    /// `account` and us.
    package static func prepare(
        for directory: String, account: Account?
    ) throws(SystemFailure) -> String {
        let tag = String(fnv1a(Array(directory.utf8)), radix: 36)
        let path = geteuid() == 0 ? "/run/sluice/\(tag)" : "/tmp/sluice-\(geteuid())-\(tag)"
        try Files.makeDirectory(path, mode: 0o700, owner: account)
        var found = stat()
        guard lstat(path, &found) == 0, found.st_mode & S_IFMT == S_IFDIR,
            found.st_uid == account?.user ?? geteuid()
        else { throw SystemFailure("\(path) belongs to somebody else; remove it", code: EPERM) }
        return path
    }

    /// Takes the directory away once nothing is in it. What a killed process left is used again.
    package static func remove(_ path: String) { _ = rmdir(path) }

    /// Lets nginx's workers, and nobody else, connect to a socket of ours.
    package static func open(_ socket: String, to account: Account?) throws(SystemFailure) {
        guard let account else { return }
        if chown(socket, account.user, account.group) != 0 || chmod(socket, 0o600) != 0 {
            throw SystemFailure("cannot give \(socket) to \(account.name)")
        }
    }
}

import Glibc

extension PrivateRoot.Machine {
    /// The machine that we run on.
    static let own = PrivateRoot.Machine(names: { Files.names(in: $0) }, facts: { look(at: $0) })

    private static func look(at path: String) -> PrivateRoot.Facts? {
        var found = stat()
        guard lstat(path, &found) == 0 else { return nil }
        var facts = PrivateRoot.Facts(
            mode: found.st_mode & 0o7777, user: found.st_uid, group: found.st_gid)
        switch found.st_mode & S_IFMT {
        case S_IFDIR: facts.kind = .directory
        case S_IFLNK: facts.kind = Files.link(path).map { .link($0) } ?? .other
        default: facts.kind = .other
        }
        return facts
    }
}

import Foundation

/// Who may change a file or a directory.
struct Rights: Hashable, Sendable {
    var owner: uid_t
    var group: gid_t
    var mode: mode_t

    /// Whom we act for.
    struct Person: Hashable, Sendable {
        var user: uid_t
        var group: gid_t

        static var ourselves: Person { Person(user: geteuid(), group: getegid()) }
    }

    init(owner: uid_t, group: gid_t, mode: mode_t) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }

    init(_ found: stat) {
        self.init(owner: found.st_uid, group: found.st_gid, mode: found.st_mode)
    }

    /// What lets somebody else than `person` and root change it, with the remedy; nil where nothing
    /// does. An owner counts whatever the mode says: the mode is theirs to change.
    func trouble(at path: String, for person: Person = .ourselves) -> String? {
        if owner != 0, owner != person.user {
            return "\(path) belongs to \(userName(owner)), who may change it at any time; "
                + "run sluice as that user, or take it over: chown \(userName(person.user)) \(path)"
        }
        if mode & S_IWOTH != 0 {
            return "\(path) can be written by everybody; remove that right: chmod o-w \(path)"
        }
        if mode & S_IWGRP != 0, group != 0, group != person.group {
            return "\(path) can be written by the group \(groupName(group)); "
                + "remove that right: chmod g-w \(path)"
        }
        return nil
    }
}

/// Names are for people; a number is as good where there is none.
private func userName(_ id: uid_t) -> String {
    getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? String(id)
}

private func groupName(_ id: gid_t) -> String {
    getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? String(id)
}

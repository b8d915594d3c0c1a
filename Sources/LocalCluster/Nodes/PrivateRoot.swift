import Glibc

/// The tree of directories that a process sees instead of the machine's: the same, with other
/// directories and files put in places that need not exist.
///
/// Nothing is changed on the machine for it. What lies on the way to such a place is made anew, and
/// all that is beside it bound.
struct PrivateRoot: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case directory(String, like: Facts)
        case file(String)
        case link(String, to: String)
        /// Something of the machine's, which may have gone by then.
        case keep(String, at: String)
        case bind(String, at: String, isReadOnly: Bool)
    }

    /// What is put in a place.
    struct Binding: Hashable, Sendable {
        /// A directory, or a file where `isFile` says so.
        let source: String
        let place: String
        let isReadOnly: Bool
        let isFile: Bool
    }

    /// How something of the machine is.
    struct Facts: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            case directory, link(String), other
        }

        var kind = Kind.directory
        var mode: mode_t = 0o755
        var user: uid_t = 0
        var group: gid_t = 0
    }

    /// What is asked of the machine's own tree.
    struct Machine: Sendable {
        /// The names in a directory.
        var names: @Sendable (String) -> [String]
        /// How something is; nil where it is not there.
        var facts: @Sendable (String) -> Facts?
    }

    /// An empty directory; the new tree is mounted on it.
    let path: String
    private(set) var steps: [Step] = []

    /// More is no directory of a system, and each entry is a mount.
    private static let entryLimit = 2_000
    /// Deeper than any link that leads somewhere.
    private static let linkLimit = 16

    /// - Throws: `PodFault` for a place that cannot be made.
    init(at path: String, _ bindings: [Binding], on machine: Machine) throws(PodFault) {
        self.path = path
        var tree = Branch()
        for binding in bindings {
            let place = try Self.resolved(binding.place, on: machine)
            tree.add(binding, at: place[...])
        }
        try expand("", tree, on: machine)
    }

    /// The places and what lies on the way to them.
    private struct Branch {
        var binding: Binding?
        var branches: [String: Branch] = [:]

        mutating func add(_ binding: Binding, at place: ArraySlice<String>) {
            guard let name = place.first else {
                self.binding = binding
                return
            }
            branches[name, default: Branch()].add(binding, at: place.dropFirst())
        }
    }

    /// The components of a place, links of the machine followed.
    private static func resolved(
        _ place: String, on machine: Machine
    ) throws(PodFault) -> [String] {
        var rest = place.split(separator: "/").map(String.init)
        var done: [String] = []
        var links = 0
        while !rest.isEmpty {
            let name = rest.removeFirst()
            if name == "." { continue }
            if name == ".." {
                _ = done.popLast()
                continue
            }
            done.append(name)
            guard case .link(let target)? = machine.facts("/" + done.joined(separator: "/"))?.kind
            else { continue }
            links += 1
            guard links <= linkLimit else {
                throw PodFault("mountPath \(place) leads through too many links")
            }
            done = target.hasPrefix("/") ? [] : done.dropLast()
            rest = target.split(separator: "/").map(String.init) + rest
        }
        guard let first = done.first, !["proc", "sys", "dev"].contains(first) else {
            throw PodFault("mountPath \(place) belongs to the system; use another one")
        }
        return done
    }

    /// Makes a directory anew that lies on the way to a place.
    private mutating func expand(
        _ directory: String, _ branch: Branch, on machine: Machine
    ) throws(PodFault) {
        let facts = machine.facts(directory.isEmpty ? "/" : directory)
        if !directory.isEmpty { steps.append(.directory(path + directory, like: facts ?? Facts())) }
        if let facts {
            guard facts.kind == .directory else {
                throw PodFault("mountPath: \(directory) is no directory on this machine")
            }
            let names = machine.names(directory.isEmpty ? "/" : directory)
            guard names.count <= Self.entryLimit else {
                throw PodFault(
                    "mountPath: \(directory) has too many entries to put one beside; use another")
            }
            for name in names where branch.branches[name] == nil {
                keep("\(directory)/\(name)", on: machine)
            }
        }
        for (name, child) in branch.branches.sorted(by: { $0.key < $1.key }) {
            guard let binding = child.binding else {
                try expand("\(directory)/\(name)", child, on: machine)
                continue
            }
            guard child.branches.isEmpty else {
                throw PodFault(
                    "mountPath \(directory)/\(name) has another mountPath within, "
                        + "which the box cannot do; put them side by side")
            }
            let place = "\(path)\(directory)/\(name)"
            steps += [
                binding.isFile ? .file(place) : .directory(place, like: Facts()),
                .bind(binding.source, at: place, isReadOnly: binding.isReadOnly),
            ]
        }
    }

    private mutating func keep(_ entry: String, on machine: Machine) {
        guard let facts = machine.facts(entry) else { return }
        switch facts.kind {
        case .directory:
            steps += [.directory(path + entry, like: facts), .keep(entry, at: path + entry)]
        case .link(let target): steps.append(.link(path + entry, to: target))
        case .other: steps += [.file(path + entry), .keep(entry, at: path + entry)]
        }
    }
}

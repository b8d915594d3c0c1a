import Glibc

/// Where the volumes of one pod lie. Only we can go there: its processes see them where they are
/// mounted, and can put nothing in the way of what we write.
struct VolumeDirectory: Sendable {
    let path: String

    /// Writes what is to be seen of the volumes. A file is replaced in one instant.
    ///
    /// - Parameter owner: who reads it; many keys may be read by their owner only.
    func write(
        _ volumes: [String: VolumeContent], owner: Account?
    ) throws(SystemFailure) {
        try Files.makeDirectory(path)
        for (name, content) in volumes {
            switch content {
            case .host: continue
            // As a kubelet makes it: every user of the pod may write.
            case .empty: try Files.makeDirectory(place(of: name), mode: 0o777)
            case .files(let files): try write(files, to: place(of: name), owner)
            }
        }
    }

    private func write(
        _ files: [VolumeFile], to directory: String, _ owner: Account?
    ) throws(SystemFailure) {
        try Files.makeDirectory(directory, mode: 0o755)
        for file in files {
            let path = "\(directory)/\(file.path)"
            if let end = path.lastIndex(of: "/") {
                try Files.makeDirectory(String(path[..<end]), mode: 0o755)
            }
            try Files.write(file.bytes, to: path, mode: file.mode & 0o777, owner: owner)
        }
        prune(directory, keeping: Set(files.map { "\(directory)/\($0.path)" }))
    }

    private func prune(_ directory: String, keeping files: Set<String>) {
        for name in Files.names(in: directory) {
            let path = "\(directory)/\(name)"
            if files.contains(path) { continue }
            var found = stat()
            guard lstat(path, &found) == 0 else { continue }
            if found.st_mode & S_IFMT == S_IFDIR {
                prune(path, keeping: files)
                rmdir(path)
            } else {
                Files.remove(path)
            }
        }
    }

    /// What a mount shows, as it lies on the machine.
    func binding(
        _ mount: VolumeMount, of volumes: [String: VolumeContent]
    ) throws(PodFault) -> PrivateRoot.Binding {
        guard let content = volumes[mount.volume] else {
            throw PodFault("the pod has no volume \"\(mount.volume)\" for \(mount.place)")
        }
        var source = place(of: mount.volume)
        var isReadOnly = mount.isReadOnly
        switch content {
        case .empty: break
        case .files: isReadOnly = true
        case .host(let path): source = path
        }
        if !mount.subPath.isEmpty { source += "/\(mount.subPath)" }
        if case .empty = content, !mount.subPath.isEmpty {
            try makeSubdirectory(mount, at: source)
        }
        var found = stat()
        guard lstat(source, &found) == 0, found.st_mode & S_IFMT != S_IFLNK else {
            throw PodFault("there is no \(mount.subPath) in volume \"\(mount.volume)\"")
        }
        return PrivateRoot.Binding(
            source: source, place: mount.place, isReadOnly: isReadOnly,
            isFile: found.st_mode & S_IFMT != S_IFDIR)
    }

    /// The name stays one within its directory, whatever the API let through.
    private func place(of volume: String) -> String {
        "\(path)/" + volume.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    }

    /// A directory of a volume into which its pod may have put anything: through no link, neither
    /// on the way nor at the end.
    private func makeSubdirectory(_ mount: VolumeMount, at path: String) throws(PodFault) {
        guard !mount.subPath.contains("/") else {
            throw PodFault("subPath \(mount.subPath) of an emptyDir may be one name only")
        }
        if mkdir(path, 0o777) != 0, errno == EEXIST { return }
        let made = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard made >= 0, fchmod(made, 0o777) == 0 else {
            throw PodFault("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        close(made)
    }
}

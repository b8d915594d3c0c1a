import Glibc

/// The workers of an nginx, as `/proc` shows them.
struct Workers {
    let pids: [pid_t]

    /// The living children of a master.
    init(of master: pid_t) {
        pids = Files.names(in: "/proc").compactMap { pid_t($0) }.filter {
            guard let entry = ProcessTable.entry($0) else { return false }
            return entry.parent == master && entry.state != "Z"
        }
    }

    init(_ pids: [pid_t]) { self.pids = pids }

    /// Those that still take new connections.
    var accepting: Workers { Workers(pids.filter { Self.isLeaving($0) == false }) }

    /// Those that were replaced and still serve what they have begun.
    var leaving: Workers { Workers(pids.filter { Self.isLeaving($0) == true }) }

    /// What a worker says of itself in its title; nil where it has ended.
    private static func isLeaving(_ pid: pid_t) -> Bool? {
        guard let title = Files.glance("/proc/\(pid)/cmdline"), !title.isEmpty else { return nil }
        return title.contains("shutting down")
    }

    /// Whether one of them has a connection to an address: a request that is still being answered.
    func areConnected(to address: String) -> Bool {
        guard !pids.isEmpty else { return false }
        let sockets = Self.sockets(to: address)
        guard !sockets.isEmpty else { return false }
        return pids.contains { pid in
            Files.names(in: "/proc/\(pid)/fd").contains { name in
                var target = [CChar](repeating: 0, count: 64)
                let count = readlink("/proc/\(pid)/fd/\(name)", &target, target.count - 1)
                guard count > 0 else { return false }
                let text = String(
                    decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
                return text.hasPrefix("socket:[")
                    && sockets.contains(String(text.dropFirst(8).dropLast()))
            }
        }
    }

    /// The inodes of sockets that are connected, or about to be, to an IPv4 address.
    private static func sockets(to address: String) -> Set<String> {
        let parts = address.split(separator: ".").compactMap { UInt8($0) }
        guard parts.count == 4 else { return [] }
        // The kernel writes the address as a little-endian word.
        let word = parts.reversed().map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true)
        }.joined()
        return Set(
            connections(with: " \(word):").compactMap { line in
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, fields[2].hasPrefix(word + ":"),
                    ["01", "02"].contains(fields[3])
                else {
                    return nil
                }
                return String(fields[9])
            })
    }

    /// The lines of the kernel's table that hold a word. The table has a line for each connection
    /// of the last minute, thousands under load: only those few are taken apart.
    private static func connections(with word: String) -> [String] {
        (Files.glance("/proc/net/tcp") ?? "").withCString { table in
            var lines: [String] = []
            var rest = table
            while let found = strstr(rest, word) {
                var start = UnsafePointer(found)
                while start > table, start[-1] != 10 { start -= 1 }
                let count = strcspn(start, "\n")
                let line = UnsafeRawBufferPointer(start: start, count: count)
                lines.append(String(decoding: line, as: UTF8.self))
                rest = start + count
            }
            return lines
        }
    }
}

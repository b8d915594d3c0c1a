import Testing

struct `Every room` {
    @Test func `knows in the manifest what the table of rooms says`() {
        let manifest = Manifest(Repository.text("Package.swift"))
        var offences: [Offence] = []
        for name in Set(manifest.knows.keys).union(Rooms.knows.keys).sorted()
        where manifest.knows[name] != Rooms.knows[name] {
            offences.append(
                Offence(
                    "Package.swift",
                    "\(name) knows \(list(manifest.knows[name])), the table says "
                        + list(Rooms.knows[name])))
        }
        expectNone(
            offences,
            because:
                "A new room or arrow is a decision: change Rooms.swift, docs/ARCHITECTURE.md and"
                + " the manifest together, and record why in docs/decisions.")
    }

    @Test func `imports only rooms that it may know`() {
        let offences = Repository.sources.flatMap { file in
            file.imports.compactMap { module, line -> Offence? in
                guard Rooms.knows[module] != nil, Rooms.knows[file.room]?.contains(module) != true
                else { return nil }
                return Offence(file.path, line: line, "\(file.room) imports \(module)")
            }
        }
        expectNone(
            offences,
            because:
                "What a room may know keeps decisions apart from edges; SwiftPM does not check it.")
    }

    @Test func `lets lodgers in only where they are wrapped`() {
        let offences = Repository.sources.flatMap { file in
            file.imports.compactMap { module, line -> Offence? in
                guard Rooms.knows[module] == nil, !Rooms.system.contains(module),
                    Rooms.lodgers[module]?.contains(file.room) != true
                else { return nil }
                return Offence(file.path, line: line, "\(file.room) imports \(module)")
            }
        }
        expectNone(
            offences,
            because: "A library is wrapped in one room, so that it can be replaced there; a new one"
                + " needs a decision record and a line in Rooms.lodgers.")
    }

    @Test func `shows its own words, not those that its imports happen to bring along`() {
        let offences = (Repository.sources + Repository.tests).flatMap { file in
            file.lines(with: "@", "_exported").map {
                Offence(file.path, line: $0, "@_exported import")
            }
        }
        expectNone(offences, because: "A re-exported module is an arrow that no table shows.")
    }

    @Test func `is tested with the rooms that the manifest names`() {
        let manifest = Manifest(Repository.text("Package.swift"))
        let offences = Repository.tests.flatMap { file in
            file.imports.compactMap { module, line -> Offence? in
                guard Rooms.knows[module] != nil,
                    manifest.tests[file.room]?.contains(module) != true
                else { return nil }
                return Offence(file.path, line: line, "\(file.room) imports \(module)")
            }
        }
        expectNone(
            offences, because: "An import that the manifest does not name builds only by accident.")
    }

    private func list(_ names: Set<String>?) -> String {
        names.map { "[\($0.sorted().joined(separator: ", "))]" } ?? "nothing: there is no such room"
    }
}

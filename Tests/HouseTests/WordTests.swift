import Testing

struct `A name` {
    @Test func `says what a type is, not that it is one of many`() {
        let vague: Set = [
            "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Common", "Base", "Misc",
            "Service", "Info", "Data", "Impl",
        ]
        // The kind of Kubernetes, and values that speak of it.
        let kubernetes: Set = ["ServiceBinding", "ServiceDocument", "ServiceAddress"]
        let offences = (Repository.sources + Repository.tests).flatMap { file in
            file.types.filter { !kubernetes.contains($0.name) && !$0.name.hasPrefix("`") }
                .flatMap { type in
                    words(of: type.name).filter(vague.contains)
                        .map { Offence(file.path, line: type.line, "\(type.name): \($0)") }
                }
        }
        expectNone(offences, because: "One word for one thing; these words fit everything.")
    }

    @Test func `of a type is not that of its module`() {
        // docs/decisions records why this one stays.
        let excuses = Excuses([
            "Sources/ObjectStore/ObjectStore.swift": "no other word says it as well"
        ])
        let modules = Set(Rooms.knows.keys).union(Rooms.lodgers.keys).union(["Testing"])
        let offences = Repository.sources.flatMap { file in
            file.types.filter { modules.contains($0.name) }
                .map { Offence(file.path, line: $0.line, $0.name) }
        }
        expectNone(
            excuses.applied(to: offences),
            because: "Such a type hides its module: `Module.Other` can then not be written.")
    }

    @Test func `of a file is that of a type, with its aspect`() {
        let offences = Repository.sources.compactMap { file -> Offence? in
            let name = file.path.split(separator: "/").last.map(String.init) ?? ""
            let subject = name.dropLast(6).split(separator: "+").first.map(String.init) ?? ""
            let bad = words(of: subject).contains {
                ["Extensions", "Helpers", "Utils"].contains($0)
            }
            return bad ? Offence(file.path, "name it for its subject") : nil
        }
        expectNone(offences, because: "A reader finds a file by the thing it is about.")
    }
}

struct `The text of a source file` {
    @Test func `is open to this package only`() {
        expectNone(
            swift(["public"]) + swift(["open", "class"]) + swift(["@", "usableFromInline"]),
            because: "`package` or `private`: there is no reader outside.")
    }

    @Test func `has an answer to every error`() {
        expectNone(
            sources(["try", "!"]) + sources(["try", "?"]) + sources(["fatalError"])
                + sources(["as", "!"]),
            because: "Preconditions for us, errors for the world: `do` and `catch` say what happens"
                + " next, also where nothing does.")
    }

    @Test func `leaves the compiler its proof that there are no races`() {
        let excuses = Excuses([
            "Sources/Curl/Lock.swift": "a value that is only touched while its mutex is held",
            "Sources/Curl/Driver.swift": "a C pointer whose one shared use libcurl allows",
            "Sources/Simulation/OneThread.swift": "the executor that makes everything one thread",
            "Sources/Simulation/Notes.swift": "only used on that one thread",
            "Sources/LocalCluster/Nodes/RunningProcess.swift":
                "dispatch sources may be cancelled anywhere, their type does not say so",
        ])
        let offences =
            sources(["@", "unchecked"]) + sources(["nonisolated", "(", "unsafe"])
            + sources(["@", "preconcurrency"]) + sources(["unsafeBitCast"])
        expectNone(
            excuses.applied(to: offences),
            because: "Where C makes it unavoidable, say why there and in the list of this test.")
    }

    @Test func `starts no task that nobody waits for`() {
        let excuses = Excuses([
            "Sources/Simulation/OneThread.swift": "the bridge from a plain call to the one thread"
        ])
        expectNone(
            excuses.applied(
                to: sources(["Task", "{"]) + sources(["Task", "("])
                    + sources(["Task", ".", "detached"])),
            because: "Concurrency has an owner: a task group or a service, which ends it.")
    }

    @Test func `is finished`() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK", "// MA" + "RK"]
        let offences = Repository.swiftFiles.flatMap { file in
            file.lines.enumerated().flatMap { offset, line in
                marks.filter { line.contains($0) }
                    .map { Offence(file.path, line: offset + 1, $0) }
            }
        }
        expectNone(offences, because: "What is not done is refused or written down as an issue.")
    }

    @Test func `says what every type and function is for`() {
        let offences = Repository.sources.flatMap { file in
            file.undocumented.map { Offence(file.path, line: $0.line, $0.what) }
        }
        expectNone(
            offences,
            because: "One sentence of documentation on every package type and function.")
    }

    private func sources(_ words: [String]) -> [Offence] { offences(words, in: Repository.sources) }
    private func swift(_ words: [String]) -> [Offence] {
        offences(words, in: Repository.sources + Repository.tests)
    }

    private func offences(_ words: [String], in files: [SourceFile]) -> [Offence] {
        files.flatMap { file in
            file.lines(with: words).map { Offence(file.path, line: $0, words.joined()) }
        }
    }
}

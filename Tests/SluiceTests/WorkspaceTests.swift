import Foundation
import Testing

@testable import sluice

/// A directory of a test, gone with it.
private final class Folder: Sendable {
    let path: String

    init() throws {
        let url = URL(filePath: NSTemporaryDirectory()).appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        path = url.path
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record(error)
        }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        chmod("\(path)/\(name)", 0o644)
    }
}

struct `A directory of YAML` {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func lines() -> [String] {
        do {
            _ = try Workspace.stamps(of: folder.path)
            return []
        } catch {
            return (error as? WorkspaceProblems)?.lines ?? ["\(error)"]
        }
    }

    @Test func `has a stamp for each file that changes with its content and its rights`() throws {
        try folder.write("a: 1", to: "a.yaml")
        try folder.write("no", to: "notes.txt")
        let before = try Workspace.stamps(of: folder.path)
        #expect(before.keys.sorted() == ["\(folder.path)/a.yaml"])
        #expect(try Workspace.stamps(of: folder.path) == before)
        try folder.write("a: 22", to: "a.yaml")
        #expect(try Workspace.stamps(of: folder.path) != before)
    }

    @Test func `is refused where everybody can write a file of it`() throws {
        try folder.write("a: 1", to: "a.yaml")
        chmod("\(folder.path)/a.yaml", 0o666)
        #expect(
            lines() == [
                "\(folder.path)/a.yaml can be written by everybody; remove that right: "
                    + "chmod o-w \(folder.path)/a.yaml"
            ])
    }

    @Test(.enabled(if: geteuid() == 0))
    func `is refused by root where it belongs to somebody else`() throws {
        chown(folder.path, 65_534, 0)
        #expect(lines().count == 1)
        #expect(lines().first?.contains("chown root \(folder.path)") == true)
    }

    @Test func `does not wait for a pipe that bears the name of a file`() throws {
        mkfifo("\(folder.path)/a.yaml", 0o600)
        #expect(throws: WorkspaceProblems.self) { try Workspace.read("\(folder.path)/a.yaml") }
    }
}

struct `Rights over a file` {
    private let ann = Rights.Person(user: 1_000, group: 1_000)
    private let root = Rights.Person(user: 0, group: 0)

    @Test func `are safe with their owner, root and their own groups`() {
        #expect(Rights(owner: 1_000, group: 1_000, mode: 0o664).trouble(at: "f", for: ann) == nil)
        #expect(Rights(owner: 0, group: 0, mode: 0o664).trouble(at: "f", for: ann) == nil)
        #expect(Rights(owner: 0, group: 50, mode: 0o644).trouble(at: "f", for: root) == nil)
    }

    @Test(arguments: [
        Rights(owner: 1_000, group: 0, mode: 0o400), Rights(owner: 0, group: 1_000, mode: 0o664),
        Rights(owner: 0, group: 0, mode: 0o646),
    ])
    func `are not safe where somebody else has them`(rights: Rights) {
        #expect(rights.trouble(at: "f", for: root) != nil)
    }
}

struct `An attempt to apply a directory` {
    private let now = ContinuousClock.now
    private let files = ["a.yaml": Stamp(changed: 1, size: 2, inode: 3)]
    private let others = ["a.yaml": Stamp(changed: 2, size: 2, inode: 3)]

    @Test func `is made once for files that are wrong`() {
        #expect(Attempt().isDue(files, at: now))
        let wrong = Attempt().followed(by: .wrong(["bad"]), of: files, at: now)
        #expect(wrong.isDue(files, at: now + .seconds(3_600)) == false)
        #expect(wrong.isDue(others, at: now))
        #expect(wrong.problems == ["bad"])
    }

    @Test func `is repeated more and more rarely while the server fails`() {
        let waits = [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 30_000]
        var attempt = Attempt()
        var moment = now
        var seen: [Int] = []
        for _ in 0...waits.count {
            attempt = attempt.followed(by: .failed(["down"]), of: files, at: moment)
            let due = waits.first { attempt.isDue(files, at: moment + .milliseconds($0)) } ?? 0
            seen.append(due)
            moment += .milliseconds(due)
        }
        #expect(seen == waits + [30_000])
    }

    @Test func `begins anew with short waits once a file has changed`() {
        let failed = Attempt().followed(by: .failed([]), of: files, at: now)
            .followed(by: .failed([]), of: files, at: now)
        let changed = failed.followed(by: .failed([]), of: others, at: now)
        #expect(failed.isDue(files, at: now + Attempt.firstWait) == false)
        #expect(changed.isDue(others, at: now + Attempt.firstWait))
    }
}

struct `The state of a box` {
    @Test func `has a place of its own for each directory, below the home of its user`() throws {
        let place = try BoxLayout.standard(
            for: "/srv/shop", user: 1_000, environment: ["HOME": "/home/ann"])
        #expect(place.hasPrefix("/home/ann/.local/state/sluice/shop-"))
        let other = try BoxLayout.standard(
            for: "/opt/shop", user: 1_000, environment: ["HOME": "/home/ann"])
        #expect(place != other)
    }

    @Test func `is not kept where everybody could have made it, for want of a home`() {
        for environment in [[:], ["HOME": ""], ["HOME": "here"]] {
            #expect(throws: BoxFailure.self) {
                try BoxLayout.standard(for: "/srv/shop", user: 1_000, environment: environment)
            }
        }
    }

    @Test func `is refused where everybody can write it`() throws {
        let folder = try Folder()
        chmod(folder.path, 0o777)
        #expect(throws: BoxFailure.self) { try BoxLayout(root: folder.path) }
        chmod(folder.path, 0o711)
        #expect(try BoxLayout(root: folder.path).root == folder.path)
    }
}

import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// What a rollout has written down on itself of the routers that it sent traffic by: what its
/// document said of the canary's services and routing at that time. The document may have changed
/// since, with the controller gone.
package struct NotedRouters: Sendable {
    /// The part of the canary strategy that says where traffic goes.
    let said: JSON
    /// The routers that it stands for, as they are left where the document says something else.
    package var former: [FormerRouter]
    /// False where it says something that is not known here: then nobody knows what it carries.
    var isReadable: Bool
}

extension NotedRouters {
    private static let members = ["stableService", "canaryService", "pingPong", "trafficRouting"]
    /// More than anybody changes a document in one release; bounds the annotation.
    private static let limit = 16

    /// Far more than so many documents say of their routers; bounds the work of each turn.
    private static let longest = 100_000

    /// Only what a note is made of: others may write the annotation, too.
    private static func reading(_ canary: JSON) -> JSON {
        var said: JSON = [:]
        for member in members { said[member] = canary[member] }
        return said
    }

    /// What the document says of it at present; nil where it says nothing of routers.
    static func said(by rollout: Object) -> JSON? {
        let canary = rollout.spec?["strategy"]?["canary"]
        guard let canary, canary["trafficRouting"]?.object != nil else { return nil }
        return reading(canary)
    }

    /// The notes of `rollout`, the oldest first. None of those that came with a copy of another
    /// rollout's document, whose traffic they are about.
    static func said(onItself rollout: Object) -> [JSON] {
        guard let text = rollout.annotations[Keys.routers], text.utf8.count <= longest else {
            return []
        }
        do throws(DocumentError) {
            let note = try JSON(parsing: text)
            guard note["uid"]?.string == rollout.uid else { return [] }
            return (note["routers"]?.array ?? []).suffix(limit).map(reading)
        } catch {
            // Whoever wrote over it ended what it was good for.
            return []
        }
    }

    /// The annotation with these notes; null takes it away.
    static func annotation(_ notes: [JSON], ofUID uid: String) -> JSON {
        notes.isEmpty ? .null : .string(text(notes, ofUID: uid))
    }

    private static func text(_ notes: [JSON], ofUID uid: String) -> String {
        let note: JSON = ["uid": .string(uid), "routers": .array(notes)]
        return note.text
    }

    /// Whether so many notes would all be read again.
    static func haveRoom(_ notes: [JSON], ofUID uid: String) -> Bool {
        notes.count <= limit && text(notes, ofUID: uid).utf8.count <= longest
    }
}

extension ParsedRollout {
    /// Reads the notes of `rollout` beside what its document says.
    mutating func readNotes(of rollout: Object, _ kinds: [RouterKind]) {
        let present = NotedRouters.said(by: rollout)
        let notes = NotedRouters.said(onItself: rollout)
        said = present
        isNoted = present.map(notes.contains) ?? false
        let names = present?["trafficRouting"]?["managedRoutes"]?.array ?? []
        var others = routers
        noted = notes.filter { $0 != present }.map { note in
            let whole = RolloutParser.routers(of: note, rollout, kinds)
            var said = note
            said["trafficRouting"]?["managedRoutes"] = .array(
                (note["trafficRouting"]?["managedRoutes"]?.array ?? []).filter {
                    !names.contains($0)
                })
            let narrowed = RolloutParser.routers(of: said, rollout, kinds)
            let former = zip(whole, narrowed).compactMap {
                FormerRouter($0, narrowed: $1, besides: others)
            }
            others += whole
            return NotedRouters(
                said: note, former: former,
                isReadable: whole.allSatisfy(\.isReadable) && whole.count == narrowed.count)
        }
    }

    /// Adds the routers of earlier documents that may still send something to the canary, as far as
    /// that can be seen, and drops the notes of those that do not.
    package mutating func addFormer(in seen: Observed) -> RouterNotes {
        var notes = RouterNotes()
        notes.areNeeded = said != nil && routers.contains { $0.retreat != nil }
        notes.havePresent = isNoted
        let known = noted.count
        noted.removeAll { note in
            note.isReadable && note.former.allSatisfy { $0.isSpent(seen) }
        }
        notes.haveSpent = noted.count < known
        let all = noted.map(\.said) + [said].compactMap(\.self)
        notes.areFull = !isNoted && !NotedRouters.haveRoom(all, ofUID: seen.owner.uid)
        let total = rollout.spec.canary.totalWeight
        let former = noted.flatMap(\.former).compactMap { $0.router(in: seen, of: total) }
        routers.insert(contentsOf: former, at: 0)
        return notes
    }

    /// How `noteRouters` is written on `rollout`.
    package func notePatch(present: Bool, on rollout: Object) -> JSON {
        let notes = noted.map(\.said) + (present ? [said].compactMap(\.self) : [])
        return [
            "metadata": [
                "annotations": [Keys.routers: NotedRouters.annotation(notes, ofUID: rollout.uid)]
            ]
        ]
    }
}

extension RolloutParser {
    /// The routers that such a configuration stands for in this rollout.
    fileprivate static func routers(
        of said: JSON, _ rollout: Object, _ kinds: [RouterKind]
    ) -> [Router] {
        let root = Reader(
            ["spec": ["strategy": ["canary": said]]], findings: Reader.Findings())
        var parser = RolloutParser(root: root, object: rollout, kinds: kinds)
        parser.stablePingPong = StatusDocument.parse(rollout.status).stablePingPong
        _ = parser.canary(root["spec"]["strategy"]["canary"])
        return parser.routers
    }
}

import KubernetesObjects
import Logging

extension IngressProxy {
    /// Says once, in the log and as an event of the object, what of it has no effect.
    func tell(of table: RouteTable) async {
        let configuration = NginxConfiguration(
            settings: place.settings, table: table, generation: 0)
        let unread = configuration.doubts.compactMap { doubt, subject in
            refused[doubt].map {
                RouteTable.Note(
                    subject: subject, text: NginxConfiguration.words(for: doubt, brief($0)))
            }
        }
        let notes = Set(table.notes + unread)
        for note in notes.subtracting(told).sorted(by: { $0.description < $1.description }) {
            logger.notice("A part of an ingress has no effect", metadata: ["note": "\(note)"])
            await write(note)
        }
        told = notes
    }

    private func write(_ note: RouteTable.Note) async {
        let subject = await cluster.list(note.subject.resource).first {
            $0.name == note.subject.name && $0.namespace == note.subject.namespace
        }
        guard let subject else { return }
        // Named by what it says: told again by a later run of ours it is the same event.
        let tag = String(fnv1a(Array((subject.uid + note.text).utf8)), radix: 16)
        let event = Object.event(
            named: "\(subject.name).\(tag)", about: subject, reason: "NoEffect",
            message: note.text, type: .warning, at: now(), component: "sluice-ingress")
        do throws(WriteFailure) {
            try await cluster.write(.create(.events, event))
        } catch .conflict {
            return
        } catch {
            logger.warning("An event is not stored", metadata: ["why": "\(error)"])
        }
    }

    /// What nginx says without the moment, the process and the file: the same again is the same.
    private func brief(_ output: String) -> String {
        let line = output.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        var text = line.split(separator: "[emerg] ").last.map(String.init) ?? line
        if text.first?.isNumber == true {
            text = text.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? text
        }
        text = text.split(separator: " in \(place.directory)").first.map(String.init) ?? text
        return text.replacing(place.directory + "/", with: "")
    }
}

import Foundation
import KubernetesObjects
import Rollouts
import Testing

/// A trigger that is named after an event is told by that event, and by nothing else: whoever tells
/// of something new would otherwise tell it twice.
struct `The reason of an event` {
    private static var sources: [(name: String, text: String)] {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Sources")
            return try ["Rollouts", "Traffic", "Controller"].flatMap { room in
                let folder = root.appending(path: room)
                let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []
                return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
                    .map { name in
                        let file = folder.appending(path: name)
                        return (name, try String(contentsOf: file, encoding: .utf8))
                    }
            }
        }
    }

    /// Holds: 7.2 triggers.
    @Test func `is in the one list, wherever it is told`() throws {
        let call =
            /\bEvent\(\s*|\bannounce\(\s*object,\s*|\brefusedAs\(\s*reason:\s*/
        let first = /(?:"([^"]*)"|([A-Za-z.]+))/
        var told = 0
        for (name, text) in try Self.sources {
            for match in text.matches(of: call) {
                guard let argument = text[match.range.upperBound...].prefixMatch(of: first) else {
                    continue
                }
                let constant = argument.2.map(String.init)
                // Handed on from another place that is looked at, or of interest to nobody.
                if ["reason", "String", "NotificationKeys.failed"].contains(constant) { continue }
                let reason =
                    try argument.1.map(String.init) ?? Self.value(of: constant ?? "", in: text)
                let pattern = try Regex(
                    reason.replacing(/\\\([^)]*\)/, with: "[A-Za-z]+"))
                told += 1
                #expect(
                    Event.reasons.contains { $0.wholeMatch(of: pattern) != nil },
                    "\(reason) of \(name) is not in Event.reasons")
            }
        }
        #expect(told > 40)
    }

    /// Those that say what their router wrote in words of their own.
    @Test func `is in that list for each kind that a router writes`() {
        let others = ["VirtualService", "DestinationRule", "VirtualNode", "Mapping"]
        for kind in Resource.routes.keys.map(\.kind) where !others.contains(kind) {
            #expect(Event.reasons.contains("Patching\(kind)"), "\(kind)")
        }
    }

    /// `let name = "value"`.
    private static func value(of name: String, in text: String) throws -> String {
        let definition = try Regex("let \(name) = \"([A-Za-z ]+)\"")
        let match = try #require(text.firstMatch(of: definition), "\(name) is no constant here")
        return String(try #require(match.output[1].substring))
    }
}

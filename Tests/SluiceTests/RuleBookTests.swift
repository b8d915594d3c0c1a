import Documents
import KubernetesObjects
import Logging
import Notifications
import Testing

@testable import Controller

struct `The rules of two namespaces` {
    /// The ConfigMaps of the controller and of a team, each with a service and a template of its
    /// own for the same trigger.
    private static let objects: [Reference: Object] = {
        var objects: [Reference: Object] = [:]
        for (namespace, service) in [("rollouts", "home"), ("web", "team")] {
            let reference = Reference(
                .configMaps, namespace: namespace, name: NotificationKeys.configMap)
            objects[reference] = Object([
                "metadata": [
                    "name": .string(reference.name), "namespace": .string(namespace),
                    "resourceVersion": "1",
                ],
                "data": JSON(strings: [
                    "service.webhook.\(service)": "url: http://\(service).example",
                    "template.told": "message: told",
                    "trigger.on-rollout-aborted": "- send: [told]",
                    "subscriptions":
                        "- {recipients: [\(service)], triggers: [on-rollout-aborted]}",
                ]),
            ])
        }
        return objects
    }()

    private func book(isSelfService: Bool) -> RuleBook {
        RuleBook(
            .init(home: "rollouts", isSelfService: isSelfService, seesHome: true),
            cluster: Cluster(
                get: { Self.objects[$0] }, list: { _, _ in [] },
                write: { _ throws(ClusterError) in throw .refused("nothing is written") }),
            secrets: .none, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(seconds: 1_767_323_045) })
    }

    private func rollout(in namespace: String, _ subscription: String? = nil) -> Object {
        var annotations: [String: String] = [:]
        if let subscription {
            annotations["\(NotificationKeys.subscribe)on-rollout-aborted.\(subscription)"] = ""
        }
        return Object([
            "kind": "Rollout",
            "metadata": [
                "name": "shop", "namespace": .string(namespace), "uid": .string(namespace),
                "resourceVersion": "1", "annotations": JSON(strings: annotations),
            ],
        ])
    }

    private func told(_ book: RuleBook, of rollout: Object) async -> [String] {
        let due = await book.due(rollout, reason: "RolloutAborted")
        return DueList(due).entries.map(\.destination.description)
    }

    /// Holds: 7.2 self-service.
    @Test func `both hold for objects of a namespace that may have its own`() async throws {
        let book = book(isSelfService: true)
        #expect(await told(book, of: rollout(in: "web")) == ["home", "team"])
        #expect(await told(book, of: rollout(in: "rollouts")) == ["home"])
        // What a team sets up is for its own objects.
        #expect(await told(book, of: rollout(in: "data", "team")) == ["home"])
        #expect(book.shelf(of: "web") == "web")
        #expect(try await book.rules(for: "web").count == 2)
    }

    /// Holds: 7.2 self-service.
    @Test func `are those of the controller alone where nobody may have his own`() async throws {
        let book = book(isSelfService: false)
        #expect(await told(book, of: rollout(in: "web")) == ["home"])
        #expect(await told(book, of: rollout(in: "web", "team")) == ["home"])
        #expect(book.shelf(of: "web") == "rollouts")
        #expect(try await book.rules(for: "web").count == 1)
    }
}

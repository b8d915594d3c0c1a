import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Traffic

struct `A router that is an extension` {
    private let routes = [
        ManagedRoute(
            name: "testers",
            purpose: .header([HeaderMatch(name: "x-tester", value: .exact("yes"))]))
    ]

    private func router(maximum: Int? = nil, managed: [String] = ["testers"]) throws -> Router {
        let rollout = RoutedRollout(
            namespace: "web", name: "shop", stableService: "stable", canaryService: "canary",
            maximumWeight: maximum, managedRoutes: managed)
        let reader = Reader(["mesh": "a"], findings: Reader.Findings())
        return try #require(RouterKind.extension("acme/mesh").parse(reader, rollout))
    }

    private func seen(_ router: Router, _ said: JSON?, denied: String? = nil) -> Observed {
        var seen = Observed(
            objects: [:],
            owner: OwnerReference(apiVersion: "v1", kind: "Rollout", name: "shop", uid: "u"))
        guard let reference = router.remote?.reference else { return seen }
        seen.objects[reference] = said.map(Object.init)
        seen.denied[reference] = denied
        return seen
    }

    private func orders(_ changes: [Change]) -> [JSON] {
        changes.compactMap {
            if case .patch(.merge(let order)) = $0.act { order } else { nil as JSON? }
        }
    }

    @Test func `is told the weight that it does not have`() throws {
        let router = try router(maximum: 1_000)
        let wanted = Split(canary: 30, of: 1_000)
        let plan = try router.plan(wanted, seen(router, ["weight": 0, "total": 1_000]))
        #expect(orders(plan) == [["operation": "setWeight", "weight": 30, "total": 1_000]])
        let standing = seen(router, ["weight": 30, "total": 1_000])
        #expect(try router.plan(wanted, standing).isEmpty)
        #expect(router.read(standing) == .split(wanted) && router.verify(standing) == .yes)
    }

    @Test func `is asked with its configuration, for its rollout`() throws {
        let question = try router().remote?.question
        #expect(question?["kind"] == "router" && question?["config"] == ["mesh": "a"])
        #expect(
            question?["rollout"] == [
                "namespace": "web", "name": "shop", "stableService": "stable",
                "canaryService": "canary",
            ])
    }

    @Test(arguments: [
        "{}", #"{"weight":"30"}"#, #"{"weight":-1}"#, #"{"weight":101}"#,
        #"{"weight":1,"total":0}"#, #"{"weight":1,"total":1}"#, #"{"weight":1,"total":null}"#,
        #"{"weight":9223372036854775807,"total":9223372036854775807}"#,
        #"{"weight":0,"total":100,"error":"cannot reach the mesh"}"#,
    ])
    func `is unknown where its answer is none, and never zero`(_ said: String) throws {
        let router = try router()
        let seen = seen(router, try JSON(parsing: said))
        guard case .unreadable = router.read(seen), case .no = router.verify(seen) else {
            Issue.record("\(router.read(seen))")
            return
        }
        #expect(try router.plan(Split(canary: 0, of: 100), seen).count == 1)
    }

    @Test func `is unknown where it is silent, and told all the same to take the traffic back`()
        throws
    {
        let router = try router()
        let seen = seen(router, nil, denied: "no answer")
        guard case .unreadable(let why) = router.read(seen) else {
            Issue.record("\(router.read(seen))")
            return
        }
        #expect(why.hasSuffix("no answer") && router.verify(seen) == .no(why))
        #expect(
            orders(try router.plan(Split(canary: 0, of: 100), seen))
                == [["operation": "setWeight", "weight": 0, "total": 100]])
        #expect(
            orders(try router.routes?([], seen) ?? []) == [
                ["operation": "setRoutes", "routes": []]
            ]
        )
    }

    @Test func `is not followed yet where it says so`() throws {
        let router = try router()
        let said: JSON = ["weight": 30, "verified": false, "message": "2 of 3 proxies"]
        #expect(router.verify(seen(router, said)) == .no("extension acme/mesh: 2 of 3 proxies"))
        for garbage: JSON in ["no", 0, .null] {
            guard case .no = router.verify(seen(router, ["weight": 30, "verified": garbage])) else {
                Issue.record("\(garbage) counts as followed")
                continue
            }
        }
    }

    @Test func `makes routes where it says that it does`() throws {
        let router = try router()
        let none = seen(router, ["weight": 0, "routes": []])
        let told = orders(try router.routes?(routes, none) ?? [])
        #expect(
            told == [
                [
                    "operation": "setRoutes",
                    "routes": [
                        [
                            "name": "testers",
                            "headers": [["name": "x-tester", "value": ["exact": "yes"]]],
                        ]
                    ],
                ]
            ])
        let standing = seen(router, ["weight": 0, "routes": told.first?["routes"] ?? .null])
        #expect(try router.routes?(routes, standing).isEmpty == true)
        #expect(try router.routes?([], standing).count == 1)
        #expect(throws: RouterError.self) {
            try router.routes?(routes, seen(router, ["weight": 0]))
        }
        #expect(try router.routes?([], seen(router, ["weight": 0])).isEmpty == true)
    }
}

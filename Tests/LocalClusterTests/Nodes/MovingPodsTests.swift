import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

/// Workload controllers, node and proxy on one store.
private struct WholeBox {
    let shop: TestProxy
    let node: Node
    private let controllers: WorkloadControllers

    init() throws {
        shop = try TestProxy()
        let (access, proxy) = (shop.cluster.access, shop.proxy)
        controllers = WorkloadControllers(access, now: wallClock)
        let edges = Node.Edges(
            cluster: access, httpGet: { _ in nil }, isRouted: { await proxy.isRouted($0) },
            now: wallClock)
        node = Node(
            edges, directory: "\(shop.scratch.path)/node",
            block: try AddressBlock.take(preferred: Int.random(in: 16...250)),
            account: try Accounts.standard().pods)
    }

    func run(_ story: (TestCluster) async throws -> Void) async throws {
        try await shop.run { cluster in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (node, controllers) = (node, controllers)
                group.addTask { try await node.run() }
                group.addTask { await controllers.run() }
                do {
                    try await story(cluster)
                } catch {
                    node.end()
                    group.cancelAll()
                    throw error
                }
                node.end()
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// A server whose answers take a fifth of a second, and which drops them when told to end.
    func deploy(image: String) -> JSON {
        let script = #"""
            printf 'daemon off; pid p; error_log stderr; events {} http { access_log off; %s
            server { listen '$POD_IP':8080; location / { root .; limit_rate 10k; %s } } }' \
            'client_body_temp_path a; proxy_temp_path a; fastcgi_temp_path a; uwsgi_temp_path a;
            scgi_temp_path a;' "add_header X-Version $SLUICE_IMAGE;" > conf
            head -c 2000 /dev/zero > index.html; mkdir -p a
            exec /usr/sbin/nginx -p "$PWD/" -c "$PWD/conf"
            """#
        let container: JSON = [
            "name": "app", "image": .string(image), "command": ["/bin/sh", "-c", .string(script)],
            "env": [["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]]],
            "readinessProbe": ["tcpSocket": ["port": 8080], "periodSeconds": 1],
        ]
        var web = deployment("stable", replicas: 2, image: image)
        web.set(.array([container]), at: ["spec", "template", "spec", "containers"])
        return web
    }
}

@Suite(.timeLimit(.minutes(10)))
struct `Moving pods under load` {
    @Test func `loses no request`() async throws {
        let box = try WholeBox()
        try await box.run { cluster in
            var stable = service("stable")
            stable["spec", "ports"] = [["port": 80, "targetPort": 8080]]
            try await cluster.create(.services, stable.json)
            try await cluster.create(.ingresses, ingress("shop", service: "stable").json)
            try await cluster.create(.deployments, box.deploy(image: "v1"))
            await box.shop.applied { $0.addresses.count == 2 }

            let load = Task { await self.load(port: box.shop.port) }
            let template = box.deploy(image: "v2")["spec"]?["template"] ?? [:]
            try await cluster.write(
                .patch(
                    Reference(.deployments, namespace: "default", name: "stable"),
                    ["spec": ["template": template]]))
            await cluster.wait { cluster in
                let status = await cluster.get(.deployments, "stable")?.status ?? [:]
                return status["observedGeneration"] == 2 && status["updatedReplicas"] == 2
                    && status["availableReplicas"] == 2
                    && status["replicas"] == 2
            }
            await cluster.wait { await $0.list(.pods).count == 2 }
            load.cancel()
            let seen = await load.value
            #expect(seen["none"] == nil)
            #expect(seen["v1", default: 0] > 0)
            #expect(version(of: await fetch(port: box.shop.port)) == "v2")
        }
    }

    /// Eight clients that ask without pause until they are cancelled, and what answered them.
    private func load(port: Int) async -> [String: Int] {
        await withTaskGroup(of: [String: Int].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var seen: [String: Int] = [:]
                    while !Task.isCancelled {
                        let answer = await fetch(port: port)
                        let whole = answer.map { $0.utf8.count > 2000 } ?? false
                        seen[whole ? version(of: answer) ?? "none" : "none", default: 0] += 1
                    }
                    return seen
                }
            }
            return await group.reduce(into: [:]) { sum, one in sum.merge(one, uniquingKeysWith: +) }
        }
    }
}

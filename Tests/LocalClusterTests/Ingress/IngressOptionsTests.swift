import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

private let prefix = "nginx.ingress.kubernetes.io/"

/// A real nginx whose Ingress has annotations.
@Suite(.timeLimit(.minutes(5)))
struct `An ingress with annotations` {
    private let shop: TestProxy
    private let stable: TestBackend
    private let canarySide: TestBackend

    init() throws {
        shop = try TestProxy()
        stable = try TestBackend("stable")
        canarySide = try TestBackend("canary")
    }

    private func run(
        _ annotations: [String: String], path: String = "/",
        _ story: (TestCluster) async throws -> Void
    ) async throws {
        try await shop.run { cluster in
            for name in ["stable", "canary"] {
                try await cluster.create(.services, service(name).json)
            }
            try await cluster.create(.endpointSlices, slice("stable", [stable.endpoint]).json)
            try await cluster.create(.endpointSlices, slice("canary", [canarySide.endpoint]).json)
            let full = Dictionary(
                uniqueKeysWithValues: annotations.map { (prefix + $0.key, $0.value) })
            try await cluster.create(
                .ingresses,
                ingress("shop", path: path, service: "stable", annotations: full).json)
            await shop.applied { !$0.servers.isEmpty }
            try await story(cluster)
        }
    }

    /// The cookie that an answer sets, as a client sends it back.
    private func cookie(_ answer: String?) -> String? {
        answer?.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: ") }.map {
            "Cookie: " + $0.dropFirst(12).prefix { $0 != ";" } + "\r\n"
        }
    }

    @Test func `keeps clients with the canary at weight 0 for as long as its ingress is there`()
        async throws
    {
        try await run(["affinity": "cookie", "session-cookie-name": "route"]) { cluster in
            try await cluster.create(.ingresses, canary(["weight": "100"]).json)
            await shop.applied { $0.canaries.values.first?.share == .all }
            let first = await fetch(port: shop.port)
            let own = try #require(cookie(first))
            #expect(version(of: first) == "canary")
            #expect(first?.contains("; Path=/; HttpOnly\r\n") == true)
            try await shop.set(["weight": "0"])
            await shop.applied { $0.canaries.values.first?.share == Canary.Share.none }
            #expect(await shop.count(5, headers: own) == ["canary": 5])
            #expect(await shop.count(5) == ["stable": 5])
            #expect(cookie(await fetch(port: shop.port, headers: own)) == nil)
            try await cluster.delete(.ingresses, "shop-canary")
            await shop.applied { $0.canaries.isEmpty }
            let back = await fetch(port: shop.port, headers: own)
            #expect(version(of: back) == "stable")
            #expect(cookie(back) != nil)
        }
    }

    @Test func `keeps clients with stable, whatever weight and header say`() async throws {
        try await run(["affinity": "cookie"]) { cluster in
            let own = try #require(cookie(await fetch(port: shop.port)))
            try await cluster.create(
                .ingresses, canary(["weight": "100", "by-header": "X-Canary"]).json)
            await shop.applied { $0.canaries.values.first?.share == .all }
            #expect(await shop.count(5, headers: own + "X-Canary: always\r\n") == ["stable": 5])
            #expect(await shop.count(5) == ["canary": 5])
        }
    }

    @Test func `binds no client to a canary that is left out of the affinity`() async throws {
        try await run(["affinity": "cookie"]) { cluster in
            var side = canary(["weight": "100"])
            side["metadata", "annotations", prefix + "affinity-canary-behavior"] = "legacy"
            try await cluster.create(.ingresses, side.json)
            await shop.applied { $0.canaries.values.first?.share == .all }
            let first = await fetch(port: shop.port)
            #expect(version(of: first) == "canary")
            #expect(cookie(first) == nil)
        }
    }

    @Test func `keeps a client with one pod of several`() async throws {
        let second = try TestBackend("second")
        try await run(["affinity": "cookie"]) { cluster in
            try await cluster.write(
                .patch(
                    Reference(.endpointSlices, namespace: "default", name: "stable-1"),
                    ["ports": slice("stable", [second.endpoint]).json["ports"] ?? []]))
            let more = Object(slice("stable", [stable.endpoint]).json)
            var other = more
            other["metadata", "name"] = "stable-2"
            try await cluster.create(.endpointSlices, other.json)
            await shop.applied { $0.endpoints.values.contains { $0.count == 2 } }
            let first = await fetch(port: shop.port)
            let own = try #require(cookie(first))
            let name = try #require(version(of: first))
            #expect(await shop.count(12, headers: own) == [name: 12])
            #expect(await shop.count(40).count == 2)
        }
    }

    @Test func `rewrites the path as its pattern says`() async throws {
        try await run(["rewrite-target": "/$2"], path: "/api(/|$)(.*)") { _ in
            let answer = await fetch(port: shop.port, path: "/api/v1/items?x=1")
            #expect(version(of: answer) == "stable")
            #expect(stable.lastTarget == "/v1/items?x=1")
            #expect(await fetch(port: shop.port, path: "/other")?.hasPrefix("HTTP/1.1 404") == true)
        }
    }

    @Test func `harms nobody else with a pattern that cannot be read, and is told so`()
        async throws
    {
        try await run([:]) { cluster in
            let bad = ingress(
                "bad", host: "bad.test", path: "/(", service: "stable", created: 1,
                annotations: [prefix + "use-regex": "true", prefix + "limit-rps": "5"])
            try await cluster.create(.ingresses, bad.json)
            await shop.applied { $0.servers.count == 2 }
            #expect(await shop.count(3) == ["stable": 3])
            #expect(
                await fetch(port: shop.port, host: "bad.test")?.hasPrefix("HTTP/1.1 404") == true)
            await cluster.wait { await $0.list(.events).count == 2 }
            let messages = await cluster.list(.events).compactMap { $0["message"]?.string }.sorted()
            #expect(
                messages.first?.hasPrefix("nginx cannot read the pattern ^/(, which has no effect:")
                    == true)
            #expect(
                messages.last == "the annotation \(prefix)limit-rps has no effect in the box")
            #expect(
                await cluster.list(.events).allSatisfy {
                    $0["type"] == "Warning" && $0["involvedObject", "name"] == "bad"
                })
        }
    }
}

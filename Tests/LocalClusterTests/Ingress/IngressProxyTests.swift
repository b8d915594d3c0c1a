import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

/// A real nginx on a store of its own.
struct TestProxy {
    let cluster = TestCluster(realTime: true)
    let scratch: Scratch
    let proxy: IngressProxy
    let port: Int

    init(https: NginxSettings.HTTPS? = nil) throws {
        scratch = try Scratch()
        port = try Ports.free()
        proxy = IngressProxy(
            IngressProxy.Place(
                directory: scratch.path,
                settings: NginxSettings(
                    account: try Accounts.standard().proxy, httpPort: port, https: https, api: nil,
                    statusSocket: "\(scratch.path)/status.sock")),
            cluster: cluster.access, now: wallClock)
    }

    /// Serves while `story` is told.
    func run(_ story: (TestCluster) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let proxy = proxy
            group.addTask { try await proxy.run() }
            do {
                try await story(cluster)
            } catch {
                await proxy.end()
                throw error
            }
            await proxy.end()
            try await group.waitForAll()
        }
    }

    /// Stores both sides of the shop and waits until nginx serves them.
    func open(stable: TestBackend, canary side: TestBackend, _ rules: [String: String]) async throws
    {
        for name in ["stable", "canary"] { try await cluster.create(.services, service(name).json) }
        try await cluster.create(.endpointSlices, slice("stable", [stable.endpoint]).json)
        try await cluster.create(.endpointSlices, slice("canary", [side.endpoint]).json)
        try await cluster.create(.ingresses, ingress("shop", service: "stable").json)
        try await cluster.create(.ingresses, canary(rules).json)
        await applied { !$0.canaries.isEmpty }
    }

    func set(_ rules: [String: String?]) async throws {
        let members = rules.map {
            (
                "nginx.ingress.kubernetes.io/canary-\($0.key)",
                $0.value.map { JSON.string($0) } ?? .null
            )
        }
        try await cluster.write(
            .patch(
                Reference(.ingresses, namespace: "default", name: "shop-canary"),
                ["metadata": ["annotations": .object(JSONObject(members))]]))
    }

    /// Waits until nginx serves a table of routes like this.
    func applied(_ condition: (RouteTable) -> Bool) async {
        for await applied in await proxy.updates() where condition(applied.table) { return }
    }

    func count(_ requests: Int, headers: String = "") async -> [String: Int] {
        var seen: [String: Int] = [:]
        for _ in 0..<requests {
            let answer = await fetch(port: port, headers: headers)
            seen[version(of: answer) ?? "none", default: 0] += 1
        }
        return seen
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `nginx as the ingress of the box` {
    private let shop: TestProxy
    private let stable: TestBackend
    private let canarySide: TestBackend

    init() throws {
        shop = try TestProxy()
        stable = try TestBackend("stable")
        canarySide = try TestBackend("canary")
    }

    private func run(_ rules: [String: String], _ story: () async throws -> Void) async throws {
        try await shop.run { _ in
            try await shop.open(stable: stable, canary: canarySide, rules)
            try await story()
        }
    }

    @Test func `sends the share of the requests that the weight asks for`() async throws {
        try await run(["weight": "30"]) {
            let seen = await shop.count(600)
            // Six standard deviations of 600 draws at 30 %.
            #expect((112...248).contains(seen["canary"] ?? 0))
            #expect(seen["none"] == nil)
        }
    }

    @Test func `lets headers and cookies decide before the weight, with regard to case`()
        async throws
    {
        try await run(["weight": "0", "by-header": "X-Canary", "by-cookie": "side"]) {
            #expect(await shop.count(5, headers: "X-Canary: always\r\n") == ["canary": 5])
            #expect(await shop.count(5, headers: "X-Canary: ALWAYS\r\n") == ["stable": 5])
            #expect(await shop.count(5, headers: "Cookie: a=b; side=always\r\n") == ["canary": 5])
            #expect(
                await shop.count(5, headers: "X-Canary: never\r\nCookie: side=always\r\n") == [
                    "stable": 5
                ])
            #expect(await shop.count(5) == ["stable": 5])
        }
    }

    @Test func `matches header values and patterns, and takes a broken pattern as stable`()
        async throws
    {
        try await run(["weight": "100", "by-header": "X-Region", "by-header-pattern": "^eu-\\d$"]) {
            #expect(await shop.count(3, headers: "X-Region: eu-1\r\n") == ["canary": 3])
            try await shop.set(["weight": "0", "by-header-pattern": nil, "by-header-value": "a.b"])
            await shop.applied {
                $0.canaries.values.first?.header == .value("X-Region", equals: "a.b")
            }
            #expect(await shop.count(3, headers: "X-Region: a.b\r\n") == ["canary": 3])
            #expect(await shop.count(3, headers: "X-Region: axb\r\n") == ["stable": 3])
            try await shop.set(["weight": "100", "by-header-value": nil, "by-header-pattern": "("])
            await shop.applied { $0.canaries.values.first?.share == .all }
            #expect(await shop.count(3, headers: "X-Region: eu-1\r\n") == ["stable": 3])
            #expect(await shop.count(3) == ["canary": 3])
        }
    }

    @Test func `answers 503 where stable has no endpoint, whatever the canary could serve`()
        async throws
    {
        try await run(["weight": "100"]) {
            try await shop.cluster.write(
                .patch(
                    Reference(.endpointSlices, namespace: "default", name: "stable-1"),
                    ["endpoints": []]))
            await shop.applied { $0.addresses == ["127.0.0.1"] && $0.endpoints.values.contains([]) }
            #expect(await fetch(port: shop.port)?.hasPrefix("HTTP/1.1 503") == true)
        }
    }

    @Test func `loses no request while it is reloaded again and again`() async throws {
        try await run(["weight": "10"]) {
            let failures = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { [shop] in
                        var failures = 0
                        for _ in 0..<150 where version(of: await fetch(port: shop.port)) == nil {
                            failures += 1
                        }
                        return failures
                    }
                }
                for weight in stride(from: 20, through: 90, by: 10) {
                    do { try await shop.set(["weight": String(weight)]) } catch {
                        Issue.record(error)
                    }
                    await shop.applied { $0.canaries.values.first?.share == .part(weight * 100) }
                }
                return await group.reduce(0, +)
            }
            #expect(failures == 0)
            #expect(await shop.proxy.applied?.generation ?? 0 >= 9)
        }
    }

    @Test func `counts as routing to an address until the last answer has come from it`()
        async throws
    {
        let slow = try TestBackend("slow", address: "127.0.0.2", isHeld: true)
        try await shop.run { cluster in
            try await shop.open(stable: slow, canary: canarySide, ["weight": "0"])
            async let answer = fetch(port: shop.port)
            while slow.lastTarget.isEmpty { await Task.yield() }
            try await cluster.write(
                .patch(
                    Reference(.endpointSlices, namespace: "default", name: "stable-1"),
                    ["endpoints": []]))
            await shop.applied { $0.addresses == ["127.0.0.1"] }
            // While the proxy looks at a change it answers for every address that it may be routed.
            while await shop.proxy.isRouted("127.0.0.99") { await Task.yield() }
            #expect(await shop.proxy.isRouted("127.0.0.2"))
            slow.letGo()
            #expect(version(of: await answer) == "slow")
            while await shop.proxy.isRouted("127.0.0.2") { await Task.yield() }
        }
    }

    @Test func `takes nothing for its own that nginx serves for an earlier run`() async throws {
        // Killed after the second configuration was written and before nginx was told of it.
        let place = await shop.proxy.place
        func write(_ generation: Int) throws {
            let text = NginxConfiguration(
                settings: place.settings, table: RouteTable(), generation: generation
            ).text
            try Files.write(text, to: "\(place.directory)/nginx.conf")
        }
        try Files.makeDirectory("\(place.directory)/temp", mode: 0o711)
        try write(41)
        let earlier = Supervised(name: "nginx", directory: place.directory)
        _ = try earlier.start(await shop.proxy.command("nginx.conf"))
        while await shop.proxy.answered() != 41 { await Task.yield() }
        try write(42)
        try await shop.run { _ in
            await shop.applied { _ in true }
            #expect(await shop.proxy.applied?.generation == 43)
        }
    }

    @Test func `comes back when it is killed`() async throws {
        try await run(["weight": "0"]) {
            let before = await shop.proxy.applied?.generation ?? 0
            let record = Files.glance("\(shop.scratch.path)/nginx.process") ?? ""
            let identity = try #require(ProcessIdentity(try JSON(parsing: record)))
            RunningProcess.found(identity)?.signal(SIGKILL)
            for await applied in await shop.proxy.updates() where applied.generation > before {
                break
            }
            #expect(await shop.count(3) == ["stable": 3])
        }
    }

    @Test func `leaves no process and no port behind`() async throws {
        var master: pid_t = 0
        try await run(["weight": "0"]) {
            let record = Files.glance("\(shop.scratch.path)/nginx.process") ?? ""
            let identity = try #require(ProcessIdentity(try JSON(parsing: record)))
            master = identity.pid
            #expect(Workers(of: master).pids.count >= 2)
        }
        #expect(Workers(of: master).pids.isEmpty)
        #expect(try Ports.free(wanted: shop.port) == shop.port)
    }
}

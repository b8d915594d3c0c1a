import Documents
import Testing
import Traffic

private func policy(_ json: JSON) -> RoutePolicy? {
    do throws(RouterError) { return try RoutePolicy(json) } catch { return nil }
}

private func reason(_ json: JSON) -> String {
    do throws(RouterError) {
        _ = try RoutePolicy(json)
        return ""
    } catch {
        return error.description
    }
}

struct `A route policy` {
    /// Holds: 6.7 route policy.
    @Test(arguments: [
        ("req-0", 39), ("req-1", 60), ("req-2", 76), ("req-3", 6), ("req-10", 37), ("abc", 65),
        ("00000000-0000-4000-8000-000000000000", 52),
    ])
    func `chooses by the digest of the request id`(id: String, bucket: Int) throws {
        for percent in [10, 30, 50] {
            let policy = try RoutePolicy([
                "strategy": "canary", "primary": "p", "canary": "c",
                "percent": .int(Int64(percent)),
            ])
            #expect(policy.choose(requestID: id) == (bucket >= 100 - percent ? "c" : "p"))
        }
        let buckets = try RoutePolicy([
            "targets": [
                ["name": "below", "weight": .int(Int64(bucket))], ["name": "here"],
                ["name": "above", "weight": .int(Int64(99 - bucket))],
            ]
        ])
        #expect(buckets.total == 100 && buckets.choose(requestID: id) == "here")
    }

    @Test func `only moves requests towards the canary when its percent grows`() throws {
        let policies = try (0...100).map { percent in
            try RoutePolicy([
                "strategy": "canary", "primary": "p", "canary": "c", "percent": .int(percent),
            ])
        }
        for request in 0..<50 {
            let sides = policies.map { $0.choose(requestID: "request \(request)") }
            #expect(sides == sides.sorted(by: >))
            #expect(sides.first == "p" && sides.last == "c")
        }
    }

    @Test(
        arguments: [
            (["strategy": "direct", "target": "a"], ["a": 1]),
            (
                [
                    "targets": [
                        ["name": "a"], ["name": "b", "weight": 3], ["name": "z", "weight": 0],
                    ]
                ], ["a": 1, "b": 3]
            ),
            (["strategy": "canary", "primary": "a", "canary": "b"], ["a": 95, "b": 5]),
            (
                [
                    "strategy": "canary", "primary": "a", "canary": "b",
                    "percentage": .number("10.5"),
                ], ["a": 90, "b": 10]
            ),
            (["strategy": "canary", "primary": "a", "canary": "b", "percent": 250], ["b": 100]),
            (["strategy": "canary", "primary": "a", "canary": "b", "percent": -1], ["a": 100]),
            (
                ["strategy": "canary", "primary": "a", "canary": "b", "percent": "20"],
                ["a": 80, "b": 20]
            ),
        ] as [(JSON, [String: Int])])
    func `is read as the gateway reads it`(json: JSON, shares: [String: Int]) throws {
        let targets = try RoutePolicy(json).targets.map { ($0.upstream, $0.weight) }
        #expect(Dictionary(uniqueKeysWithValues: targets) == shares)
    }

    @Test(
        arguments: [
            ([], "a list"), (["strategy": "random"], "unknown strategy"), ([:], "targets"),
            (["strategy": "direct"], "\"target\""),
            (["strategy": "canary", "primary": "a"], "\"canary\""),
            (
                ["strategy": "canary", "primary": "a", "canary": "b", "percent": "x"],
                "a string as percent"
            ),
            (["targets": [["name": "a", "weight": 0]]], "no target"),
            (["targets": [["weight": 1]]], "\"name\""),
            (["strategy": 3], "an integer as strategy"),
        ] as [(JSON, String)])
    func `that would end the gateway is refused`(json: JSON, why: String) {
        #expect(policy(json) == nil)
        #expect(reason(json).contains(why), "\(reason(json))")
    }
}

struct `The upstreams of a gateway` {
    @Test func `are separated by semicolons or commas`() throws {
        let upstreams = try GatewayUpstreams(
            parsing: " a=http://a:1/v1?x=y ; b=mock://fail, c=litellm://m;;")
        #expect(upstreams.names == ["a", "b", "c"])
        #expect(upstreams["a"] == "http://a:1/v1?x=y" && upstreams["d"] == nil)
        #expect(try GatewayUpstreams(parsing: "").entries.isEmpty)
    }

    @Test(arguments: ["a", "a=", "=http://x", "a=http://x;b"])
    func `that are malformed are refused`(text: String) {
        #expect(throws: RouterError.self) { try GatewayUpstreams(parsing: text) }
    }
}

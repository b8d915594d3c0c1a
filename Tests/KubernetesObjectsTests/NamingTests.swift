import Documents
import KubernetesObjects
import Testing

struct `A name` {
    @Test(arguments: ["a", "web-1", "a.b.c", "0", String(repeating: "a", count: 253)])
    func `of lowercase letters, digits, hyphens and dots is good`(_ name: String) {
        #expect(Naming.subdomainProblem(name) == nil)
    }

    @Test(arguments: [
        "", "A", "a_b", "-a", "a-", "a..b", ".a", "ü", String(repeating: "a", count: 254),
    ])
    func `of anything else is not`(_ name: String) {
        #expect(Naming.subdomainProblem(name) != nil)
    }

    @Test func `of a namespace has no dots, of a service no leading digit`() {
        #expect(Naming.labelProblem("a.b") != nil)
        #expect(Naming.labelProblem("1a") == nil)
        #expect(Naming.serviceProblem("1a") != nil)
        #expect(Naming.serviceProblem("a1") == nil)
    }
}

struct `A label` {
    @Test(arguments: ["app", "app.kubernetes.io/name", "A_b.c"])
    func `has a name with an optional prefix`(_ key: String) {
        #expect(Naming.labelKeyProblem(key) == nil)
    }

    @Test(arguments: ["", "/a", "a/", "a/b/c", "A/b", "-a", "a b"])
    func `has no other key`(_ key: String) {
        #expect(Naming.labelKeyProblem(key) != nil)
    }

    @Test func `has a short value or none`() {
        #expect(Naming.labelValueProblem("") == nil)
        #expect(Naming.labelValueProblem("v1.2_x-y") == nil)
        #expect(Naming.labelValueProblem("a b") != nil)
        #expect(Naming.labelValueProblem(String(repeating: "a", count: 64)) != nil)
    }
}

struct `An event` {
    private let rollout = Object([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": ["name": "web", "namespace": "shop", "uid": "u1", "resourceVersion": "7"],
    ])
    private let noon = Timestamp(seconds: 1_767_268_800)

    @Test func `names what it is about`() {
        let event = Object.event(
            named: "web.1", about: rollout, reason: "RolloutAborted", message: "errors",
            type: .warning,
            at: noon)
        #expect(event.namespace == "shop")
        #expect(
            event["involvedObject"] == [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web",
                "namespace": "shop", "uid": "u1", "resourceVersion": "7",
            ])
        #expect(event["source", "component"] == "rollouts-controller")
        #expect(event["type"] == "Warning")
        #expect(event["lastTimestamp"] == .string(noon.rfc3339))
    }

    @Test func `counts when it happens again`() {
        let event = Object.event(named: "e", about: rollout, reason: "R", message: "m", at: noon)
        let again = event.repeated(at: noon.advanced(bySeconds: 5))
        #expect(again["count"] == 2)
        #expect(again["firstTimestamp"] == .string(noon.rfc3339))
        #expect(again["lastTimestamp"] == .string(noon.advanced(bySeconds: 5).rfc3339))
    }

    @Test func `cuts a message that no server takes`() {
        let long = String(repeating: "ä", count: 2000)
        let event = Object.event(named: "e", about: rollout, reason: "R", message: long, at: noon)
        #expect((event["message"]?.string?.utf8.count ?? 0) <= Object.eventMessageLimit)
        #expect(event["message"]?.string?.hasSuffix("...") == true)
    }
}

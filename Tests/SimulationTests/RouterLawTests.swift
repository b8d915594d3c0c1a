import Simulation
import Testing

/// Random releases whose routers are renamed and exchanged at any time, with faults at any write:
/// whatever the document says, all that ever carried traffic of the canary gives it back.
struct `A release whose router changes` {
    @Test func `leaves nothing on any route that it has ever had`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        if last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.spec = ["replicas: \(random.next(1...5))"]
        trial.steps = ["{setWeight: \(random.next(1...99))}", "{pause: {}}"]
        let match = "[{headerName: X-Test, headerValue: {exact: a}}]"
        trial.steps.insert("{setHeaderRoute: {name: testers, match: \(match)}}", at: 0)
        trial.fields = [
            "dynamicStableScale: \(seed % 3 == 2)", "scaleDownDelaySeconds: null",
            "trafficRouting: {nginx: null, managedRoutes: [{name: testers}], \(routers[0])}",
        ]
        trial.objects = routes
        trial.opening = ["5s image model-api:v2"]
        for _ in 0..<random.next(1...6) {
            trial.events.append("\(random.next(6...60))s \(event(&random))")
        }
        trial.ending = [
            "100s new-pods all", "100s stable-pods all",
            random.next(0...1) == 0 ? "110s abort" : "110s promote full", "200s end",
        ]
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...9) {
        case 0: "image model-api:v\(random.next(2...4))"
        case 1: "abort"
        case 2: "retry"
        case 3: "crash"
        case 4: "promote"
        case 5: "new-pods \(random.next(0...2))"
        default: "edit {spec: {strategy: {canary: {trafficRouting: {\(random.one(of: routers))}}}}}"
        }
    }
}

/// What the document may say of routers; each takes the place of another one.
private let routers = [
    "istio: null, plugins: {argoproj-labs/gatewayAPI: {httpRoute: a}}",
    "istio: null, plugins: {argoproj-labs/gatewayAPI: {httpRoute: b}}",
    "plugins: null, istio: {virtualService: {name: a, routes: [first]}}",
    "plugins: null, istio: {virtualService: {name: a, routes: [second]}}",
    "plugins: {argoproj-labs/gatewayAPI: {httpRoute: a}}, "
        + "istio: {virtualService: {name: b, routes: [first]}}",
]

private let routes =
    "objects:\n"
    + ["a", "b"].map { name in
        """
          - apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: \(name)}
            spec:
              rules:
                - backendRefs: [{name: model-api, weight: 1}, {name: model-api-canary, weight: 0}]
          - apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: \(name)}
            spec:
              http:
                - name: first
                  route: [\(destinations)]
                - name: second
                  route: [\(destinations)]
        """
    }.joined(separator: "\n")

private let destinations =
    "{destination: {host: model-api}, weight: 100}, "
    + "{destination: {host: model-api-canary}, weight: 0}"

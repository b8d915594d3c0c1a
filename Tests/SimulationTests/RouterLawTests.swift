import Simulation
import Testing

/// Random releases whose routers are renamed and exchanged at any time, with faults at any write:
/// whatever the document says, all that ever carried traffic of the canary gives it back.
struct `A release whose router changes` {
    @Test func `leaves nothing on any route that it has ever had`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    /// A document that is refused breaks no law either.
    @Test func `really has what it is about`() throws {
        let samples = try (0..<32).flatMap { try Self.release($0).play().samples }
        #expect(samples.contains { $0.weight > 0 })
        #expect(samples.contains { $0.madeRoutes > 0 })
        #expect(samples.contains { $0.versions.values.contains { $0.weight > 0 } })
        let aims = samples.flatMap(\.aims).filter { $0.value.weight > 0 }
        #expect(Set(aims.map(\.key)) == ["VirtualNode", "DestinationRule"])
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        let versions = last.versions.keys.sorted()
        if !versions.isEmpty { broken.append("P6: versions \(versions) stay") }
        if last.madeRoutes != 0 { broken.append("P6: \(last.madeRoutes) made routes stay") }
        if last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        let subject = Subject.allCases[seed % Subject.allCases.count]
        trial.spec = [
            "replicas: \(random.next(1...5))",
            "analysis: {successfulRunHistoryLimit: \(random.next(0...1))}",
        ]
        trial.steps = subject.steps(&random)
        trial.fields = [
            "dynamicStableScale: \(seed % 5 == 2)", "scaleDownDelaySeconds: null",
            "trafficRouting: {nginx: null, managedRoutes: [{name: testers}],"
                + " \(random.one(of: subject.routers))}",
        ]
        trial.objects = routes + sides
        trial.opening = ["5s image model-api:v2"]
        for _ in 0..<random.next(1...6) {
            trial.events.append("\(random.next(6...60))s \(event(&random, subject))")
        }
        trial.ending = [
            "100s new-pods all", "100s stable-pods all", "100s version-pods all",
            random.next(0...1) == 0 ? "110s abort" : "110s promote full", "200s end",
        ]
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func event(_ random: inout Lehmer, _ subject: Subject) -> String {
        switch random.next(0...9) {
        case 0: "image model-api:v\(random.next(2...4))"
        case 1: "abort"
        case 2: "retry"
        case 3: "crash"
        case 4: "promote"
        case 5: "\(random.one(of: ["new", "version"]))-pods \(random.next(0...2))"
        default:
            "edit {spec: {strategy: {canary: {trafficRouting: "
                + "{\(random.one(of: subject.routers))}}}}}"
        }
    }
}

/// What a release has besides weights; not every router takes everything.
private enum Subject: CaseIterable {
    case headers, weights, versions, meshes

    func steps(_ random: inout Lehmer) -> [String] {
        let weight = random.next(1...99)
        let plain = ["{setWeight: \(weight)}", "{pause: {}}"]
        switch self {
        case .headers:
            let match = "[{headerName: X-Test, headerValue: {exact: a}}]"
            return ["{setHeaderRoute: {name: testers, match: \(match)}}"] + plain
        case .weights, .meshes: return plain
        case .versions:
            let parts = [random.next(0...40), random.next(1...40), random.next(0...20)]
            return [trying(parts, &random), "{setWeight: \(parts[2])}", trying(parts, &random)]
                + ["{pause: {}}"]
        }
    }

    private func trying(_ parts: [Int], _ random: inout Lehmer) -> String {
        "{experiment: {duration: \(random.next(1...30))s, templates: ["
            + "{name: baseline, specRef: stable, weight: \(parts[0])}, "
            + "{name: trial, specRef: canary, weight: \(parts[1])}]}}"
    }

    /// What the document may say of routers; each takes the place of another one.
    var routers: [String] {
        let two = [
            only([gateway("a")]), only([gateway("b")]), only([istio("a", "first")]),
            only([istio("a", "second")]), only([gateway("a"), istio("b", "first")]),
            only([alb("a")]), only([alb("b"), gateway("b")]),
        ]
        let apisix = [only([named("apisix", "a")]), only([named("apisix", "b"), alb("a")])]
        let smi = [only([named("smi", "a")]), only([named("smi", "b"), istio("b", "second")])]
        let ambassador = [
            only([named("ambassador", "a")]), only([named("ambassador", "b"), gateway("a")]),
        ]
        let mesh = [
            only([appMesh("a")]), only([appMesh("b"), gateway("b")]), only([subsets]),
        ]
        switch self {
        case .headers: return two + apisix
        case .weights: return two + apisix + smi + ambassador
        case .versions: return two + smi
        case .meshes: return mesh
        }
    }
}

private func gateway(_ name: String) -> String {
    "plugins: {argoproj-labs/gatewayAPI: {httpRoute: \(name)}}"
}

private func istio(_ name: String, _ route: String) -> String {
    "istio: {virtualService: {name: \(name), routes: [\(route)]}}"
}

private let subsets =
    "istio: {virtualService: {name: subsets}, destinationRule: {name: sides, "
    + "stableSubsetName: model-api, canarySubsetName: model-api-canary}}"

private func appMesh(_ name: String) -> String {
    "appMesh: {virtualService: {name: \(name)}, virtualNodeGroup: "
        + "{stableVirtualNodeRef: {name: model-api}, "
        + "canaryVirtualNodeRef: {name: model-api-canary}}}"
}

private func alb(_ name: String) -> String { "alb: {ingress: \(name), servicePort: 80}" }

private func named(_ kind: String, _ name: String) -> String {
    switch kind {
    case "apisix": "apisix: {route: {name: \(name)}}"
    case "smi": "smi: {trafficSplitName: \(name)}"
    default: "ambassador: {mappings: [\(name)]}"
    }
}

/// These routers, and none of the others.
private func only(_ routers: [String]) -> String {
    let kinds = ["istio", "alb", "smi", "ambassador", "appMesh", "apisix", "plugins"]
    let absent = kinds.filter { kind in !routers.contains { $0.hasPrefix("\(kind):") } }
    return (routers + absent.map { "\($0): null" }).joined(separator: ", ")
}

private let routes =
    "objects:\n"
    + ["a", "b"].map { name in
        """
          - apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: \(name)}
            spec:
              rules:
                - backendRefs:
                    - {name: model-api, port: 80, weight: 1}
                    - {name: model-api-canary, port: 80, weight: 0}
          - apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: \(name)}
            spec:
              http:
                - name: first
                  route: [\(destinations)]
                - name: second
                  route: [\(destinations)]
          - apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: \(name)}
            spec:
              rules:
                - http:
                    paths:
                      - path: /
                        pathType: Prefix
                        backend: {service: {name: model-api, port: {name: use-annotation}}}
          - apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            metadata: {name: \(name)}
            spec:
              http:
                - name: main
                  match: {paths: ["/*"]}
                  backends:
                    - {serviceName: model-api, servicePort: 80, weight: 100}
                    - {serviceName: model-api-canary, servicePort: 80, weight: 0}
          - apiVersion: getambassador.io/v3alpha1
            kind: Mapping
            metadata: {name: \(name)}
            spec: {hostname: "*", prefix: /, service: "model-api:80"}
          - apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualService
            metadata: {name: \(name)}
            spec: {provider: {virtualRouter: {virtualRouterRef: {name: \(name)}}}}
          - apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualRouter
            metadata: {name: \(name)}
            spec:
              routes:
                - name: main
                  httpRoute:
                    action:
                      weightedTargets:
                        - {virtualNodeRef: {name: model-api}, weight: 100}
                        - {virtualNodeRef: {name: model-api-canary}, weight: 0}
        """
    }.joined(separator: "\n")
    + ["model-api", "model-api-canary"].map { name in
        """

          - apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualNode
            metadata: {name: \(name)}
            spec: {podSelector: {matchLabels: {app: model-api}}}
        """
    }.joined()

private let sides = """

      - apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: subsets}
        spec:
          http:
            - route:
                - {destination: {host: model-api, subset: model-api}, weight: 100}
                - {destination: {host: model-api, subset: model-api-canary}, weight: 0}
      - apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: sides}
        spec: {host: model-api, subsets: [{name: model-api}, {name: model-api-canary}]}
    """

private let destinations =
    "{destination: {host: model-api}, weight: 100}, "
    + "{destination: {host: model-api-canary}, weight: 0}"

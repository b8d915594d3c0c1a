import Simulation
import Testing

/// What a person must look at is an event, by the reason that clients of the field know it by.
struct `A release that something is in the way of` {
    private func told(_ reason: String, _ story: String) throws -> [String] {
        let transcript = try Scenario(text: story).player.play()
        return transcript.events.filter { $0.reason == reason }.map(\.message)
    }

    private func story(_ istio: String, objects: String = "") -> String {
        """
        spec:
          strategy:
            canary:
              trafficRouting: {nginx: null, istio: \(istio)}
              steps: [{setWeight: 50}, {pause: {}}]
        \(objects)
        ---
        10s  image model-api:v2
        60s  end
        """
    }

    /// Holds: 7.5 VirtualServiceNotFound.
    @Test func `misses its VirtualService`() throws {
        let story = story("{virtualService: {name: shop}}")
        #expect(
            try told("VirtualServiceNotFound", story) == ["VirtualService `shop` not found"])
    }

    /// Holds: 7.5 DestinationRuleNotFound.
    @Test func `misses its DestinationRule`() throws {
        let rule = "{name: sides, stableSubsetName: old, canarySubsetName: new}"
        let story = story(
            "{virtualService: {name: shop}, destinationRule: \(rule)}",
            objects: """
                objects:
                  - apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: shop}
                    spec:
                      http:
                        - route:
                            - {destination: {host: model-api, subset: old}, weight: 100}
                            - {destination: {host: model-api, subset: new}, weight: 0}
                """)
        #expect(
            try told("DestinationRuleNotFound", story) == ["DestinationRule `sides` not found"])
    }

    /// Whichever of its writes the server refuses, those of ReplicaSets are told as such.
    /// Holds: 7.5 ReplicaSetUpdateError.
    @Test func `may not scale its ReplicaSet`() throws {
        let story = "spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}\n---\n"
        let before = try Scenario(text: story + "9s end").player.play().writes
        let told = try (1...6).flatMap { offset in
            var player = try Scenario(text: story + "10s image model-api:v2\n60s end").player
            player.faults = [.forbid(before + offset)]
            return player.play().events.filter { $0.reason == "ReplicaSetUpdateError" }
        }
        let message =
            "Failed to update replica set \"model-api-6dc745cc86\": forbidden: exceeded quota"
        #expect(!told.isEmpty && told.allSatisfy { $0.message == message }, "\(told)")
    }
}

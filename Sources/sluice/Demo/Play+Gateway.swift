import Controller
import Curl
import Documents
import Foundation

extension Play {
    private static let gatewayFolder = "manifests/examples/llm-gateway/"

    /// The same kind of release, moved by the route policies of an LLM gateway.
    /// - Returns: how many checks were wrong.
    func gateway() async throws -> Int {
        narrator.act(
            "gateway", "a model behind an LLM gateway, moved by its route policies: 10, 50, 100 %")
        try place.write(Self.gatewayFolder + "gateway.yaml")
        try place.write(Self.gatewayFolder + "rollout.yaml", as: "llama3.yaml")
        let stage = Stage(
            hand: Stagehand(box: box, key: RolloutKey(namespace: "default", name: "llama3")),
            request: { box in
                var request = CurlRequest(url: box.ingressAddress + "/v1/chat/completions")
                request.method = "POST"
                request.headers = [
                    Header("Host", "gateway.local"), Header("Content-Type", "application/json"),
                ]
                request.body = Array(#"{"model": "llama3", "messages": []}"#.utf8)
                return request
            }, perSecond: 150)
        try await stage.hand.wait(for: "version 1 behind the gateway", seconds: 60) {
            stage.hand.phase == "Healthy" && stage.hand.isObserved && stage.hand.isVerified
        }
        try await stage.waitForFirstAnswer()
        return try await stage.withLoad { load throws in
            var checks = Checks(narrator: narrator, load: load, stage: stage)
            try place.write(
                Self.gatewayFolder + "rollout.yaml", as: "llama3.yaml",
                changing: [("image: llama3:v1", "image: llama3:v2")])
            try await checks.steps([10, 50], of: "v2", withQueries: true)
            try await checks.ends("Healthy", serving: "v2")
            return checks.ended()
        }
    }
}

extension Stagehand {
    /// Whether the routers confirm the weight, or none of them can tell.
    var isVerified: Bool { status["canary"]?["weights"]?["verified"]?.bool ?? true }
}

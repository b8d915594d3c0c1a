import Assets
import Documents
import KubernetesObjects
import Logging
import Manifests
import Serving
import Testing
import Traffic

@testable import sluice

/// What `sluice webhook` answers, without the network.
struct `The webhook` {
    private let door = AdmissionDoor(log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func answer(_ method: String, _ path: String, _ body: String = "") -> Response {
        door.respond(to: Request(method: method, target: path, body: Array(body.utf8)))
    }

    @Test func `answers questions, and says when it was none`() {
        #expect(answer("GET", "/readyz").status == 200)
        #expect(answer("GET", "/healthz").status == 200)
        #expect(answer("GET", "/validate").status == 405)
        #expect(answer("POST", "/mutate").status == 404)
        #expect(answer("POST", "/validate", "{}").status == 400)
        #expect(answer("POST", "/validate", "{").status == 400)
    }

    private func asked(about object: JSON) throws -> JSON {
        let review: JSON = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["uid": "q", "operation": "CREATE", "object": object],
        ]
        let response = answer("POST", "/validate?timeout=5s", review.text)
        #expect(response.status == 200)
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSON(parsing: bytes)["response"] ?? .null
    }

    /// What `sluice up` and `sluice lint` say of a document, the webhook says, too.
    /// Holds: 8.0 admission, 8.0 lint.
    @Test func `says of every document of ours what lint says`() throws {
        let kinds: Set = [
            "Rollout", "Experiment", "AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun",
        ]
        var seen = 0
        for asset in Asset.below("manifests/examples/") + Asset.below("analysis/")
        where asset.path.hasSuffix(".yaml") {
            for document in try Document.readAll(Array(asset.text.utf8), file: asset.path)
            where kinds.contains(document.value["kind"]?.string ?? "") {
                for value in [document.value, document.value.spoilt] {
                    let single = Document(value: value, file: "")
                    let linted = Lint.findings(in: [single], routers: RouterKind.all)
                        .map(\.description)
                    let response = try asked(about: value)
                    #expect(response["allowed"] == .bool(linted.isEmpty), "\(asset.path)")
                    let message = response["status"]?["message"]?.string ?? ""
                    #expect(message.split(separator: "\n").dropFirst().map(String.init) == linted)
                    seen += 1
                }
            }
        }
        #expect(seen > 30)
    }
}

extension JSON {
    /// The document with mistakes that the controller refuses.
    fileprivate var spoilt: JSON {
        var spoilt = self
        switch self["kind"]?.string {
        case "Rollout":
            spoilt["spec"]?["replicas"] = -1
            spoilt["spec"]?["selector"] = [:]
        case "Experiment": spoilt["spec"]?["templates"] = []
        default: spoilt["spec"]?["metrics"] = [["name": "m", "provider": ["kayenta": [:]]]]
        }
        return spoilt
    }
}

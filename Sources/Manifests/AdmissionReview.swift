import Documents
import KubernetesObjects
import Traffic

/// What an API server asks before it stores an object of ours (`admission.k8s.io/v1`).
package struct AdmissionReview: Sendable {
    /// Repeated in the answer, so that the server knows what it is about.
    package let uid: String
    /// `CREATE` or `UPDATE`; nothing else is asked about.
    package let operation: String
    /// As it would be stored.
    package let object: Object
    /// As it is stored now; nil for a new one.
    package let old: Object?

    /// The largest question: an object and what it was before, each as large as a server takes
    /// (3 MiB), and what is around them.
    package static let longestBytes = 8 << 20

    private static let apiVersion: JSON = "admission.k8s.io/v1"

    /// - Throws: where it is no question that can be answered.
    package init(parsing bytes: [UInt8]) throws(DocumentError) {
        let review = try JSON(
            parsing: bytes, file: "AdmissionReview",
            limits: Limits(
                bytes: Self.longestBytes, depth: Limits.standard.depth,
                nodes: Limits.manifest.nodes))
        guard review["kind"] == "AdmissionReview", review["apiVersion"] == Self.apiVersion,
            let request = review["request"], let uid = request["uid"]?.string, !uid.isEmpty
        else {
            throw DocumentError(
                "no AdmissionReview of \(Self.apiVersion.string ?? "") with a request",
                remedy: "name that version in the webhook's admissionReviewVersions")
        }
        self.uid = uid
        operation = request["operation"]?.string ?? ""
        object = Object(request["object"] ?? .null)
        old = request["oldObject"].flatMap { $0.object == nil ? nil : Object($0) }
    }

    /// What the server is told.
    package struct Verdict: Hashable, Sendable {
        /// All that is wrong; empty where the object may be stored.
        package var errors: [Finding] = []
        /// What a person should know of an object that may be stored.
        package var warnings: [Finding] = []
    }

    /// What is said of the object, by the rules of `Lint`, as far as the document alone can be
    /// wrong: what it refers to may come after it.
    package func verdict(routers: [RouterKind], plugins: Plugins = .none) -> Verdict {
        let findings = { (object: Object, strictness: Strictness) in
            Self.findings(in: object, routers, plugins, strictness)
        }
        guard let change else { return Verdict() }
        let wrong = findings(object, .controller)
        let all = Set(wrong)
        let passedOver = findings(object, .lint).filter { !all.contains($0) }
        switch change {
        case .new: return Verdict(errors: wrong, warnings: passedOver)
        case .steered(let old):
            let known = Set(findings(old, .controller))
            return Verdict(
                errors: wrong.filter { !known.contains($0) },
                warnings: wrong.filter(known.contains) + passedOver)
        }
    }

    /// What is to be looked at.
    private enum Change {
        /// The whole document.
        case new
        /// Somebody pauses, restarts or ends what is there: what was wrong with it before is no
        /// reason to keep him from it.
        case steered(old: Object)
    }

    /// Nil where there is nothing to look at: what does not touch the spec, and what goes, goes
    /// through, however wrong the document is. Else nobody could abort it or take its finalizers.
    private var change: Change? {
        // The controller makes it from what is stored already. A run that is wrong ends by that,
        // and the release with it or until a person looks; one that is never stored judges nothing.
        if object.controllerOwner != nil { return nil }
        switch operation {
        case "CREATE": return .new
        case "UPDATE":
            guard let old else { return .new }
            if object.deletionTimestamp != nil || object.spec == old.spec { return nil }
            return object.unsteeredSpec == old.unsteeredSpec ? .steered(old: old) : .new
        default: return nil
        }
    }

    private static func findings(
        in object: Object, _ routers: [RouterKind], _ plugins: Plugins,
        _ strictness: Strictness
    ) -> [Finding] {
        let document = Document(value: object.json, file: object.name)
        return Lint.findings(
            in: [document], routers: routers, plugins: plugins, strictness: strictness)
    }
}

extension Object {
    /// The spec without the fields by which people steer what runs.
    fileprivate var unsteeredSpec: JSON? {
        guard case .object(var spec)? = spec else { return spec }
        for field in ["paused", "restartAt", "terminate"] { spec[field] = nil }
        return .object(spec)
    }
}

extension AdmissionReview {
    /// The answer as the server wants it.
    package func answer(_ verdict: Verdict) -> JSON {
        var response: JSON = ["uid": .string(uid), "allowed": .bool(verdict.errors.isEmpty)]
        if !verdict.errors.isEmpty { response["status"] = status(verdict.errors) }
        if !verdict.warnings.isEmpty {
            response["warnings"] = .array(
                verdict.warnings.lines(most: mostFindings, longest: longestWarning)
                    .map { .string($0) })
        }
        return ["apiVersion": Self.apiVersion, "kind": "AdmissionReview", "response": response]
    }

    /// Once as a text for all clients, and once in the form in which kubectl lists the errors of a
    /// Deployment.
    private func status(_ errors: [Finding]) -> JSON {
        let causes = errors.prefix(mostFindings).map { finding -> JSON in
            [
                "reason": "FieldValueInvalid",
                "field": .string(finding.path.description.cut(toBytesInJSON: longestField)),
                "message": .string(
                    "\(finding.message); \(finding.remedy)".cut(toBytesInJSON: longestCause)),
            ]
        }
        let message =
            "The \(object.kind) \"\(object.name)\" is invalid:\n"
            + errors.lines(most: mostFindings, longest: longestError).joined(separator: "\n")
        return [
            "status": "Failure", "reason": "Invalid", "code": 422, "message": .string(message),
            "details": [
                "group": .string(Resource.rollouts.group), "kind": .string(object.kind),
                "name": .string(object.name), "causes": .array(causes),
            ],
        ]
    }
}

/// Nobody mends more at once; an answer stays below 64 KiB, with every error in it twice.
private let mostFindings = 50
/// A value that is repeated in an error may be as long as the document.
private let longestError = 600
private let longestCause = 400
/// Longer than the path of any field of the API.
private let longestField = 200
/// Servers cut longer warnings.
private let longestWarning = 250

import Curl
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Traffic

/// The user's directory of YAML: applied as a whole when something in it changed and everything in
/// it is right. A broken file changes nothing and is told.
struct Workspace: Sendable {
    let directory: String
    let client: APIClient
    let plugins: Plugins
    let log: Logger
    private let state = Lock(State())

    private struct State: Sendable {
        var problems: [String] = []
        /// The marks of what was applied last, by object.
        var applied: [Reference: String] = [:]
        var attempt = Attempt()
        var hasLooked = false
    }

    init(directory: String, client: APIClient, plugins: Plugins = .none, log: Logger) {
        self.directory = directory
        self.client = client
        self.plugins = plugins
        self.log = log
    }

    /// What is wrong with the directory now, a line each; empty where all is well.
    var problems: [String] { state.withLock { $0.problems } }

    /// Looks at the directory again and again until the task is cancelled.
    func watch() async {
        await waitForServer()
        while !Task.isCancelled {
            await look()
            state.withLock { $0.hasLooked = true }
            do { try await Task.sleep(for: .milliseconds(lookMilliseconds)) } catch { return }
        }
    }

    /// Waits until what the directory held at the beginning is applied, or told to be wrong.
    func waitForFirstLook() async throws {
        while !state.withLock({ $0.hasLooked }) { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// The API server of the box starts beside this: asked too early it would look like a fault.
    private func waitForServer() async {
        while !Task.isCancelled {
            do {
                _ = try await client.document(at: "/version")
                return
            } catch {
                do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
            }
        }
    }

    /// One look: applies what changed, and tries again in good time what the server did not take.
    /// - Returns: whether everything that is in the directory is applied.
    @discardableResult
    func look(at now: ContinuousClock.Instant = .now) async -> Bool {
        let stamps: [String: Stamp]
        do {
            stamps = try Self.stamps(of: directory)
        } catch {
            tell(error)
            return false
        }
        let attempt = state.withLock { $0.attempt }
        if !attempt.isDue(stamps, at: now) {
            tell(attempt.problems)
            return attempt.problems.isEmpty
        }
        let outcome = await outcome(of: stamps)
        state.withLock { $0.attempt = attempt.followed(by: outcome, of: stamps, at: now) }
        tell(outcome.problems)
        return outcome.problems.isEmpty
    }

    private func outcome(of stamps: [String: Stamp]) async -> Attempt.Outcome {
        do throws(WorkspaceProblems) {
            return await apply(try documents(stamps.keys.sorted()))
        } catch {
            return .wrong(error.lines)
        }
    }

    private func tell(_ error: any Error) {
        tell((error as? WorkspaceProblems)?.lines ?? ["\(error)"])
    }

    private func tell(_ problems: [String]) {
        let isNews = state.withLock { state in
            defer { state.problems = problems }
            return state.problems != problems
        }
        guard isNews else { return }
        for problem in problems {
            log.error("nothing applied", metadata: ["problem": "\(problem)"])
        }
        if problems.isEmpty { log.info("applied", metadata: ["directory": "\(directory)"]) }
    }

    private func documents(_ files: [String]) throws(WorkspaceProblems) -> [Document] {
        var documents: [Document] = []
        var lines: [String] = []
        for file in files {
            let bytes = try Self.read(file)
            let name = String(file.dropFirst(directory.count).drop { $0 == "/" })
            do throws(DocumentError) {
                documents += try Document.readAll(bytes, file: name)
            } catch {
                lines.append(error.description)
            }
        }
        documents.removeAll { $0.value["kind"] == "Kustomization" }
        lines += Lint.findings(in: documents, routers: plugins.kinds, plugins: plugins)
            .map(\.description)
        if documents.isEmpty && lines.isEmpty {
            lines.append(
                "\(directory) holds no YAML documents; put a Rollout and its Services there")
        }
        guard lines.isEmpty else { throw WorkspaceProblems(lines: lines) }
        return documents
    }

    /// All or nothing: the server is asked for every document before the first one is written. What
    /// it takes then and refuses a moment later ends the attempt there.
    private func apply(_ documents: [Document]) async -> Attempt.Outcome {
        let sorted = documents.sorted { rank($0) < rank($1) }
        let strangers = sorted.filter { Resource.applicable(for: Object($0.value)) == nil }
        guard strangers.isEmpty else { return .wrong(strangers.map(noKind)) }
        var changed: [Wanted] = []
        var wrong: [String] = []
        var failed: [String] = []
        for wanted in sorted.compactMap(Wanted.init) {
            do throws(APIError) {
                guard try await isNews(wanted) else { continue }
                // Nothing can be tried in a namespace that is not there.
                try await require(namespace: wanted.reference.namespace)
                try await send(wanted, dryRun: true)
                changed.append(wanted)
            } catch {
                let line = wanted.line(error)
                if case .refused = error { wrong.append(line) } else { failed.append(line) }
            }
        }
        guard failed.isEmpty else { return .failed(wrong + failed) }
        guard wrong.isEmpty else { return .wrong(wrong) }
        for wanted in changed {
            do throws(APIError) {
                try await send(wanted, dryRun: false)
                state.withLock { $0.applied[wanted.reference] = wanted.mark }
            } catch {
                let line = wanted.line(error)
                if case .refused = error { return .wrong([line]) } else { return .failed([line]) }
            }
        }
        return .applied
    }

    private func noKind(_ document: Document) -> String {
        let object = Object(document.value)
        return "\(document.file): \(object.apiVersion) \(object.kind) is no kind of this box, "
            + "which runs what Kubernetes itself and Sluice define; take the file out"
    }

    /// Whether the file says anything anew, so that an `undo` or a `scale` is not taken back by the
    /// next look, nor by the first one after a restart: the object itself carries the mark of the
    /// document that it was last applied from.
    private func isNews(_ wanted: Wanted) async throws(APIError) -> Bool {
        let last = state.withLock { $0.applied[wanted.reference] }
        if last == wanted.mark { return false }
        guard last == nil, try await mark(of: wanted.reference) == wanted.mark else { return true }
        state.withLock { $0.applied[wanted.reference] = wanted.mark }
        return false
    }

    private func send(_ wanted: Wanted, dryRun: Bool) async throws(APIError) {
        var object = wanted.object
        object["metadata", "annotations", markAnnotation] = .string(wanted.mark)
        let patch = Patch.apply(object.json, manager: fieldManager, force: true)
        _ = try await client.patch(wanted.reference, patch, dryRun: dryRun)
    }

    private func mark(of reference: Reference) async throws(APIError) -> String? {
        do {
            return try await client.get(reference).annotations[markAnnotation]
        } catch .notFound {
            return nil
        }
    }

    private func require(namespace: String) async throws(APIError) {
        guard !namespace.isEmpty, namespace != "default" else { return }
        let object = Object([
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)],
        ])
        do {
            _ = try await client.create(object, of: .namespaces)
        } catch .alreadyExists {
            return
        }
    }

    /// What others build on comes first.
    private func rank(_ document: Document) -> Int {
        switch document.value["kind"]?.string {
        case "Namespace": 0
        case "ConfigMap", "Secret", "Service": 1
        case "AnalysisTemplate", "ClusterAnalysisTemplate", "Ingress": 2
        default: 3
        }
    }
}

/// Short enough that an edit seems to act at once, long enough to cost nothing.
private let lookMilliseconds = 300
private let fieldManager = "sluice-up"
private let markAnnotation = "sluice/applied"

/// FNV-1a: tells documents apart, and protects nothing.
private let fingerprintStart: UInt64 = 14_695_981_039_346_656_037
private func fingerprint(_ sum: UInt64, _ byte: UInt8) -> UInt64 {
    (sum ^ UInt64(byte)) &* 1_099_511_628_211
}

/// An object as a file wants it.
private struct Wanted {
    let file: String
    let object: Object
    let reference: Reference
    /// Tells this wish from another one for the same object.
    let mark: String

    init?(_ document: Document) {
        var object = Object(document.value)
        guard let resource = Resource.applicable(for: object) else { return nil }
        if resource.isNamespaced, object.namespace.isEmpty {
            object["metadata", "namespace"] = "default"
        }
        file = document.file
        self.object = object
        reference = Reference(resource, namespace: object.namespace, name: object.name)
        mark = String(object.json.text.utf8.reduce(fingerprintStart, fingerprint), radix: 36)
    }

    func line(_ error: APIError) -> String { "\(file): \(reference): \(error)" }
}

/// What is wrong with a directory, a line each.
struct WorkspaceProblems: Error {
    let lines: [String]
}

extension Resource {
    /// The kind of an object, where a directory may hold it.
    fileprivate static func applicable(for object: Object) -> Resource? {
        applicable.first { $0.kind == object.kind && $0.apiVersion == object.apiVersion }
    }

    private static let applicable: [Resource] = [
        .namespaces, .configMaps, .secrets, .services, .ingresses, .httpRoutes, .deployments,
        .replicaSets, .podTemplates, .jobs, .pods, .rollouts, .analysisTemplates,
        .clusterAnalysisTemplates, .analysisRuns,
    ]
}

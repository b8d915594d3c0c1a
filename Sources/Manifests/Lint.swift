import Analysis
import Documents
import KubernetesObjects
import Traffic

/// Looks at a set of documents as a whole before anything is applied: every document by itself, and
/// the rollouts against the Services, Ingresses and templates in the same set.
package enum Lint {
    /// All findings, in the order of the documents.
    ///
    /// With `isComplete` the set is all there is, so that a missing reference is an error; without
    /// it a reference may live elsewhere.
    package static func findings(
        in documents: [Document], routers: [RouterKind], plugins: Plugins = .none,
        isComplete: Bool = false, strictness: Strictness = .lint
    ) -> [Finding] {
        var findings: [Finding] = []
        var seen: Set<String> = []
        let documents = documents.map(\.withNamespace)
        for document in documents {
            let object = Object(document.value)
            findings += identity(of: object, seen: &seen).placed(in: document)
            switch object.kind {
            case "Rollout" where isOurs(object):
                let workload = workload(of: object, in: documents, isComplete: isComplete)
                var parsed = RolloutDocument.parse(
                    document, workload: workload, routers: routers, plugins: plugins,
                    strictness: strictness)
                var resources = resources(for: object, in: documents, isComplete: isComplete)
                resources.plugins = plugins
                parsed.note(
                    parsed.findings(in: resources, document: object.resolved(by: workload))
                        .placed(in: document))
                findings += parsed.findings
            case "AnalysisTemplate" where isOurs(object),
                "ClusterAnalysisTemplate" where isOurs(object):
                let template = TemplateDocument.parse(
                    object, plugins: plugins, strictness: strictness)
                findings += template.findings.joined(by: template.spec.brokenRules)
                    .placed(in: document)
            case "Experiment" where isOurs(object):
                findings += ExperimentDocument.parse(document, strictness: strictness).findings
                if isComplete { findings += templatesMissing(for: document, in: documents) }
            case "AnalysisRun" where isOurs(object):
                let run = RunDocument.spec(of: object, plugins: plugins, strictness: strictness)
                findings += run.findings.joined(by: run.spec.brokenRules).placed(in: document)
            default: continue
            }
        }
        return findings.withoutRepetitions
    }

    /// The analyses of an experiment whose templates the set does not have.
    private static func templatesMissing(
        for document: Document, in documents: [Document]
    ) -> [Finding] {
        let experiment = Object(document.value)
        let known = resources(for: experiment, in: documents, isComplete: true).templates
        let root = Reader(experiment.json, findings: Reader.Findings())
        let analyses = ExperimentDocument.parse(experiment).analyses
        for (analysis, reader) in zip(analyses, root["spec"]["analyses"].elements()) {
            for template in analysis.reference.templates where known[template] == nil {
                reader["templateName"].noteMissing(template)
            }
        }
        return root.findings.all.placed(in: document)
    }

    /// What the set has of the object that this rollout takes its template from.
    private static func workload(
        of rollout: Object, in documents: [Document], isComplete: Bool
    ) -> WorkloadSeen {
        guard let reference = WorkloadDocument.reference(in: rollout) else { return .missing }
        let found = documents.map { Object($0.value) }.first {
            $0.kind == reference.resource.kind && $0.apiVersion == reference.resource.apiVersion
                && $0.namespace == rollout.namespace && $0.name == reference.name
        }
        return found.map { .found($0) } ?? (isComplete ? .missing : .elsewhere)
    }

    private static func isOurs(_ object: Object) -> Bool {
        object.apiVersion.hasPrefix("\(Resource.rollouts.group)/")
    }

    /// What every object needs: kind, version and a name that no other object of the set has.
    private static func identity(of object: Object, seen: inout Set<String>) -> [Finding] {
        let findings = Reader.Findings()
        let root = Reader(object.json, findings: findings)
        let kinds = ["apiVersion", "kind"].map { root[$0].requiredString() }
        if isOurs(object) && object.apiVersion != Resource.rollouts.apiVersion {
            root["apiVersion"].refuse(
                "unknown version \"\(object.apiVersion)\"",
                remedy: "write \(Resource.rollouts.apiVersion)")
        }
        let name = root["metadata"]["name"]
        if object.json["metadata"]?["generateName"] == nil {
            let text = name.requiredString()
            if !text.isEmpty, let problem = Naming.subdomainProblem(text) {
                name.invalid(problem, remedy: "rename it")
            }
            let key = (kinds + [object.namespace, text]).joined(separator: "|")
            if !text.isEmpty && !seen.insert(key).inserted {
                name.refuse(
                    "Duplicate value: \"\(text)\"", remedy: "remove one of the two documents")
            }
        }
        return findings.all
    }

    /// What the set has for this rollout: the objects of its namespace, and templates of the
    /// cluster.
    private static func resources(
        for rollout: Object, in documents: [Document], isComplete: Bool
    ) -> ReferencedResources {
        var resources = ReferencedResources()
        resources.isComplete = isComplete
        var routes: [Reference: Object] = [:]
        for document in documents {
            let object = Object(document.value)
            if let route = object.route(beside: rollout) { routes[route] = object }
            let isClusterScoped = object.kind == "ClusterAnalysisTemplate"
            guard isClusterScoped || object.namespace == rollout.namespace else { continue }
            switch object.kind {
            case "Service": resources.services[object.name] = object
            case "Ingress": resources.ingresses[object.name] = object
            case "AnalysisTemplate", "ClusterAnalysisTemplate":
                let reference = TemplateReference(
                    name: object.name, isClusterScoped: isClusterScoped)
                var template = TemplateDocument.parse(object).spec
                // It is said where it stands.
                template.unreadable = []
                resources.templates[reference] = template
            default: continue
            }
        }
        resources.routes = routes
        resources.triesRouters = true
        return resources
    }
}

extension Document {
    /// As it is applied: what names no namespace is in the one that clients take then.
    package var withNamespace: Document {
        var object = Object(value)
        guard object.namespace.isEmpty, object.kind != "ClusterAnalysisTemplate",
            object.json["metadata"]?.object != nil
        else { return self }
        object["metadata", "namespace"] = "default"
        return Document(value: object.json, file: file, places: places)
    }
}

extension [Finding] {
    /// With those of `others` that are about something else.
    fileprivate func joined(by others: [Finding]) -> [Finding] {
        let known = Set(map(\.path))
        return self + others.filter { !known.contains($0.path) }
    }
}

extension Object {
    /// What a router calls this route; nil for other kinds. Without a namespace it is where the
    /// rollout is.
    fileprivate func route(beside rollout: Object) -> Reference? {
        let kind = Resource.routes.first { kind, versions in
            kind.kind == self.kind
                && versions.contains { kind.inVersion($0).apiVersion == apiVersion }
        }
        return kind.map {
            Reference(
                $0.key, namespace: namespace.isEmpty ? rollout.namespace : namespace, name: name)
        }
    }
}

import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// What a rollout refers to, as far as it was found. A missing object is absent.
package struct ReferencedResources: Sendable {
    package var services: [String: Object] = [:]
    package var ingresses: [String: Object] = [:]
    package var templates: [TemplateReference: TemplateSpec] = [:]
    /// Routes of other kinds, in whatever namespace.
    package var routes: [Reference: Object] = [:]
    /// Why some of them cannot be had although they may be there.
    package var denied: [Reference: String] = [:]
    /// Whether the document is refused for a route that is missing, or cannot be divided, as Argo
    /// Rollouts does. Once the canary has traffic its routers say that themselves, each time that
    /// they are to be moved: routes belong to others, who may change them at any time, and what can
    /// still be given back waits for none of them.
    package var examinesRoutes = true
    /// Whether every router is asked what it would write at any step, too: before anything runs.
    package var triesRouters = false
    /// Whether these are all there are, so that an absent one is an error.
    package var isComplete = true
    /// What metrics may ask besides what is built in.
    package var plugins = Plugins.none

    package init() {}
}

extension ParsedRollout {
    /// What is wrong with the resources that this rollout refers to (rollout-semantics §8.2), in
    /// the order in which Argo Rollouts looks at them. `document` is the Rollout object.
    package func findings(in resources: ReferencedResources, document: Object) -> [Finding] {
        let findings = Reader.Findings()
        let strategy = Reader(document.json, findings: findings)["spec"]["strategy"]
        let canary = strategy["canary"]
        let check = ReferenceCheck(parsed: self, document: document, resources: resources)
        let services =
            ["activeService", "previewService"].map { strategy["blueGreen"][$0] }
            + ["stableService", "canaryService"].map { canary[$0] }
            + ["pingService", "pongService"].map { canary["pingPong"][$0] }
        if resources.isComplete {
            services.forEach(check.serviceExists)
            check.templatesExist(strategy)
            check.experimentTemplatesExist(canary)
            check.ingresses(canary).forEach(check.ingressExists)
        }
        let faults =
            resources.examinesRoutes ? check.routeFaults(canary["trafficRouting"]) : []
        for (fault, reader) in faults where fault.missing != nil { reader.note(fault) }
        services.forEach(check.service)
        check.analyses(strategy)
        check.experiments(canary)
        check.ingresses(canary).forEach(check.ingress)
        for (fault, reader) in faults where fault.missing == nil { reader.note(fault) }
        if resources.triesRouters {
            check.reservedWeights(canary["steps"], of: rollout.spec.canary.steps.indices)
            check.routes(canary["trafficRouting"])
        } else if resources.examinesRoutes, let indices = rollout.stepsToCome {
            check.reservedWeights(canary["steps"], of: indices)
        }
        return findings.all.withoutRepetitions
    }

    /// The routes that this rollout names, and that nobody has made.
    package func missingRoutes(in resources: ReferencedResources, document: Object) -> [Reference] {
        guard resources.examinesRoutes else { return [] }
        let check = ReferenceCheck(parsed: self, document: document, resources: resources)
        return routers.flatMap { $0.faults?(check.observed) ?? [] }.compactMap(\.missing)
    }
}

/// The rules for each kind of referenced resource.
struct ReferenceCheck {
    let parsed: ParsedRollout
    let document: Object
    let resources: ReferencedResources

    func serviceExists(_ reader: Reader) {
        guard let name = reader.nonEmptyString(), resources.services[name] == nil else { return }
        reader.invalid("service \"\(name)\" not found", remedy: "create the Service \(name)")
    }

    func service(_ reader: Reader) {
        guard let name = reader.nonEmptyString(), let service = resources.services[name] else {
            return
        }
        let labels = parsed.template["metadata"]?["labels"]?.strings ?? [:]
        let selector = service.spec?["selector"]?.strings ?? [:]
        // A template that cannot be had has its own finding.
        let isResolved = parsed.workload == nil || !labels.isEmpty
        for (key, value) in selector.sorted(by: { $0.key < $1.key })
        where isResolved && key != Keys.templateHash && labels[key] != value {
            reader.invalid(
                "Service \"\(name)\" has unmatch label \"\(key)\" in rollout",
                remedy: "make the Service select labels that spec.template has")
        }
        if let manager = service.annotations[Keys.managedBy], manager != document.name {
            reader.invalid(
                "Service \"\(name)\" is managed by another Rollout",
                remedy: "give this rollout a Service of its own, or remove \(manager) first")
        }
    }

    /// An Ingress that a router begins with.
    struct RoutedIngress {
        let name: String
        /// Where errors are reported.
        let field: Reader
        /// What one of its rules must lead to.
        let service: String
    }

    /// The Ingresses that the routers begin with.
    func ingresses(_ canary: Reader) -> [RoutedIngress] {
        let nginx = canary["trafficRouting"]["nginx"], alb = canary["trafficRouting"]["alb"]
        let stable = parsed.rollout.spec.canary.stableService ?? ""
        let root = alb["rootService"].value?.string.flatMap { $0.isEmpty ? nil : $0 }
        return ingresses(nginx["stableIngress"], nginx["stableIngresses"], stable)
            + ingresses(alb["ingress"], alb["ingresses"], root ?? stable)
    }

    private func ingresses(_ one: Reader, _ many: Reader, _ service: String) -> [RoutedIngress] {
        let names =
            (one.value?.string.map { [($0, one)] } ?? [])
            + (many.value?.array?.compactMap(\.string) ?? []).map { ($0, many) }
        return names.map { RoutedIngress(name: $0, field: $1, service: service) }
    }

    func ingressExists(_ ingress: RoutedIngress) {
        guard resources.ingresses[ingress.name] == nil else { return }
        ingress.field.invalid(
            "ingress.networking.k8s.io \"\(ingress.name)\" not found", value: .string(ingress.name),
            remedy: "create the Ingress \(ingress.name)")
    }

    func ingress(_ ingress: RoutedIngress) {
        let service = ingress.service
        guard let object = resources.ingresses[ingress.name], !object.routes(to: service) else {
            return
        }
        ingress.field.invalid(
            "ingress `\(ingress.name)` has no rules using service \(service) backend",
            value: .string(ingress.name),
            remedy: "let a rule of the Ingress use the Service \(service)")
    }

    /// Each analysis with the reader of its configuration.
    private func references(
        _ strategy: Reader
    ) -> [(AnalysisReference, Reader, isBackground: Bool)] {
        let canary = strategy["canary"], blueGreen = strategy["blueGreen"]
        let steps = canary["steps"].elements()
        let inline = parsed.stepAnalyses.sorted { $0.key < $1.key }
            .filter { steps.indices.contains($0.key) }
            .map { ($0.value, steps[$0.key]["analysis"], false) }
        let promotion = [
            (parsed.preAnalysis, "prePromotionAnalysis"),
            (parsed.postAnalysis, "postPromotionAnalysis"),
        ].compactMap { analysis, field in analysis.map { ($0, blueGreen[field], false) } }
        return promotion
            + (parsed.backgroundAnalysis.map { [($0, canary["analysis"], true)] } ?? []) + inline
    }

    func templatesExist(_ strategy: Reader) {
        for (reference, reader, _) in references(strategy) {
            let elements = reader["templates"].elements()
            for (template, element) in zip(reference.templates, elements)
            where resources.templates[template] == nil {
                element["templateName"].noteMissing(template)
            }
        }
    }

    func analyses(_ strategy: Reader) {
        for (reference, reader, isBackground) in references(strategy)
        where reference.templates.allSatisfy({ resources.templates[$0] != nil }) {
            analysis(reference, at: reader["templates"], isBackground: isBackground)
        }
    }

    func analysis(_ reference: AnalysisReference, at reader: Reader, isBackground: Bool) {
        let names = reference.templates.map(\.name).joined(separator: " ")
        var templates: [NamedTemplate] = []
        // Whether every field has a value already.
        var isKnown = true
        let spec: RunSpec
        do {
            // Each with its name, those that are named by others, too.
            _ = try TemplateSpec.collected(reference.templates) { template in
                let found = resources.templates[template]
                if let found { templates.append((template.name, found)) }
                return found
            }
            if isBackground, reference.arguments.isEmpty,
                let (name, open) = templates.firstOpenArgument
            {
                reader.invalid(
                    "missing analysis arguments in rollout spec", value: .string(name),
                    remedy: "give \(open) to the analysis in args")
                return
            }
            // Only whether the arguments resolve matters here, not to what.
            let sources = ArgumentSources(stableHash: "stable", latestHash: "latest") {
                let text = FieldPath.text(of: $0, in: document)
                if text == nil { isKnown = false }
                return text ?? ""
            }
            spec = try RunSpec(
                merging: templates.map(\.spec), given: reference.arguments,
                dryRun: reference.dryRun, measurementRetention: reference.retention,
                sources: sources)
        } catch {
            reader.invalid(
                error.message, value: .string("templateNames: [\(names)]"),
                remedy: "correct the templates or the arguments that the rollout gives them")
            return
        }
        for name in spec.metrics.compactMap(\.plugin)
        where !resources.plugins.measures(name) {
            reader.invalid(
                "AnalysisTemplate \(names): \(unknownPlugin(name))", value: .string(names),
                remedy: pluginRemedy("--metric-plugin", name))
        }
        for template in templates { note(template.spec, template.name, at: reader) }
        do {
            let prepared = try spec.prepared()
            if !isBackground { noteEndless(prepared.metrics, templates, at: reader) }
            let isRead = templates.allSatisfy(\.spec.unreadable.isEmpty)
            if isKnown && isRead { try prepared.checkConditions() }
        } catch {
            reader.invalid(
                "AnalysisTemplate \(names): \(error.message)", value: .string(names),
                remedy: "correct the template")
        }
    }
}

/// A template with its name.
private typealias NamedTemplate = (name: String, spec: TemplateSpec)

extension [NamedTemplate] {
    /// The first argument that somebody has to give a value, and the template that asks for it.
    fileprivate var firstOpenArgument: (name: String, argument: String)? {
        for (name, template) in self {
            let open = template.arguments.first { $0.value == nil && $0.source == nil }
            if let open { return (name, open.name) }
        }
        return nil
    }
}

extension ReferenceCheck {
    /// Notes metrics that nothing ends; they follow one another as in their templates.
    private func noteEndless(
        _ metrics: [Metric], _ templates: [NamedTemplate], at reader: Reader
    ) {
        let written = templates.flatMap { name, template in template.metrics.map { (name, $0) } }
        for (metric, (name, spec)) in zip(metrics, written) where metric.effectiveCount == nil {
            let count = spec.count == nil ? "<nil>" : "0"
            reader.invalid(
                "AnalysisTemplate \(name) has metric \(metric.name) which runs indefinitely. "
                    + "Invalid value for count: \(count)",
                value: .string(name), remedy: "give the metric a count")
        }
    }

    /// Notes what cannot be read in a template.
    private func note(_ template: TemplateSpec, _ name: String, at reader: Reader) {
        for finding in template.unreadable {
            reader.invalid(
                "AnalysisTemplate \(name): \(finding.path): \(finding.message)",
                value: .string(name), remedy: finding.remedy)
        }
    }
}

extension Reader {
    /// Notes that the template with this name is not there.
    func noteMissing(_ template: TemplateReference) {
        let kind = template.isClusterScoped ? "ClusterAnalysisTemplate" : "AnalysisTemplate"
        invalid(
            "\(kind) '\(template.name)' not found",
            remedy: "create the \(kind) \(template.name)")
    }
}

extension Object {
    /// Whether a rule, or the default backend, of this Ingress leads to the Service.
    fileprivate func routes(to service: String) -> Bool {
        if spec?["defaultBackend"]?["service"]?["name"]?.string == service { return true }
        return (spec?["rules"]?.array ?? []).contains { rule in
            (rule["http"]?["paths"]?.array ?? []).contains {
                $0["backend"]?["service"]?["name"]?.string == service
            }
        }
    }
}

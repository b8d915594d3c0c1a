import Analysis
import Documents
import KubernetesObjects
import Manifests

/// What turns of several kinds do alike.
extension Cluster {
    /// The named templates and those that they name in turn, as far as they are there.
    func templates(
        _ references: [TemplateReference], in namespace: String
    ) async throws(ClusterError) -> [TemplateReference: TemplateSpec] {
        var found: [TemplateReference: TemplateSpec] = [:]
        var open = references
        while let reference = open.popLast() {
            guard found[reference] == nil, found.count < templateLimit else { continue }
            let resource: Resource =
                reference.isClusterScoped ? .clusterAnalysisTemplates : .analysisTemplates
            let object = try await get(
                Reference(resource, namespace: namespace, name: reference.name))
            guard let object else { continue }
            let template = TemplateDocument.parse(object, strictness: .controller).spec
            found[reference] = template
            open += template.templates
        }
        return found
    }

    /// Creates an object of ours. One that is there already under the same owner is what an earlier
    /// turn made; somebody else's is for the next turn to see, which then takes another name.
    func create(
        _ object: Object, _ resource: Resource, for owner: Object
    ) async throws(ClusterError) {
        let reference = Reference(resource, namespace: owner.namespace, name: object.name)
        do {
            _ = try await write(Write(reference, .create(object)))
        } catch .alreadyExists(let text) {
            let present = try await fresh(reference)
            guard let present, present.isControlled(by: owner) else {
                throw .alreadyExists(text)
            }
        }
    }
}

/// A rollout that needs more templates than this, nested ones included, has gone wrong.
private let templateLimit = 200

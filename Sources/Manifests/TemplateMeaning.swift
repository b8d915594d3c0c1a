import Documents

/// A pod template reduced to what it means: without the hash label, with the defaults that an API
/// server writes into it, amounts in canonical form and empty parts left out. Two templates that
/// mean the same need no new ReplicaSet, whatever their hashes say (rollout-semantics §3.1, step
/// 3).
package struct TemplateMeaning: Hashable, Sendable {
    private let json: JSON

    package init(_ template: JSON) {
        var template = template
        template["metadata"]?["labels"]?[Keys.templateHash] = .none
        // A template has no creation time; servers and older libraries write an empty one.
        template["metadata"]?["creationTimestamp"] = .none
        if template["spec"]?.object != nil { template["spec"]?.setPodDefaults() }
        json = GoFields.pods.written(template, as: "PodTemplateSpec")
    }
}

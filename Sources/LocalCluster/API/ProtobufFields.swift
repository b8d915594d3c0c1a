/// Which fields the messages have that clients send in protocol buffers: the numbers and types that
/// the API of Kubernetes has fixed for its built-in kinds.
///
/// A line is `Message field:NUMBER[MODIFIER]TYPE …`, and goes on where it is indented. Types: `s`
/// string, `i` integer, `b` boolean, `y` bytes, or a message. Modifiers: `*` a list, `%` a map from
/// strings, `&` a message whose fields JSON shows in the place of this one, `?` a number or boolean
/// that says something even where it is zero. Volumes of clouds are left out: they cannot be
/// mounted.
enum ProtobufFields {
    struct Field: Sendable, Hashable {
        enum Form: Sendable, Hashable { case one, list, map, inline, kept }
        enum Scalar: Sendable, Hashable { case string, integer, boolean, bytes, message(String) }

        let name: String
        let form: Form
        let type: Scalar
    }

    /// The fields by message and number.
    static let messages: [String: [Int: Field]] = parsed(otherLines + "\n" + coreLines)

    static func parsed(_ text: String) -> [String: [Int: Field]] {
        words(in: text).mapValues { words in
            Dictionary(words.compactMap { field($0[...]) }, uniquingKeysWith: { $1 })
        }
    }

    /// The fields of each message without their numbers, in the order of their lines.
    static func lines(in text: String) -> [String: [Field]] {
        words(in: text).mapValues { $0.compactMap { field($0[...])?.1 } }
    }

    /// What follows the first word of each line, and of those that go on with it.
    static func words(in text: String) -> [String: [String]] {
        var lines: [String: [String]] = [:]
        var current = ""
        for line in text.split(separator: "\n") {
            var words = line.split(separator: " ").map(String.init)
            if !line.hasPrefix(" ") { current = words.removeFirst() }
            lines[current, default: []] += words
        }
        return lines
    }

    private static func field(_ word: Substring) -> (Int, Field)? {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let number = Int(parts[1].prefix { $0.isNumber }) else {
            return nil
        }
        var rest = parts[1].drop { $0.isNumber }
        let forms: [Character: Field.Form] = ["*": .list, "%": .map, "&": .inline, "?": .kept]
        let form = rest.first.flatMap { forms[$0] }
        if form != nil { rest.removeFirst() }
        let scalars: [Substring: Field.Scalar] = [
            "s": .string, "i": .integer, "b": .boolean, "y": .bytes,
        ]
        return (
            number,
            Field(
                name: String(parts[0]), form: form ?? .one,
                type: scalars[rest] ?? .message(String(rest)))
        )
    }

    /// The kinds beside those of the core group, the questions about permissions, and what every
    /// object has.
    private static let otherLines = """
        Condition type:1s status:2s observedGeneration:3i lastTransitionTime:4Time reason:5s
          message:6s
        DeleteOptions gracePeriodSeconds:1?i preconditions:2Preconditions orphanDependents:3?b
          propagationPolicy:4s dryRun:5*s ignoreStoreReadErrorWithClusterBreakingPotential:6b
        Deployment metadata:1ObjectMeta spec:2DeploymentSpec status:3DeploymentStatus
        DeploymentCondition type:1s status:2s reason:4s message:5s lastUpdateTime:6Time
          lastTransitionTime:7Time
        DeploymentSpec replicas:1?i selector:2LabelSelector template:3PodTemplateSpec
          strategy:4DeploymentStrategy minReadySeconds:5i revisionHistoryLimit:6?i paused:7b
          progressDeadlineSeconds:9?i
        DeploymentStatus observedGeneration:1i replicas:2i updatedReplicas:3i
          availableReplicas:4i unavailableReplicas:5i conditions:6*DeploymentCondition
          readyReplicas:7i collisionCount:8i
        DeploymentStrategy type:1s rollingUpdate:2RollingUpdateDeployment
        Endpoint addresses:1*s conditions:2EndpointConditions hostname:3s
          targetRef:4ObjectReference deprecatedTopology:5%s nodeName:6s zone:7s
          hints:8EndpointHints
        EndpointConditions ready:1?b serving:2?b terminating:3?b
        EndpointHints forZones:1*ForZone
        EndpointPort name:1s protocol:2s port:3i appProtocol:4s
        EndpointSlice metadata:1ObjectMeta endpoints:2*Endpoint ports:3*EndpointPort
          addressType:4s
        FieldSelectorAttributes rawSelector:1s requirements:2*FieldSelectorRequirement
        FieldSelectorRequirement key:1s operator:2s values:3*s
        ForZone name:1s
        HTTPIngressPath path:1s backend:2IngressBackend pathType:3s
        HTTPIngressRuleValue paths:1*HTTPIngressPath
        Ingress metadata:1ObjectMeta spec:2IngressSpec status:3IngressStatus
        IngressBackend resource:3TypedLocalObjectReference service:4IngressServiceBackend
        IngressLoadBalancerIngress ip:1s hostname:2s ports:4*IngressPortStatus
        IngressLoadBalancerStatus ingress:1*IngressLoadBalancerIngress
        IngressPortStatus port:1i protocol:2s error:3s
        IngressRule host:1s ingressRuleValue:2&IngressRuleValue
        IngressRuleValue http:1HTTPIngressRuleValue
        IngressServiceBackend name:1s port:2ServiceBackendPort
        IngressSpec defaultBackend:1IngressBackend tls:2*IngressTLS rules:3*IngressRule
          ingressClassName:4s
        IngressStatus loadBalancer:1IngressLoadBalancerStatus
        IngressTLS hosts:1*s secretName:2s
        Job metadata:1ObjectMeta spec:2JobSpec status:3JobStatus
        JobCondition type:1s status:2s lastProbeTime:3Time lastTransitionTime:4Time reason:5s
          message:6s
        JobSpec parallelism:1?i completions:2?i activeDeadlineSeconds:3?i
          selector:4LabelSelector manualSelector:5b template:6PodTemplateSpec backoffLimit:7?i
          ttlSecondsAfterFinished:8?i completionMode:9s suspend:10?b
          podFailurePolicy:11PodFailurePolicy backoffLimitPerIndex:12?i maxFailedIndexes:13?i
          podReplacementPolicy:14s managedBy:15s successPolicy:16SuccessPolicy
        JobStatus conditions:1*JobCondition startTime:2Time completionTime:3Time active:4i
          succeeded:5i failed:6i completedIndexes:7s
          uncountedTerminatedPods:8UncountedTerminatedPods ready:9?i failedIndexes:10s
          terminating:11?i
        LabelSelector matchLabels:1%s matchExpressions:2*LabelSelectorRequirement
        LabelSelectorAttributes rawSelector:1s requirements:2*LabelSelectorRequirement
        LabelSelectorRequirement key:1s operator:2s values:3*s
        Lease metadata:1ObjectMeta spec:2LeaseSpec
        LeaseSpec holderIdentity:1s leaseDurationSeconds:2?i acquireTime:3MicroTime
          renewTime:4MicroTime leaseTransitions:5?i strategy:6s preferredHolder:7s
        ManagedFieldsEntry manager:1s operation:2s apiVersion:3s time:4Time fieldsType:6s
          fieldsV1:7FieldsV1 subresource:8s
        NonResourceAttributes path:1s verb:2s
        NonResourceRule verbs:1*s nonResourceURLs:2*s
        ObjectMeta name:1s generateName:2s namespace:3s selfLink:4s uid:5s resourceVersion:6s
          generation:7i creationTimestamp:8Time deletionTimestamp:9Time
          deletionGracePeriodSeconds:10?i labels:11%s annotations:12%s
          ownerReferences:13*OwnerReference finalizers:14*s managedFields:17*ManagedFieldsEntry
        OwnerReference kind:1s name:3s uid:4s apiVersion:5s controller:6?b
          blockOwnerDeletion:7?b
        PodFailurePolicy rules:1*PodFailurePolicyRule
        PodFailurePolicyOnExitCodesRequirement containerName:1s operator:2s values:3*i
        PodFailurePolicyOnPodConditionsPattern type:1s status:2s
        PodFailurePolicyRule action:1s onExitCodes:2PodFailurePolicyOnExitCodesRequirement
          onPodConditions:3*PodFailurePolicyOnPodConditionsPattern
        PodTemplateSpec metadata:1ObjectMeta spec:2PodSpec
        Preconditions uid:1s resourceVersion:2s
        ReplicaSet metadata:1ObjectMeta spec:2ReplicaSetSpec status:3ReplicaSetStatus
        ReplicaSetCondition type:1s status:2s lastTransitionTime:3Time reason:4s message:5s
        ReplicaSetSpec replicas:1?i selector:2LabelSelector template:3PodTemplateSpec
          minReadySeconds:4i
        ReplicaSetStatus replicas:1i fullyLabeledReplicas:2i observedGeneration:3i
          readyReplicas:4i availableReplicas:5i conditions:6*ReplicaSetCondition
        ResourceAttributes namespace:1s verb:2s group:3s version:4s resource:5s subresource:6s
          name:7s fieldSelector:8FieldSelectorAttributes labelSelector:9LabelSelectorAttributes
        ResourceRule verbs:1*s apiGroups:2*s resources:3*s resourceNames:4*s
        RollingUpdateDeployment maxUnavailable:1IntOrString maxSurge:2IntOrString
        Scale metadata:1ObjectMeta spec:2ScaleSpec status:3ScaleStatus
        ScaleSpec replicas:1i
        ScaleStatus replicas:1i selector:2s
        SelfSubjectAccessReview metadata:1ObjectMeta spec:2SelfSubjectAccessReviewSpec
          status:3SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec resourceAttributes:1ResourceAttributes
          nonResourceAttributes:2NonResourceAttributes
        SelfSubjectReview metadata:1ObjectMeta status:2SelfSubjectReviewStatus
        SelfSubjectReviewStatus userInfo:1UserInfo
        SelfSubjectRulesReview metadata:1ObjectMeta spec:2SelfSubjectRulesReviewSpec
          status:3SubjectRulesReviewStatus
        SelfSubjectRulesReviewSpec namespace:1s
        ServiceBackendPort name:1s number:2i
        SubjectAccessReview metadata:1ObjectMeta spec:2SubjectAccessReviewSpec
          status:3SubjectAccessReviewStatus
        SubjectAccessReviewSpec resourceAttributes:1ResourceAttributes
          nonResourceAttributes:2NonResourceAttributes user:3s groups:4*s extra:5%ExtraValue
          uid:6s
        SubjectAccessReviewStatus allowed:1b reason:2s evaluationError:3s denied:4b
        SubjectRulesReviewStatus resourceRules:1*ResourceRule nonResourceRules:2*NonResourceRule
          incomplete:3b evaluationError:4s
        SuccessPolicy rules:1*SuccessPolicyRule
        SuccessPolicyRule succeededIndexes:1s succeededCount:2i
        TypedLocalObjectReference apiGroup:1s kind:2s name:3s
        UncountedTerminatedPods succeeded:1*s failed:2*s
        UserInfo username:1s uid:2s groups:3*s extra:4%ExtraValue
        """
}

/// What the schemas of the built-in kinds have beside the fields that are read in protocol buffers:
/// fields that only JSON carries here, and those that must be.
enum FieldsBesides {
    static let messages: [String: [ProtobufFields.Field]] = ProtobufFields.lines(in: others)

    static let required: [String: [String]] = ProtobufFields.words(in: musts)

    /// As in `ProtobufFields`, with 0 for a number; `Any` is a value of which nothing is known.
    private static let others = """
        CustomResourceDefinition metadata:0ObjectMeta spec:0Any status:0Any
        Container restartPolicyRules:0*Any
        ContainerStatus stopSignal:0s
        DeploymentStatus terminatingReplicas:0i
        EndpointHints forNodes:0*Any
        EnvVarSource fileKeyRef:0Any
        JobStatus observedGeneration:0i
        Lifecycle stopSignal:0s
        NamespaceCondition observedGeneration:0i
        PodCondition observedGeneration:0i
        PodSpec ephemeralContainers:0*Any resourceClaims:0*Any hostnameOverride:0s workloadRef:0Any
        PodStatus observedGeneration:0i resourceClaimStatuses:0*Any allocatedResources:0Any
          resources:0Any extendedResourceClaimStatus:0Any
        ReplicaSetStatus terminatingReplicas:0i
        ResourceRequirements claims:0*Any
        VolumeProjection serviceAccountToken:0Any clusterTrustBundle:0Any podCertificate:0Any
        VolumeSource awsElasticBlockStore:0Any azureDisk:0Any azureFile:0Any cephfs:0Any
          cinder:0Any csi:0Any ephemeral:0Any fc:0Any flexVolume:0Any flocker:0Any
          gcePersistentDisk:0Any gitRepo:0Any glusterfs:0Any image:0Any iscsi:0Any nfs:0Any
          photonPersistentDisk:0Any portworxVolume:0Any quobyte:0Any rbd:0Any scaleIO:0Any
          storageos:0Any vsphereVolume:0Any
        """

    /// What clients and the controllers of the box cannot do without.
    private static let musts = """
        Container name
        ContainerPort containerPort
        CustomResourceDefinition spec
        DeploymentSpec selector template
        EnvVar name
        HTTPIngressPath backend
        IngressServiceBackend name
        JobSpec template
        LabelSelectorRequirement key operator
        PodSpec containers
        ReplicaSetSpec selector
        ServicePort port
        Volume name
        VolumeMount name mountPath
        """
}

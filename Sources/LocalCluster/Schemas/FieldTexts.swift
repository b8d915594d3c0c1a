/// What the fields of the built-in kinds mean, for `kubectl explain`: a line is `Message text` or
/// `Message.field text`, where messages are those of `ProtobufFields`.
enum FieldTexts {
    static let texts: [String: String] = Dictionary(
        (kindLines + "\n" + podLines).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }, uniquingKeysWith: { first, _ in first })

    private static let kindLines = """
        ObjectMeta What every object has: its name, its labels, its owners.
        ObjectMeta.name The name, unique for its kind in its namespace. It cannot be changed.
        ObjectMeta.generateName The beginning of a name that the server completes.
        ObjectMeta.namespace The namespace in which the name is unique. It cannot be changed.
        ObjectMeta.labels Words by which objects are selected.
        ObjectMeta.annotations Words that no selector looks at.
        ObjectMeta.uid Unique for this object in all places and times. Set by the server.
        ObjectMeta.resourceVersion Changes with every write. Opaque. Set by the server.
        ObjectMeta.generation Rises with every change of the wanted state. Set by the server.
        ObjectMeta.creationTimestamp When the object was created. Set by the server.
        ObjectMeta.deletionTimestamp When the object was, or will be, deleted. Set by the server.
        ObjectMeta.deletionGracePeriodSeconds How long the object may take to end.
        ObjectMeta.finalizers What must be done before the object can go.
        ObjectMeta.ownerReferences The objects this one goes with; one may be its controller.
        ObjectMeta.managedFields Who set which fields.
        LabelSelector Conditions on labels. All of them must hold.
        LabelSelector.matchLabels The labels that must be.
        LabelSelector.matchExpressions Conditions: In, NotIn, Exists, DoesNotExist.
        Namespace Namespaces separate names.
        Service A service is a name for the ready pods that its selector matches.
        ServiceSpec.selector The labels of the pods.
        ServiceSpec.ports The ports: name, port, targetPort, protocol.
        ServiceSpec.type ClusterIP or ExternalName. Others are treated as ClusterIP here.
        ServiceSpec.clusterIP The address of the service.
        ServicePort.port The port of the service.
        ServicePort.targetPort The port of the pods, by number or name. As port where not given.
        PodTemplate A pod template that others refer to.
        ConfigMap A config map holds settings that pods read.
        ConfigMap.data Settings as text.
        ConfigMap.binaryData Settings in base64.
        ConfigMap.immutable Whether the settings can never be changed.
        Secret A secret holds settings that nobody else should read.
        Secret.data Settings in base64.
        Secret.stringData Settings as text. Written only: the server moves them to data.
        Secret.type What kind of secret it is. Opaque where not given.
        Secret.immutable Whether the settings can never be changed.
        Event An event says that something happened to an object.
        Event.involvedObject The object it happened to.
        Event.reason One word for it.
        Event.message A sentence about it.
        Event.type Normal or Warning.
        Event.count How often it happened.
        Event.firstTimestamp When it happened first.
        Event.lastTimestamp When it happened last.
        Event.source Who says so.
        Deployment A deployment keeps equal pods, and changes them step by step to a new template.
        DeploymentSpec.replicas How many pods there should be. 1 where it is not given.
        DeploymentSpec.selector Which pods belong to it. It must match the labels of the template.
        DeploymentSpec.template The pods to be.
        DeploymentSpec.minReadySeconds How long a new pod must be ready before it is available.
        DeploymentSpec.strategy RollingUpdate, with maxSurge and maxUnavailable, or Recreate.
        DeploymentSpec.paused Whether a change of the template waits.
        DeploymentSpec.revisionHistoryLimit How many old replica sets are kept. 10 if not given.
        DeploymentSpec.progressDeadlineSeconds How long a change may stand still. Default 600.
        DeploymentStatus.replicas How many pods there are.
        DeploymentStatus.readyReplicas How many of them are ready.
        DeploymentStatus.availableReplicas How many of them are available.
        DeploymentStatus.updatedReplicas How many pods have the newest template.
        DeploymentStatus.observedGeneration The generation that this status is about.
        DeploymentStatus.conditions What is the case, and since when.
        DeploymentStrategy.type RollingUpdate or Recreate.
        DeploymentStrategy.rollingUpdate How many pods may be missing or too many meanwhile.
        RollingUpdateDeployment.maxUnavailable Pods that may be missing: a number or a percentage.
        RollingUpdateDeployment.maxSurge Pods that may be too many: a number or a percentage.
        ReplicaSet A replica set keeps a number of equal pods.
        ReplicaSetSpec.replicas How many pods there should be. 1 where it is not given.
        ReplicaSetSpec.selector Which pods belong to it. It must match the labels of the template.
        ReplicaSetSpec.template The pods to be.
        ReplicaSetSpec.minReadySeconds How long a new pod must be ready before it is available.
        Job A job runs pods until enough of them have ended well.
        JobSpec.template The pods to be.
        JobSpec.completions How many pods must end well.
        JobSpec.parallelism How many pods run at once.
        JobSpec.backoffLimit How many failures are one too many. 6 where it is not given.
        JobSpec.activeDeadlineSeconds How long the job may run.
        JobSpec.ttlSecondsAfterFinished How long the ended job stays.
        Ingress An ingress leads requests from outside to services, by host and path.
        IngressSpec.ingressClassName Who serves it. Here: nginx.
        IngressSpec.rules Hosts and their paths.
        IngressSpec.defaultBackend Where requests go that no rule matches.
        IngressSpec.tls Certificates by host.
        EndpointSlice An endpoint slice lists the addresses behind a service.
        EndpointSlice.addressType IPv4, IPv6 or FQDN.
        EndpointSlice.endpoints The addresses with their conditions.
        EndpointSlice.ports The ports that all of them have.
        Lease A lease says who does something now, and until when.
        LeaseSpec.holderIdentity Who holds it.
        LeaseSpec.leaseDurationSeconds How long others wait for the holder to renew it.
        LeaseSpec.acquireTime Since when it is held.
        LeaseSpec.renewTime When it was renewed last.
        LeaseSpec.leaseTransitions How often the holder changed.
        CustomResourceDefinition A custom resource definition adds a kind to the API.
        CustomResourceDefinition.spec The group, the names, the scope and the versions of the kind.
        CustomResourceDefinition.status The names as accepted, and conditions.
        """
}

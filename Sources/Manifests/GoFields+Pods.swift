extension GoFields {
    /// The types of a pod template as Kubernetes 0.34 declares them.
    static let pods = GoFields(tables: [podTable, containerTable, volumeTable, schedulingTable])

    private static let podTable = """
        PodTemplateSpec: metadata=ObjectMeta spec=PodSpec
        ObjectMeta: name generateName namespace selfLink uid resourceVersion generation
        ObjectMeta: creationTimestamp^
        ObjectMeta: deletionTimestamp? deletionGracePeriodSeconds? labels{} annotations{}
        ObjectMeta: ownerReferences*OwnerReference finalizers* managedFields*
        OwnerReference: apiVersion! kind! name! uid! controller? blockOwnerDeletion?
        PodSpec: volumes*Volume initContainers*Container containers*!Container
        PodSpec: ephemeralContainers*Container restartPolicy terminationGracePeriodSeconds?
        PodSpec: activeDeadlineSeconds? dnsPolicy nodeSelector{} serviceAccountName serviceAccount
        PodSpec: automountServiceAccountToken? nodeName hostNetwork hostPID hostIPC
        PodSpec: shareProcessNamespace?
        PodSpec: securityContext:PodSecurityContext imagePullSecrets*LocalReference hostname
        PodSpec: subdomain
        PodSpec: affinity:Affinity schedulerName tolerations*Toleration hostAliases*HostAlias
        PodSpec: priorityClassName priority? dnsConfig:DNSConfig readinessGates*ReadinessGate
        PodSpec: runtimeClassName? enableServiceLinks? preemptionPolicy? overhead{q}
        PodSpec: topologySpreadConstraints*TopologySpread setHostnameAsFQDN? os:Name hostUsers?
        PodSpec: schedulingGates*Name resourceClaims*PodResourceClaim resources:Resources
        PodSpec: hostnameOverride?
        LocalReference: name
        Name: name!
        NameValue: name! value!
        HostAlias: ip! hostnames*
        DNSConfig: nameservers* searches* options*DNSOption
        DNSOption: name value?
        ReadinessGate: conditionType!
        PodResourceClaim: name! resourceClaimName? resourceClaimTemplateName?
        PodSecurityContext: seLinuxOptions:SELinux windowsOptions:Windows runAsUser? runAsGroup?
        PodSecurityContext: runAsNonRoot? supplementalGroups* supplementalGroupsPolicy? fsGroup?
        PodSecurityContext: sysctls*NameValue fsGroupChangePolicy? seccompProfile:Profile
        PodSecurityContext: appArmorProfile:Profile seLinuxChangePolicy?
        SELinux: user role type level
        Windows: gmsaCredentialSpecName? gmsaCredentialSpec? runAsUserName? hostProcess?
        Profile: type! localhostProfile?
        """

    private static let containerTable = """
        Container: name! image command* args* workingDir ports*Port envFrom*EnvFrom env*Env
        Container: resources=Resources resizePolicy*ResizePolicy restartPolicy?
        Container: restartPolicyRules*RestartRule volumeMounts*VolumeMount
        Container: volumeDevices*VolumeDevice
        Container: livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle
        Container: terminationMessagePath terminationMessagePolicy imagePullPolicy
        Container: securityContext:SecurityContext stdin stdinOnce tty targetContainerName
        Port: name hostPort containerPort!0 protocol hostIP
        EnvFrom: prefix configMapRef:OptionalReference secretRef:OptionalReference
        OptionalReference: name optional?
        Env: name! value valueFrom:EnvSource
        EnvSource: fieldRef:FieldRef resourceFieldRef:ResourceField configMapKeyRef:KeyRef
        EnvSource: secretKeyRef:KeyRef fileKeyRef:FileKeyRef
        FieldRef: apiVersion fieldPath!
        ResourceField: containerName resource! divisor~
        KeyRef: name key! optional?
        FileKeyRef: volumeName! path! key! optional?
        Resources: limits{q} requests{q} claims*ResourceClaim
        ResourceClaim: name! request
        ResizePolicy: resourceName! restartPolicy!
        RestartRule: action exitCodes:ExitCodes
        ExitCodes: operator values*
        VolumeMount: name! readOnly recursiveReadOnly? mountPath! subPath mountPropagation?
        VolumeMount: subPathExpr
        VolumeDevice: name! devicePath!
        Probe: exec:Exec httpGet:HTTPGet tcpSocket:TCPSocket grpc:GRPC initialDelaySeconds
        Probe: timeoutSeconds periodSeconds successThreshold failureThreshold
        Probe: terminationGracePeriodSeconds?
        Exec: command*
        HTTPGet: path port!0 host scheme httpHeaders*NameValue
        TCPSocket: port!0 host
        GRPC: port!0 service!null
        Lifecycle: postStart:LifecycleHandler preStop:LifecycleHandler stopSignal?
        LifecycleHandler: exec:Exec httpGet:HTTPGet tcpSocket:TCPSocket sleep:Sleep
        Sleep: seconds!0
        SecurityContext: capabilities:Capabilities privileged? seLinuxOptions:SELinux
        SecurityContext: windowsOptions:Windows runAsUser? runAsGroup? runAsNonRoot?
        SecurityContext: readOnlyRootFilesystem? allowPrivilegeEscalation? procMount?
        SecurityContext: seccompProfile:Profile appArmorProfile:Profile
        Capabilities: add* drop*
        """

    private static let schedulingTable = """
        Affinity: nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity
        NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
        NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution*PreferredNode
        NodeSelector: nodeSelectorTerms*!NodeTerm
        NodeTerm: matchExpressions*Requirement matchFields*Requirement
        PreferredNode: weight!0 preference=NodeTerm
        PodAffinity: requiredDuringSchedulingIgnoredDuringExecution*PodTerm
        PodAffinity: preferredDuringSchedulingIgnoredDuringExecution*PreferredPod
        PodTerm: labelSelector:Selector namespaces* topologyKey! namespaceSelector:Selector
        PodTerm: matchLabelKeys* mismatchLabelKeys*
        PreferredPod: weight!0 podAffinityTerm=PodTerm
        Selector: matchLabels{} matchExpressions*Requirement
        Requirement: key! operator! values*
        Toleration: key operator value effect tolerationSeconds?
        TopologySpread: maxSkew!0 topologyKey! whenUnsatisfiable! labelSelector:Selector minDomains?
        TopologySpread: nodeAffinityPolicy? nodeTaintsPolicy? matchLabelKeys*
        """
}

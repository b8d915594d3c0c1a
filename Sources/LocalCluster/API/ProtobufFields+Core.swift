extension ProtobufFields {
    /// The kinds of the core group and all that belongs to pods.
    static let coreLines = """
        Affinity nodeAffinity:1NodeAffinity podAffinity:2PodAffinity
          podAntiAffinity:3PodAntiAffinity
        AppArmorProfile type:1s localhostProfile:2s
        Capabilities add:1*s drop:2*s
        ClientIPConfig timeoutSeconds:1i
        ConfigMap metadata:1ObjectMeta data:2%s binaryData:3%y immutable:4?b
        ConfigMapEnvSource localObjectReference:1&LocalObjectReference optional:2?b
        ConfigMapKeySelector localObjectReference:1&LocalObjectReference key:2s optional:3?b
        ConfigMapProjection localObjectReference:1&LocalObjectReference items:2*KeyToPath
          optional:4?b
        ConfigMapVolumeSource localObjectReference:1&LocalObjectReference items:2*KeyToPath
          defaultMode:3?i optional:4?b
        Container name:1s image:2s command:3*s args:4*s workingDir:5s ports:6*ContainerPort
          env:7*EnvVar resources:8ResourceRequirements volumeMounts:9*VolumeMount
          livenessProbe:10Probe readinessProbe:11Probe lifecycle:12Lifecycle
          terminationMessagePath:13s imagePullPolicy:14s securityContext:15SecurityContext
          stdin:16b stdinOnce:17b tty:18b envFrom:19*EnvFromSource terminationMessagePolicy:20s
          volumeDevices:21*VolumeDevice startupProbe:22Probe
          resizePolicy:23*ContainerResizePolicy restartPolicy:24s
        ContainerPort name:1s hostPort:2i containerPort:3i protocol:4s hostIP:5s
        ContainerResizePolicy resourceName:1s restartPolicy:2s
        ContainerState waiting:1ContainerStateWaiting running:2ContainerStateRunning
          terminated:3ContainerStateTerminated
        ContainerStateRunning startedAt:1Time
        ContainerStateTerminated exitCode:1i signal:2i reason:3s message:4s startedAt:5Time
          finishedAt:6Time containerID:7s
        ContainerStateWaiting reason:1s message:2s
        ContainerStatus name:1s state:2ContainerState lastState:3ContainerState ready:4b
          restartCount:5i image:6s imageID:7s containerID:8s started:9?b
          allocatedResources:10%Quantity resources:11ResourceRequirements
          volumeMounts:12*VolumeMountStatus user:13ContainerUser
          allocatedResourcesStatus:14*ResourceStatus
        ContainerUser linux:1LinuxContainerUser
        DownwardAPIProjection items:1*DownwardAPIVolumeFile
        DownwardAPIVolumeFile path:1s fieldRef:2ObjectFieldSelector
          resourceFieldRef:3ResourceFieldSelector mode:4?i
        DownwardAPIVolumeSource items:1*DownwardAPIVolumeFile defaultMode:2?i
        EmptyDirVolumeSource medium:1s sizeLimit:2Quantity
        EnvFromSource prefix:1s configMapRef:2ConfigMapEnvSource secretRef:3SecretEnvSource
        EnvVar name:1s value:2s valueFrom:3EnvVarSource
        EnvVarSource fieldRef:1ObjectFieldSelector resourceFieldRef:2ResourceFieldSelector
          configMapKeyRef:3ConfigMapKeySelector secretKeyRef:4SecretKeySelector
        Event metadata:1ObjectMeta involvedObject:2ObjectReference reason:3s message:4s
          source:5EventSource firstTimestamp:6Time lastTimestamp:7Time count:8i type:9s
          eventTime:10MicroTime series:11EventSeries action:12s related:13ObjectReference
          reportingComponent:14s reportingInstance:15s
        EventSeries count:1i lastObservedTime:2MicroTime
        EventSource component:1s host:2s
        ExecAction command:1*s
        GRPCAction port:1i service:2s
        HTTPGetAction path:1s port:2IntOrString host:3s scheme:4s httpHeaders:5*HTTPHeader
        HTTPHeader name:1s value:2s
        HostAlias ip:1s hostnames:2*s
        HostIP ip:1s
        HostPathVolumeSource path:1s type:2s
        KeyToPath key:1s path:2s mode:3?i
        Lifecycle postStart:1LifecycleHandler preStop:2LifecycleHandler
        LifecycleHandler exec:1ExecAction httpGet:2HTTPGetAction tcpSocket:3TCPSocketAction
          sleep:4SleepAction
        LinuxContainerUser uid:1i gid:2i supplementalGroups:3*i
        LoadBalancerIngress ip:1s hostname:2s ipMode:3s ports:4*PortStatus
        LoadBalancerStatus ingress:1*LoadBalancerIngress
        LocalObjectReference name:1s
        Namespace metadata:1ObjectMeta spec:2NamespaceSpec status:3NamespaceStatus
        NamespaceCondition type:1s status:2s lastTransitionTime:4Time reason:5s message:6s
        NamespaceSpec finalizers:1*s
        NamespaceStatus phase:1s conditions:2*NamespaceCondition
        NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:1NodeSelector
          preferredDuringSchedulingIgnoredDuringExecution:2*PreferredSchedulingTerm
        NodeSelector nodeSelectorTerms:1*NodeSelectorTerm
        NodeSelectorRequirement key:1s operator:2s values:3*s
        NodeSelectorTerm matchExpressions:1*NodeSelectorRequirement
          matchFields:2*NodeSelectorRequirement
        ObjectFieldSelector apiVersion:1s fieldPath:2s
        ObjectReference kind:1s namespace:2s name:3s uid:4s apiVersion:5s resourceVersion:6s
          fieldPath:7s
        PersistentVolumeClaimVolumeSource claimName:1s readOnly:2b
        Pod metadata:1ObjectMeta spec:2PodSpec status:3PodStatus
        PodTemplate metadata:1ObjectMeta template:2PodTemplateSpec
        PodAffinity requiredDuringSchedulingIgnoredDuringExecution:1*PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:2*WeightedPodAffinityTerm
        PodAffinityTerm labelSelector:1LabelSelector namespaces:2*s topologyKey:3s
          namespaceSelector:4LabelSelector matchLabelKeys:5*s mismatchLabelKeys:6*s
        PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:1*PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:2*WeightedPodAffinityTerm
        PodCondition type:1s status:2s lastProbeTime:3Time lastTransitionTime:4Time reason:5s
          message:6s
        PodDNSConfig nameservers:1*s searches:2*s options:3*PodDNSConfigOption
        PodDNSConfigOption name:1s value:2s
        PodIP ip:1s
        PodOS name:1s
        PodReadinessGate conditionType:1s
        PodSchedulingGate name:1s
        PodSecurityContext seLinuxOptions:1SELinuxOptions runAsUser:2?i runAsNonRoot:3?b
          supplementalGroups:4*i fsGroup:5?i runAsGroup:6?i sysctls:7*Sysctl
          windowsOptions:8WindowsSecurityContextOptions fsGroupChangePolicy:9s
          seccompProfile:10SeccompProfile appArmorProfile:11AppArmorProfile
          supplementalGroupsPolicy:12s seLinuxChangePolicy:13s
        PodSpec volumes:1*Volume containers:2*Container restartPolicy:3s
          terminationGracePeriodSeconds:4?i activeDeadlineSeconds:5?i dnsPolicy:6s
          nodeSelector:7%s serviceAccountName:8s serviceAccount:9s nodeName:10s hostNetwork:11b
          hostPID:12b hostIPC:13b securityContext:14PodSecurityContext
          imagePullSecrets:15*LocalObjectReference hostname:16s subdomain:17s
          affinity:18Affinity schedulerName:19s initContainers:20*Container
          automountServiceAccountToken:21?b tolerations:22*Toleration hostAliases:23*HostAlias
          priorityClassName:24s priority:25?i dnsConfig:26PodDNSConfig
          shareProcessNamespace:27?b readinessGates:28*PodReadinessGate runtimeClassName:29s
          enableServiceLinks:30?b preemptionPolicy:31s overhead:32%Quantity
          topologySpreadConstraints:33*TopologySpreadConstraint setHostnameAsFQDN:35?b
          os:36PodOS hostUsers:37?b schedulingGates:38*PodSchedulingGate
          resources:40ResourceRequirements
        PodStatus phase:1s conditions:2*PodCondition message:3s reason:4s hostIP:5s podIP:6s
          startTime:7Time containerStatuses:8*ContainerStatus qosClass:9s
          initContainerStatuses:10*ContainerStatus nominatedNodeName:11s podIPs:12*PodIP
          ephemeralContainerStatuses:13*ContainerStatus resize:14s hostIPs:16*HostIP
        PortStatus port:1i protocol:2s error:3s
        PreferredSchedulingTerm weight:1i preference:2NodeSelectorTerm
        Probe handler:1&ProbeHandler initialDelaySeconds:2i timeoutSeconds:3i periodSeconds:4i
          successThreshold:5i failureThreshold:6i terminationGracePeriodSeconds:7?i
        ProbeHandler exec:1ExecAction httpGet:2HTTPGetAction tcpSocket:3TCPSocketAction
          grpc:4GRPCAction
        ProjectedVolumeSource sources:1*VolumeProjection defaultMode:2?i
        ResourceFieldSelector containerName:1s resource:2s divisor:3Quantity
        ResourceHealth resourceID:1s health:2s
        ResourceRequirements limits:1%Quantity requests:2%Quantity
        ResourceStatus name:1s resources:2*ResourceHealth
        SELinuxOptions user:1s role:2s type:3s level:4s
        SeccompProfile type:1s localhostProfile:2s
        Secret metadata:1ObjectMeta data:2%y type:3s stringData:4%s immutable:5?b
        SecretEnvSource localObjectReference:1&LocalObjectReference optional:2?b
        SecretKeySelector localObjectReference:1&LocalObjectReference key:2s optional:3?b
        SecretProjection localObjectReference:1&LocalObjectReference items:2*KeyToPath
          optional:4?b
        SecretVolumeSource secretName:1s items:2*KeyToPath defaultMode:3?i optional:4?b
        SecurityContext capabilities:1Capabilities privileged:2?b seLinuxOptions:3SELinuxOptions
          runAsUser:4?i runAsNonRoot:5?b readOnlyRootFilesystem:6?b allowPrivilegeEscalation:7?b
          runAsGroup:8?i procMount:9s windowsOptions:10WindowsSecurityContextOptions
          seccompProfile:11SeccompProfile appArmorProfile:12AppArmorProfile
        Service metadata:1ObjectMeta spec:2ServiceSpec status:3ServiceStatus
        ServicePort name:1s protocol:2s port:3i targetPort:4IntOrString nodePort:5i
          appProtocol:6s
        ServiceSpec ports:1*ServicePort selector:2%s clusterIP:3s type:4s externalIPs:5*s
          sessionAffinity:7s loadBalancerIP:8s loadBalancerSourceRanges:9*s externalName:10s
          externalTrafficPolicy:11s healthCheckNodePort:12i publishNotReadyAddresses:13b
          sessionAffinityConfig:14SessionAffinityConfig ipFamilyPolicy:17s clusterIPs:18*s
          ipFamilies:19*s allocateLoadBalancerNodePorts:20?b loadBalancerClass:21s
          internalTrafficPolicy:22s trafficDistribution:23s
        ServiceStatus loadBalancer:1LoadBalancerStatus conditions:2*Condition
        SessionAffinityConfig clientIP:1ClientIPConfig
        SleepAction seconds:1i
        Sysctl name:1s value:2s
        TCPSocketAction port:1IntOrString host:2s
        Toleration key:1s operator:2s value:3s effect:4s tolerationSeconds:5?i
        TopologySpreadConstraint maxSkew:1i topologyKey:2s whenUnsatisfiable:3s
          labelSelector:4LabelSelector minDomains:5?i nodeAffinityPolicy:6s nodeTaintsPolicy:7s
          matchLabelKeys:8*s
        Volume name:1s volumeSource:2&VolumeSource
        VolumeDevice name:1s devicePath:2s
        VolumeMount name:1s readOnly:2b mountPath:3s subPath:4s mountPropagation:5s
          subPathExpr:6s recursiveReadOnly:7s
        VolumeMountStatus name:1s mountPath:2s readOnly:3b recursiveReadOnly:4s
        VolumeProjection secret:1SecretProjection downwardAPI:2DownwardAPIProjection
          configMap:3ConfigMapProjection
        VolumeSource hostPath:1HostPathVolumeSource emptyDir:2EmptyDirVolumeSource
          secret:6SecretVolumeSource persistentVolumeClaim:10PersistentVolumeClaimVolumeSource
          downwardAPI:16DownwardAPIVolumeSource configMap:19ConfigMapVolumeSource
          projected:26ProjectedVolumeSource
        WeightedPodAffinityTerm weight:1i podAffinityTerm:2PodAffinityTerm
        WindowsSecurityContextOptions gmsaCredentialSpecName:1s gmsaCredentialSpec:2s
          runAsUserName:3s hostProcess:4b
        """
}

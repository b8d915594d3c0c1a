extension FieldTexts {
    /// Pods, their containers and their volumes.
    static let podLines = """
        Pod A pod is something that runs: here, one process for each container.
        PodTemplateSpec A pod that is not there yet: its labels and its content.
        PodTemplateSpec.metadata The labels and annotations of the pods.
        PodTemplateSpec.spec The content of the pods.
        PodSpec.containers What runs: name, image, command, args, env, ports, probes.
        PodSpec.initContainers What must end well before the containers start.
        PodSpec.restartPolicy Always, OnFailure or Never.
        PodSpec.terminationGracePeriodSeconds How long a container may take to end. Default 30.
        PodSpec.activeDeadlineSeconds How long the pod may run.
        PodSpec.volumes Files that containers see.
        PodSpec.readinessGates Conditions that others set and that readiness waits for.
        PodStatus.phase Pending, Running, Succeeded, Failed or Unknown.
        PodStatus.conditions What is the case, and since when.
        PodStatus.podIP The address of the pod.
        PodStatus.startTime When the pod was taken up.
        PodStatus.containerStatuses What became of each container.
        PodStatus.initContainerStatuses What became of each init container.
        Container One process of a pod.
        Container.name The name, unique in the pod.
        Container.image What an image is elsewhere. Here it only names the version that runs.
        Container.command The program and its first arguments.
        Container.args Arguments behind the command.
        Container.workingDir Where the process starts.
        Container.env Environment variables.
        Container.envFrom Config maps and secrets whose keys become variables.
        Container.ports The ports it listens on.
        Container.resources What it needs, and what it may use at most.
        Container.volumeMounts Where it sees the volumes.
        Container.livenessProbe When it fails, the container starts again.
        Container.readinessProbe While it fails, services send no requests.
        Container.startupProbe Until it succeeds, the other probes wait.
        Container.lifecycle What happens after its start and before its end.
        ContainerPort.name A name that services may use in place of the number.
        ContainerPort.containerPort The number.
        EnvVar.name The name of the variable.
        EnvVar.value Its value. $(NAME) is replaced by another variable.
        EnvVar.valueFrom Where the value comes from.
        EnvVarSource.fieldRef A field of the pod, such as status.podIP.
        EnvVarSource.configMapKeyRef A key of a config map.
        EnvVarSource.secretKeyRef A key of a secret.
        Probe.httpGet A request that must be answered with a code from 200 to 399.
        Probe.tcpSocket A connection that must be taken.
        Probe.exec A command that must end with 0.
        Probe.initialDelaySeconds How long after the start it begins.
        Probe.periodSeconds How often it is made. Default 10.
        Probe.timeoutSeconds How long it may take. Default 1.
        Probe.successThreshold Successes in a row that count as good. Default 1.
        Probe.failureThreshold Failures in a row that count as bad. Default 3.
        Volume.name The name by which containers mount it.
        Volume.configMap The keys of a config map as files.
        Volume.secret The keys of a secret as files.
        Volume.emptyDir An empty directory that lives as long as the pod.
        Volume.hostPath A file or directory of this machine.
        VolumeMount.name The volume.
        VolumeMount.mountPath Where the container sees it.
        VolumeMount.readOnly Whether the container cannot write to it.
        ResourceRequirements.requests What the container needs.
        ResourceRequirements.limits What it may use at most.
        """
}

extension CustomResourceDefinitions {
    static let rolloutSpec = """
        replicas int32 How many pods are wanted. Written as 1 where it is left out.
        selector @Selector Which pods are the rollout's. Cannot be changed.
        template any The pod template; a change of it starts a new revision.
        workloadRef object Takes the template from another object instead.
          apiVersion string The group and version of the object.
          kind string Deployment, ReplicaSet or PodTemplate.
          name string Its name.
          scaleDown string(never|onsuccess|progressively) When the Deployment is scaled to zero.
        minReadySeconds int32 How long a pod must be ready to count as available.
        revisionHistoryLimit int32 How many old ReplicaSets are kept to go back to. 10 by default.
        paused bool Holds the rollout where it is.
        progressDeadlineSeconds int32 How long no progress is tolerated. 600 by default.
        progressDeadlineAbort bool Whether to give traffic back at the deadline.
        restartAt time Pods that are older than this are replaced.
        rollbackWindow object Going back to a recent revision skips the steps.
          revisions int32 How many revisions count as recent.
        analysis object How many analysis runs are kept.
          successfulRunHistoryLimit int32 Good ones. 5 by default.
          unsuccessfulRunHistoryLimit int32 Others. 5 by default.
        strategy object How a new revision takes over; exactly one of the two.
          canary @Canary Traffic moves to the new version step by step.
          blueGreen @BlueGreen Traffic moves to the new version at once, when it is ready.
        """

    static let rolloutStatus = """
        HPAReplicas int32 The pods that an autoscaler counts.
        abort bool Traffic is given back; a person may set it.
        abortedAt time When the abort began.
        alb any What an AWS load balancer was asked.
        albs anys The same for several of them.
        availableReplicas int32 The pods that are available.
        blueGreen object The state of a blue-green rollout.
          activeSelector string The hash that the active service selects.
          previewSelector string The hash that the preview service selects.
          scaleUpPreviewCheckPoint bool Whether the preview has passed.
          prePromotionAnalysisRunStatus @RunMirror The analysis before the switch.
          postPromotionAnalysisRunStatus @RunMirror The analysis after the switch.
        canary object The state of a canary rollout.
          currentStepAnalysisRunStatus @RunMirror The analysis of the present step.
          currentBackgroundAnalysisRunStatus @RunMirror The analysis beside the steps.
          currentExperiment string The experiment of the present step.
          stablePingPong string(ping|pong) Which of the two services is stable.
          stepPluginStatuses anys What plugins of steps have done.
          weights object The traffic that was asked of the routers.
            canary @Destination The share of the new version.
            stable @Destination The share of the stable version.
            additional [@Destination] The shares of experiments.
            verified bool Whether a router has confirmed them.
        collisionCount int32 How often the name of a ReplicaSet was taken.
        conditions list What holds, and since when.
          type! string The name of the condition.
          status! string True, False or Unknown.
          reason string One word.
          message string A sentence.
          lastTransitionTime time When the status changed.
          lastUpdateTime time When the condition was written.
        controllerPause bool The controller has paused; true without pause conditions means resumed.
        currentPodHash string The hash of the present template.
        currentStepHash string The hash of the present steps.
        currentStepIndex int32 The present step, counted from 0; the number of steps when done.
        message string Why the phase is what it is.
        observedGeneration string The generation that this status speaks of.
        pauseConditions list Why it is paused; a person may remove them.
          reason! string One word.
          startTime! time Since when.
        phase string Healthy, Progressing, Paused or Degraded.
        promoteFull bool Skip all steps; a person may set it.
        readyReplicas int32 The pods that are ready.
        replicas int32 The pods that exist.
        restartedAt time The restart that was completed last.
        selector string The labels of the pods, for autoscalers.
        stableRS string The hash of the version that was promoted last.
        updatedReplicas int32 The pods of the newest template.
        workloadObservedGeneration string The generation of the referenced workload.
        """

    static let canary = """
        canaryService string The Service of the new version.
        stableService string The Service of the stable version.
        steps [@Step] One after the other.
        trafficRouting @Routing The routers that divide traffic.
        maxSurge amount Pods above the wanted number, as a number or a percentage. 25% by default.
        maxUnavailable amount Pods that may be missing, as a number or a percentage. 25% by default.
        analysis object An analysis beside the steps.
          templates [@TemplateRef] What is measured.
          args [@Argument] The values of their arguments.
          dryRun [@DryRun] Metrics that only look on.
          measurementRetention [@Retention] How many measurements are kept.
          analysisRunMetadata @Metadata For the metadata of the run.
          startingStep int32 The step from which it runs. 0 by default.
        antiAffinity @AntiAffinity Keeps versions on different nodes.
        canaryMetadata @Metadata For pods while they are the canary.
        stableMetadata @Metadata For pods while they are stable.
        scaleDownDelaySeconds int32 How long the old version stays after a promotion. 30 by default.
        scaleDownDelayRevisionLimit int32 How many old versions may wait for that.
        abortScaleDownDelaySeconds int32 How long an aborted canary stays. 30 if absent, 0 for ever.
        dynamicStableScale bool Stable shrinks as the canary grows.
        pingPong object Two services that take turns.
          pingService! string The one.
          pongService! string The other.
        minPodsPerReplicaSet int32 The least pods of a version that has any.
        replicaProgressThreshold object How many pods suffice to go on.
          type! string(Percent|Pods) What the value counts.
          value! int32 How many.
        """

    static let step = """
        setWeight int32 The share of traffic for the new version, of maxTrafficWeight.
        pause object Waits.
          duration amount Seconds, or a duration like 10m. Without one a person must promote.
        setCanaryScale object The size of the new version, whatever its traffic.
          weight int32 In percent of replicas.
          replicas int32 In pods.
          matchTrafficWeight bool By traffic again.
        analysis object Waits for an analysis to succeed.
          templates [@TemplateRef] What is measured.
          args [@Argument] The values of their arguments.
          dryRun [@DryRun] Metrics that only look on.
          measurementRetention [@Retention] How many measurements are kept.
          analysisRunMetadata @Metadata For the metadata of the run.
        experiment object Runs versions side by side.
          templates! list The versions.
            name! string The name of the version.
            specRef! string(canary|stable) Whose template it takes.
            replicas int32 Its pods. 1 by default.
            metadata @Metadata For its pods.
            selector @Selector Which pods are its own.
            weight int32 Its share of traffic.
            service object Gives it a Service.
              name string The name of the Service.
          duration string How long it runs.
          analyses [@ExperimentAnalysis] What is measured.
          dryRun [@DryRun] Metrics that only look on.
          analysisRunMetadata @Metadata For the metadata of the runs.
        setHeaderRoute object Sends requests with a header to the new version.
          name string A managed route.
          match list What the headers must be.
            headerName! string The header.
            headerValue @StringMatch Its value.
        setMirrorRoute object Copies requests to the new version.
          name! string A managed route.
          percentage int32 How many of them.
          match list Which requests.
            method @StringMatch Their method.
            path @StringMatch Their path.
            headers any Their headers.
        plugin object A step of a plugin.
          name! string The plugin.
          config json Its configuration.
        """

    static let routing = """
        nginx object Canary Ingresses of ingress-nginx.
          annotationPrefix string nginx.ingress.kubernetes.io by default.
          stableIngress string The Ingress that leads to the stable service.
          stableIngresses strings Several of them.
          additionalIngressAnnotations map For the canary Ingress, below the prefix.
          canaryIngressAnnotations map For the canary Ingress, as they are.
        plugins any Routers by name, each with its own configuration.
        managedRoutes list Routes that steps create, by priority.
          name! string The name of the route.
        maxTrafficWeight int32 What all traffic is called. 100 by default.
        istio any VirtualServices and a DestinationRule of Istio.
        alb any Ingresses of the AWS load balancer controller.
        smi any A TrafficSplit of the service mesh interface.
        ambassador any Mappings of Ambassador.
        appMesh any A VirtualService of AWS App Mesh.
        traefik any A TraefikService.
        apisix any An ApisixRoute.
        """

    static let blueGreen = """
        activeService! string The Service of the live version.
        previewService string The Service of the new version.
        previewReplicaCount int32 The pods of the new version before it is promoted.
        autoPromotionEnabled bool Whether it is promoted without a person. True by default.
        autoPromotionSeconds int32 How long to wait before that.
        maxUnavailable amount Pods that may be missing, as a number or a percentage.
        scaleDownDelaySeconds int32 How long the old version stays. 30 by default.
        scaleDownDelayRevisionLimit int32 How many old versions may wait for that.
        abortScaleDownDelaySeconds int32 How long an aborted version stays. 30 by default.
        prePromotionAnalysis object Must succeed before traffic moves.
          templates [@TemplateRef] What is measured.
          args [@Argument] The values of their arguments.
          dryRun [@DryRun] Metrics that only look on.
          measurementRetention [@Retention] How many measurements are kept.
          analysisRunMetadata @Metadata For the metadata of the run.
        postPromotionAnalysis object Must succeed before the old version goes.
          templates [@TemplateRef] What is measured.
          args [@Argument] The values of their arguments.
          dryRun [@DryRun] Metrics that only look on.
          measurementRetention [@Retention] How many measurements are kept.
          analysisRunMetadata @Metadata For the metadata of the run.
        antiAffinity @AntiAffinity Keeps versions on different nodes.
        previewMetadata @Metadata For pods of the new version.
        activeMetadata @Metadata For pods of the live version.
        """
}

extension CustomResourceDefinitions {
    /// What several kinds share.
    static let parts = [
        "Canary": canary, "Step": step, "Routing": routing, "BlueGreen": blueGreen,
        "Metric": metric, "CloudWatch": cloudWatch, "Datadog": datadog, "Kayenta": kayenta,
        "KayentaScope": kayentaScope,
        "Selector": """
        matchLabels map The labels that must be.
        matchExpressions list Conditions on labels.
          key! string The label.
          operator! string In, NotIn, Exists or DoesNotExist.
          values strings For In and NotIn.
        """,
        "Metadata": """
        labels map Labels.
        annotations map Annotations.
        """,
        "TemplateRef": """
        templateName! string The name of the template.
        clusterScope bool Whether it is a ClusterAnalysisTemplate.
        """,
        "Argument": """
        name! string The name that templates use.
        value string Its value.
        valueFrom object Where the value comes from.
          podTemplateHashValue string(Stable|Latest) The hash of a version.
          fieldRef object A field of the rollout.
            fieldPath! string Its path, like metadata.labels['region'].
          secretKeyRef object A Secret, read anew for every measurement.
            name! string The Secret.
            key! string Its key.
        """,
        "DryRun": """
        metricName! string A regular expression over the names of metrics.
        """,
        "Retention": """
        metricName! string A regular expression over the names of metrics.
        limit! int32 How many measurements are kept.
        """,
        "StringMatch": """
        exact string The whole text.
        prefix string How it begins.
        regex string A regular expression.
        """,
        "AntiAffinity": """
        preferredDuringSchedulingIgnoredDuringExecution object If possible.
          weight! int32 From 1 to 100.
        requiredDuringSchedulingIgnoredDuringExecution any Always.
        """,
        "RunMirror": """
        name! string The AnalysisRun.
        status! string Its phase.
        message string Why.
        """,
        "Destination": """
        weight! int32 The share of traffic.
        serviceName string The Service that it goes to.
        podTemplateHash string The version that it goes to.
        """,
        "ExperimentAnalysis": """
        name! string The name of the analysis.
        templateName! string The template.
        clusterScope bool Whether it is a ClusterAnalysisTemplate.
        args [@Argument] The values of its arguments.
        requiredForCompletion bool The experiment ends when this analysis does.
        """,
        "Authentication": """
        sigv4 object Signs requests for AWS.
          region string The region.
          profile string The profile.
          roleArn string The role.
        oauth2 object Asks for a token first.
          tokenUrl string Where.
          clientId string As whom.
          clientSecret string With which secret.
          scopes strings For what.
        """,
        "Header": """
        key! string The name of the header.
        value! string Its value.
        """,
    ]

    private static let metric = """
        name! string The name of the metric.
        interval string The time between measurements, like 30s.
        initialDelay string The time before the first.
        count amount How many measurements. 1 without an interval.
        successCondition string An expression over result that must be true.
        failureCondition string An expression over result that must not be true.
        failureLimit amount How many may fail. 0 by default, -1 for any number.
        inconclusiveLimit amount How many may be neither. 0 by default.
        consecutiveErrorLimit amount How many may go wrong in a row. 4 by default.
        consecutiveSuccessLimit amount How many successes in a row suffice. 0 for no such rule.
        provider! object Who is asked; exactly one.
          prometheus object Prometheus, or what speaks like it.
            address string Its URL.
            query string The PromQL query.
            timeout int64 Seconds to wait for the answer. 30 by default.
            insecure bool Whether to trust any certificate.
            headers [@Header] For every request.
            authentication @Authentication How to show who asks.
            rangeQuery object Asks for a range of time.
              start string An expression, like now() - duration("1h").
              end string An expression.
              step string The time between samples.
          web object Any HTTP service that answers in JSON.
            url! string Where.
            method string(GET|POST|PUT) How. GET by default.
            headers [@Header] For every request.
            body string What is sent.
            jsonBody json What is sent, as JSON.
            jsonPath string Which part of the answer is the result. All of it by default.
            timeoutSeconds int64 Seconds to wait for the answer. 10 by default.
            insecure bool Whether to trust any certificate.
            authentication @Authentication How to show who asks.
          job object A Job that succeeds or fails.
            metadata any For the metadata of the Job.
            spec! any The Job.
          cloudWatch @CloudWatch AWS CloudWatch.
          datadog @Datadog Datadog.
          graphite object Graphite.
            address string Its URL.
            query string The targets and times of a render request.
          influxdb object InfluxDB.
            profile string The Secret with address, authToken and org. influxdb by default.
            query string The query, in Flux.
          kayenta @Kayenta Kayenta, which judges by its own thresholds.
          newRelic object New Relic.
            profile string The Secret with keys and account. newrelic by default.
            query! string The query, in NRQL.
            timeout int64 Seconds to wait for the answer. 5 by default.
          skywalking object SkyWalking.
            address string Its URL.
            query string The query, in GraphQL, with the variable $duration.
            interval string How far back the answer looks. 5m by default.
          wavefront object Wavefront.
            address string Its host name.
            query string The query.
          plugin any Providers by name, each with its own configuration.
        """

    static let templateSpec = """
        metrics [@Metric] What is measured.
        args [@Argument] The values that metrics ask for.
        dryRun [@DryRun] Metrics that only look on.
        measurementRetention [@Retention] How many measurements are kept.
        templates [@TemplateRef] Templates whose metrics belong to this one.
        """

    static let runSpec = """
        metrics! [@Metric] What is measured.
        args [@Argument] The values that metrics ask for.
        dryRun [@DryRun] Metrics that only look on.
        measurementRetention [@Retention] How many measurements are kept.
        terminate bool Stops the run; what was good so far ends successful.
        ttlStrategy object When the run is deleted after its end.
          secondsAfterCompletion int32 However it ended.
          secondsAfterFailure int32 When it failed.
          secondsAfterSuccess int32 When it succeeded.
        """

    static let runStatus = """
        phase string Pending, Running, Successful, Failed, Error or Inconclusive.
        message string Why.
        startedAt time When it began.
        completedAt time When it ended.
        dryRunSummary any How metrics that only look on have ended.
        runSummary any How the other metrics have ended.
        metricResults list What was measured.
          name! string The metric.
          phase! string How it stands.
          message string Why.
          count int32 Measurements without errors.
          successful int32 The good ones.
          failed int32 The bad ones.
          inconclusive int32 Those that are neither.
          error int32 Those that went wrong.
          consecutiveError int32 Errors in a row.
          consecutiveSuccess int32 Successes in a row.
          dryRun bool Whether it only looks on.
          metadata map What is known of it, like the query.
          measurements list The last ones.
            phase! string How it was judged.
            message string Why.
            value string What was measured.
            startedAt time When it began.
            finishedAt time When it ended.
            resumeAt time When to look again.
            metadata map What is known of it.
        """

    static let experimentSpec = """
        templates! list The versions.
          name! string The name of the version.
          replicas int32 Its pods. 1 by default.
          minReadySeconds int32 How long a pod must be ready to count as available.
          selector! @Selector Which pods are its own.
          template! any Its pod template.
          service object Gives it a Service.
            name string The name of the Service.
        duration string How long it runs. Without one until it is stopped.
        progressDeadlineSeconds int32 How long no progress is tolerated. 600 by default.
        terminate bool Stops the experiment.
        analyses [@ExperimentAnalysis] What is measured.
        scaleDownDelaySeconds int32 How long the pods stay after the end. 30 by default.
        dryRun [@DryRun] Metrics that only look on.
        measurementRetention [@Retention] How many measurements are kept.
        analysisRunMetadata @Metadata For the metadata of the runs.
        """

    static let experimentStatus = """
        phase string Pending, Running, Successful, Failed, Error or Inconclusive.
        message string Why.
        availableAt time When all versions were available.
        templateStatuses anys How each version stands.
        analysisRuns anys How each analysis stands.
        conditions anys What holds, and since when.
        """
}

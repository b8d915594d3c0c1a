extension CustomResourceDefinitions {
    static let cloudWatch = """
        interval string How far back the answer looks. 5m by default.
        metricDataQueries! list Queries, as GetMetricData takes them.
          id! string Its name in expressions and answers.
          expression string Computes with other queries.
          label string How answers call it.
          period amount The seconds of a period, for an expression.
          returnData bool Whether the answer has it.
          metricStat object One statistic of one metric.
            metric object Which metric.
              namespace string Its namespace.
              metricName string Its name.
              dimensions list What it is about.
                name string The name of the dimension.
                value string Its value.
            period amount The seconds of a period.
            stat string Sum, Average and others.
            unit string The unit.
        """

    static let datadog = """
        apiVersion string(v1|v2) Which interface is asked. v1 by default.
        interval string How far back the answer looks. 5m by default.
        query string The query.
        queries map Queries by the names that the formula uses; v2 only.
        formula string Computes one number from queries; v2 only.
        aggregator string(avg|min|max|sum|last|percentile|mean|l2norm|area) \
        What one query comes to; v2 only. last by default.
        secretRef object The Secret with api-key, app-key and address.
          name string Its name. datadog by default.
          namespaced bool Whether it is beside the run.
        requestTimeout string How long to wait for the answer. 10s by default.
        """

    static let kayenta = """
        address! string Its URL.
        application! string The application of the configuration.
        canaryConfigName! string The name of the canary configuration.
        metricsAccountName! string Where metrics are read.
        configurationAccountName! string Where the configuration is.
        storageAccountName! string Where results are kept.
        threshold! object What a score means.
          pass! int64 From which score on the canary is good.
          marginal! int64 Below which score it is bad.
        scopes! list What is compared.
          name! string The name that the configuration uses.
          controlScope! @KayentaScope The old version.
          experimentScope! @KayentaScope The new version.
        """

    static let kayentaScope = """
        scope! string Whose metrics.
        region! string Where.
        step! int64 Seconds between two points.
        start! string From when on.
        end! string Until when.
        """
}

extension GoFields {
    /// The types of `strategy.canary.steps` as Argo Rollouts 1.9 declares them.
    static let steps = GoFields(tables: [
        """
        CanaryStep: setWeight? pause:Pause experiment:ExperimentStep analysis:Analysis
        CanaryStep: setCanaryScale:CanaryScale setHeaderRoute:HeaderRoute setMirrorRoute:MirrorRoute
        CanaryStep: plugin:PluginStep
        Pause: duration?
        CanaryScale: weight? replicas? matchTrafficWeight
        Analysis: templates*TemplateRef args*Argument dryRun*DryRun measurementRetention*Retention
        Analysis: analysisRunMetadata=Metadata
        TemplateRef: templateName! clusterScope
        Argument: name! value valueFrom:ArgumentSource
        ArgumentSource: podTemplateHashValue? fieldRef:FieldRef
        FieldRef: fieldPath!
        DryRun: metricName!
        Retention: metricName! limit!0
        Metadata: labels{} annotations{}
        HeaderRoute: name match*HeaderMatch
        HeaderMatch: headerName! headerValue:StringMatch
        StringMatch: exact prefix regex
        MirrorRoute: name! match*RouteMatch percentage?
        RouteMatch: method:StringMatch path:StringMatch headers{}
        PluginStep: name! config?
        ExperimentStep: templates*!ExperimentTemplate duration analyses*ExperimentAnalysis
        ExperimentStep: dryRun*DryRun
        ExperimentStep: analysisRunMetadata=Metadata
        ExperimentTemplate: name! specRef! replicas? metadata=Metadata selector:Selector weight?
        ExperimentTemplate: service:Name
        ExperimentAnalysis: name! templateName! clusterScope args*Argument requiredForCompletion
        Selector: matchLabels{} matchExpressions*Requirement
        Requirement: key! operator! values*
        Name: name
        """
    ])
}

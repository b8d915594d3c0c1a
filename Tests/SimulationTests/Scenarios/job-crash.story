# A controller that is started again goes on with the Job that is under way, and an abort ends it.
spec:
  strategy:
    canary:
      steps: [{setWeight: 50}, {analysis: {templates: [{templateName: smoke}]}}]
objects:
  - apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: smoke}
    spec:
      metrics:
        - name: smoke
          provider:
            job:
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers: [{name: test, image: smoke}]
---
10s  image model-api:v2
20s  crash
30s  abort
40s  end

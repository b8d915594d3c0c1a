# A Job judges the step: it succeeds for version 2, and fails for version 3. What a metric answers is its exit code.
spec:
  strategy:
    canary:
      steps: [{setWeight: 50}, {analysis: {templates: [{templateName: smoke}]}}, {setWeight: 100}]
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
20s  metric smoke 0
30s  metric smoke none
40s  image model-api:v3
60s  metric smoke 1

# The first revision never becomes ready. A corrected one walks the steps, since the broken one counts as stable.
spec: {progressDeadlineSeconds: 60}
---
0s   stable-pods 0
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
90s  image model-api:v1.1

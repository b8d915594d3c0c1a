# A promote outside of a pause skips exactly the step in progress, here an analysis that gets no data.
# Holds: 4.12 index.
---
0s   metric error-rate none
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
15s  promote
20s  promote
25s  promote

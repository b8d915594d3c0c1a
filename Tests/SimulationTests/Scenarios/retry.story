# An aborted release is tried again once what was wrong is mended: all steps, all judged anew.
# Holds: 4.11 canary.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
11s  metric error-rate 0.2
60s  metric error-rate 0.001
60s  retry

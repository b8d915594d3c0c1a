# The new version is right, but slow.
---
0s   metric error-rate 0
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
11s  metric latency-p95-seconds 0.9

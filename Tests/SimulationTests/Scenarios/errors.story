# The new version answers 8 % of its requests with errors.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
11s  metric error-rate 0.08

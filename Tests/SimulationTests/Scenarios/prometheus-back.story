# Prometheus is away for half a minute.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
11s  metric error-rate error
11s  metric latency-p95-seconds error
40s  metric error-rate 0.001
40s  metric latency-p95-seconds 0.08

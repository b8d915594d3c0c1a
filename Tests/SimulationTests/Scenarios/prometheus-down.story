# Prometheus cannot be asked. That is an error with a budget of its own, not a verdict.
---
0s   metric error-rate error
0s   metric latency-p95-seconds error
10s  image model-api:v2

# The controller is killed while an aborted canary waits to be scaled down.
---
0s   metric error-rate 0.2
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
15s  crash

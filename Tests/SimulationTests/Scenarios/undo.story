# Back to revision 1 through all steps.
# Holds: 4.8 otherwise.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
60s  undo 1

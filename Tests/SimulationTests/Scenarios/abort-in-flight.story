# A person aborts in the middle of an analysis.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
21s  abort

# A person aborts in the middle of an analysis.
# Holds: 4.10 by a person, 5.2 ended.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
21s  abort

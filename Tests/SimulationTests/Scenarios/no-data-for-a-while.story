# Data comes in time: the budget of errors is not used up.
---
0s   metric error-rate none
0s   metric latency-p95-seconds none
10s  image model-api:v2
45s  metric error-rate 0.001
45s  metric latency-p95-seconds 0.08

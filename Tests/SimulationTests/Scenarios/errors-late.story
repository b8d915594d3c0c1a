# The new version turns bad at 50 %: everything goes back from there.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2
23s  metric error-rate 0.06

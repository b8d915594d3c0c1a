# A good release: every step is judged, and the new version ends with all the traffic.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2

# A good release: every step is judged, and the new version ends with all the traffic.
# Holds: 1.5 one at a time, 4.6 advance.
---
0s   metric error-rate 0.001
0s   metric latency-p95-seconds 0.08
10s  image model-api:v2

# No request reaches the canary, so nothing is measured: neither good nor bad, until the budget of errors is used up.
# Holds: 5.7 no data.
# Holds: 9.3 no data.
---
0s   metric error-rate none
0s   metric latency-p95-seconds none
10s  image model-api:v2

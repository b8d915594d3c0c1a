# Not one new pod becomes ready: no traffic moves, no service moves.
---
0s   new-pods 0
0s   metric error-rate 0.001
10s  image model-api:v2

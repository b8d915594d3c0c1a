# No pod may be missing of one: another one comes first. Argo Rollouts takes the only one.
spec: {replicas: 1}
---
10s  restart
30s  end

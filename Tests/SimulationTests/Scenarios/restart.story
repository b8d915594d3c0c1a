# Two of ten pods may be missing: so many are replaced at once. A restart changes neither traffic nor revision.
spec: {replicas: 10, strategy: {canary: {maxUnavailable: 2}}}
---
10s  restart
40s  end

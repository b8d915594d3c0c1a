# The first revision has no stable one to compare with: it is promoted at once, its pods follow.
# Holds: 4.6 Initial deploy, 1.5 first deploy, 5.2 skipped.
---
30s  end

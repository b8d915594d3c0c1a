# The first revision has no stable one to compare with: it is promoted at once, its pods follow.
---
30s  end

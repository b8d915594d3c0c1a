#include "cprocess.h"

#include <malloc.h>

size_t cprocess_used_memory(void) {
    struct mallinfo2 held = mallinfo2();
    return held.uordblks + held.hblkhd;
}

void cprocess_return_memory(void) {
    malloc_trim(0);
}

// What the thread sanitizer cannot see by itself: that the slow halves of the standard library's
// `Mutex` order memory. The fast halves are inlined into our code and instrumented; the slow ones
// are calls into libswiftSynchronization, which is not, so that every contended lock would be called
// a race. These stand in front of them in a program under the thread sanitizer, call them, and say
// what they do. `./limen sanitize thread` links them in; the canary proves that they are needed and
// that they hide no race.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *
#define HANDLE "$s15Synchronization12_MutexHandleV"
#define LOCK_SLOW HANDLE "9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW HANDLE "12_tryLockSlowSbyF"
#define UNLOCK_SLOW HANDLE "11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF handle) __asm__(LOCK_SLOW);
SWIFT bool try_lock_slow(SELF handle) __asm__(TRY_LOCK_SLOW);
SWIFT void unlock_slow(SELF handle) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF handle) {
    SWIFT void (*library)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK_SLOW);
    library(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(SELF handle) {
    SWIFT bool (*library)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK_SLOW);
    bool locked = library(handle);
    if (locked) __tsan_acquire(handle);
    return locked;
}

SWIFT void unlock_slow(SELF handle) {
    SWIFT void (*library)(SELF) = dlsym(RTLD_NEXT, UNLOCK_SLOW);
    __tsan_release(handle);
    library(handle);
}

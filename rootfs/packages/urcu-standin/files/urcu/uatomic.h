// SPDX-License-Identifier: Apache-2.0 OR MIT
/*
 * The atomic operations that xfsprogs takes from liburcu, on the compiler's builtins: integers of
 * 32 and 64 bits, shared by threads of one process. What returns a value, and cmm_smp_mb(), orders
 * all memory accesses before it against all after it; the others are atomic and order nothing.
 * Those are the promises of liburcu's interface, and include/atomic.h of xfsprogs builds on them.
 */
#ifndef URCU_STANDIN_UATOMIC_H
#define URCU_STANDIN_UATOMIC_H

#define CAA_BITS_PER_LONG (8 * __SIZEOF_LONG__)
#define cmm_smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#define uatomic_read(address) __atomic_load_n(address, __ATOMIC_RELAXED)
#define uatomic_set(address, value) __atomic_store_n(address, value, __ATOMIC_RELAXED)
#define uatomic_add(address, value) ((void)__atomic_fetch_add(address, value, __ATOMIC_RELAXED))
#define uatomic_sub(address, value) ((void)__atomic_fetch_sub(address, value, __ATOMIC_RELAXED))
#define uatomic_inc(address) uatomic_add(address, 1)
#define uatomic_dec(address) uatomic_sub(address, 1)

/* A fence on both sides: on arm64 a sequentially consistent update alone lets others pass it. */
#define uatomic_add_return(address, value)                                    \
	({                                                                    \
		cmm_smp_mb();                                                 \
		__typeof__(*(address)) ua_new =                               \
			__atomic_add_fetch(address, value, __ATOMIC_RELAXED); \
		cmm_smp_mb();                                                 \
		ua_new;                                                       \
	})
#define uatomic_sub_return(address, value) uatomic_add_return(address, -(value))

/* What stood there; it was replaced if that is `expected`. */
#define uatomic_cmpxchg(address, expected, value)                                          \
	({                                                                                 \
		__typeof__(*(address)) ua_seen = (expected);                               \
		cmm_smp_mb();                                                              \
		__atomic_compare_exchange_n(address, &ua_seen, value, 0, __ATOMIC_RELAXED, \
					    __ATOMIC_RELAXED);                             \
		cmm_smp_mb();                                                              \
		ua_seen;                                                                   \
	})

#endif

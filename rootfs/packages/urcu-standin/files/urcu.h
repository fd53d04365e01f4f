// SPDX-License-Identifier: Apache-2.0 OR MIT
/*
 * Stands in for liburcu's header when mkfs.xfs, xfs_repair and xfs_growfs of xfsprogs are built,
 * and must not be used for anything else: no call here waits for a reader, and none is waited for.
 *
 * Why a reader is never in danger in these programs (read in xfsprogs 6.13.0):
 *
 * What is read under rcu_read_lock() are struct xfs_group, looked up in libxfs/xfs_group.c; there
 * is nothing else. xfs_group_free() frees them, by kfree_rcu_mightsleep(), which include/kmem.h
 * defines as free(). So liburcu, too, would give them no grace period: no source asks for one.
 *
 * They are inserted by libxfs_mount() and freed by libxfs_umount() only. mkfs.xfs has one thread.
 * xfs_repair calls both from its main thread: the first before any other thread is started, the
 * second after phase 7, when work queues, prefetch and progress threads have been joined. Between
 * the two the set of groups does not change. xfs_growfs calls neither, the kernel does its work.
 *
 * Only what is used is declared. A later version that defers a free (call_rcu) or waits for readers
 * (synchronize_rcu) does not compile with this header, and the argument has to be made anew.
 */
#ifndef URCU_STANDIN_H
#define URCU_STANDIN_H

#include <pthread.h>
#include <stdlib.h>
#include <urcu/uatomic.h>

static inline void rcu_init(void)
{
}
static inline void rcu_register_thread(void)
{
}
static inline void rcu_unregister_thread(void)
{
}
static inline void rcu_read_lock(void)
{
}
static inline void rcu_read_unlock(void)
{
}

#endif

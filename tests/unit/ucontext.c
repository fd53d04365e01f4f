// SPDX-License-Identifier: Apache-2.0
/*
 * rootfs/packages/ucontext on the machine that builds, in the place of the C library's own
 * functions (whose ucontext_t has the same layout up to where ours ends).
 */
#include "check.h"
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

static ucontext_t main_context, task, other;
static int64_t seen[10];
static int steps;
static sigjmp_buf jump;
static char stack_a[64 * 1024] __attribute__((aligned(16))),
	stack_b[64 * 1024] __attribute__((aligned(16)));

static void prepare(ucontext_t *context, char *stack, size_t bytes, ucontext_t *then)
{
	memset(context, 0, sizeof(*context));
	getcontext(context);
	context->uc_stack.ss_sp = stack;
	context->uc_stack.ss_size = bytes;
	context->uc_link = then;
}

static void keep_arguments(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f,
			   int64_t g, int64_t h, int64_t i, int64_t j)
{
	const int64_t all[] = { a, b, c, d, e, f, g, h, i, j };

	memcpy(seen, all, sizeof(seen));
}

static void check_arguments(void)
{
	void (*entry)(void) = (void (*)(void))keep_arguments;
	bool same = true;

	prepare(&task, stack_a, sizeof(stack_a), &main_context);
	makecontext(&task, entry, 10, INT64_C(1), INT64_C(-2), INT64_C(3), INT64_C(4), INT64_C(5),
		    INT64_C(6), INT64_C(7), INT64_C(8), INT64_C(-9), INT64_C(0x123456789abcdef));
	swapcontext(&main_context, &task);

	const int64_t want[] = { 1, -2, 3, 4, 5, 6, 7, 8, -9, INT64_C(0x123456789abcdef) };
	for (size_t i = 0; i < ROWS(want); i++)
		same = same && seen[i] == want[i];
	CHECK("ten arguments arrive, then uc_link goes on", same);
}

static void ping(void)
{
	volatile _Alignas(16) char aligned[16] = { 0 };

	steps += ((uintptr_t)aligned % 16 == 0) ? 1 : 1000;
	swapcontext(&task, &other);
	steps += 10;
}

static void pong(void)
{
	steps += 100;
	swapcontext(&other, &task);
	abort();
}

static void check_two_tasks(void)
{
	prepare(&task, stack_a, sizeof(stack_a), &main_context);
	makecontext(&task, ping, 0);
	prepare(&other, stack_b, sizeof(stack_b), NULL);
	makecontext(&other, pong, 0);
	steps = 0;
	swapcontext(&main_context, &task);
	CHECK_NUMBER("two tasks switch to each other", steps, 111);
}

static void check_getcontext_again(void)
{
	volatile int times = 0;
	int ret = getcontext(&main_context);

	times = times + 1;
	if (times < 3)
		setcontext(&main_context);
	CHECK_NUMBER("setcontext returns from getcontext again", times, 3);
	CHECK_NUMBER("which returns 0 each time", ret, 0);
}

static void round_down(void)
{
	fesetround(FE_DOWNWARD);
	swapcontext(&task, &main_context);
	steps = fegetround();
	swapcontext(&task, &main_context);
}

static void check_floating_point(void)
{
	double keep = strtod("1.5", NULL), product;

	prepare(&task, stack_a, sizeof(stack_a), NULL);
	makecontext(&task, round_down, 0);
	fesetround(FE_UPWARD);
	swapcontext(&main_context, &task);
	CHECK_NUMBER("each context has its rounding mode", fegetround(), FE_UPWARD);
	swapcontext(&main_context, &task);
	CHECK_NUMBER("and finds it again", steps, FE_DOWNWARD);
	fesetround(FE_TONEAREST);
	product = keep * 2;
	CHECK("floating-point values survive", product > 2.999 && product < 3.001);
}

static void block_usr1(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	swapcontext(&task, &main_context);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	steps = sigismember(&mask, SIGUSR1);
	swapcontext(&task, &main_context);
}

static void check_signal_mask(void)
{
	sigset_t mask;

	prepare(&task, stack_a, sizeof(stack_a), NULL);
	makecontext(&task, block_usr1, 0);
	swapcontext(&main_context, &task);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	CHECK_NUMBER("a mask stays in its context", sigismember(&mask, SIGUSR1), 0);
	swapcontext(&main_context, &task);
	CHECK_NUMBER("and comes back with it", steps, 1);
}

static void leave_by_jump(void)
{
	siglongjmp(jump, 7);
}

/* The way systemd's fibers use it: a context to get onto the new stack, jumps afterwards. */
static void check_jump_out(void)
{
	prepare(&task, stack_a, sizeof(stack_a), NULL);
	makecontext(&task, leave_by_jump, 0);
	int ret = sigsetjmp(jump, 1);
	if (ret == 0)
		swapcontext(&main_context, &task);
	CHECK_NUMBER("siglongjmp out of a context", ret, 7);
}

SUITE(ucontext)
{
	check_arguments();
	check_two_tasks();
	check_getcontext_again();
	check_floating_point();
	check_signal_mask();
	check_jump_out();
}

// SPDX-License-Identifier: Apache-2.0
/*
 * makecontext: fills in a context so that switching to it calls a function on its own stack, and
 * its return goes on with uc_link. This is also where the offsets that the assembly uses are
 * checked against the C library's header. POSIX passes int arguments; pointers work too, as every
 * argument takes a 64-bit slot.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

void ucontext_end(void);

#if defined(__x86_64__)

_Static_assert(offsetof(ucontext_t, uc_mcontext.gregs) == 40, "R8 is the first of the registers");
_Static_assert(REG_R12 == 4 && REG_RDI == 8 && REG_RBX == 11 && REG_RSP == 15 && REG_RIP == 16,
	       "order");
_Static_assert(offsetof(ucontext_t, uc_mcontext.fpregs) == 224, "FPREGS");
_Static_assert(offsetof(ucontext_t, uc_sigmask) == 296, "SIGMASK");
_Static_assert(offsetof(ucontext_t, __fpregs_mem) == 424, "FPMEM");

static const int argument_register[] = { REG_RDI, REG_RSI, REG_RDX, REG_RCX, REG_R8, REG_R9 };

static int64_t *argument_slot(ucontext_t *ucp, int i)
{
	return (int64_t *)&ucp->uc_mcontext.gregs[argument_register[i]];
}

/* sp points at the arguments on the stack; a call leaves its return address below them. */
static void set_entry(ucontext_t *ucp, uintptr_t sp, void (*func)(void))
{
	uintptr_t end = (uintptr_t)ucontext_end;

	sp -= sizeof(end);
	memcpy((void *)sp, &end, sizeof(end));
	ucp->uc_mcontext.gregs[REG_RSP] = (int64_t)sp;
	ucp->uc_mcontext.gregs[REG_RIP] = (int64_t)(uintptr_t)func;
	ucp->uc_mcontext.gregs[REG_RBX] = (int64_t)(uintptr_t)ucp->uc_link;
	ucp->uc_mcontext.gregs[REG_RBP] = 0;
}

#elif defined(__aarch64__)

_Static_assert(offsetof(ucontext_t, uc_sigmask) == 40, "SIGMASK");
_Static_assert(offsetof(ucontext_t, uc_mcontext.regs) == 184, "X(0)");
_Static_assert(offsetof(ucontext_t, uc_mcontext.sp) == 432, "SP");
_Static_assert(offsetof(ucontext_t, uc_mcontext.pc) == 440, "PC");
_Static_assert(offsetof(ucontext_t, uc_mcontext.__reserved) == 464, "FPCR, V(0)");

static const int argument_register[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static int64_t *argument_slot(ucontext_t *ucp, int i)
{
	return (int64_t *)&ucp->uc_mcontext.regs[argument_register[i]];
}

static void set_entry(ucontext_t *ucp, uintptr_t sp, void (*func)(void))
{
	ucp->uc_mcontext.sp = sp;
	ucp->uc_mcontext.pc = (uintptr_t)func;
	ucp->uc_mcontext.regs[19] = (uintptr_t)ucp->uc_link;
	ucp->uc_mcontext.regs[29] = 0;
	ucp->uc_mcontext.regs[30] = (uintptr_t)ucontext_end;
}

#else
#error "no context switch for this architecture"
#endif

void makecontext(ucontext_t *ucp, void (*func)(void), int argc, ...)
{
	const int in_registers = (int)(sizeof(argument_register) / sizeof(argument_register[0]));
	uintptr_t sp = (uintptr_t)ucp->uc_stack.ss_sp + ucp->uc_stack.ss_size;
	va_list args;

	if (argc > in_registers)
		sp -= sizeof(int64_t) * (size_t)(argc - in_registers);
	sp &= ~(uintptr_t)15;

	va_start(args, argc);
	for (int i = 0; i < argc; i++) {
		int64_t value = va_arg(args, int64_t);

		if (i < in_registers)
			*argument_slot(ucp, i) = value;
		else
			memcpy((void *)(sp + sizeof(value) * (size_t)(i - in_registers)), &value,
			       sizeof(value));
	}
	va_end(args);
	set_entry(ucp, sp, func);
}

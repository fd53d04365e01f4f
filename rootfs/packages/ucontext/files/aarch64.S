/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getcontext, setcontext and swapcontext for arm64 (AAPCS64, section 6.1: x19 to x30, sp, the
 * low halves of v8 to v15 and FPCR belong to the caller). Offsets are those of musl's
 * ucontext_t; makecontext.c asserts them. Leaving by `ret xN` rather than `br xN` keeps BTI
 * content: a place that called getcontext has no landing pad.
 */

#define SIGMASK 40
#define X(n) (184 + 8 * (n))
#define SP 432
#define PC 440
#define FPCR 476	/* in the reserved area's fpsimd record: magic, size, fpsr, fpcr from 464 */
#define V(n) (480 + 16 * (n))

#define SYS_rt_sigprocmask 135
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define SIGSET_BYTES 8

	.macro function name
	.globl \name
	.type \name, %function
	.balign 16
\name:
	.cfi_startproc
	hint #34			/* bti c */
	.endm

	.macro end_function name
	.cfi_endproc
	.size \name, . - \name
	.endm

	/* The caller's state goes to the context at x0; clobbers x9, x10. */
	.macro save
	str xzr, [x0, #X(0)]		/* what getcontext returns the second time */
	stp x19, x20, [x0, #X(19)]
	stp x21, x22, [x0, #X(21)]
	stp x23, x24, [x0, #X(23)]
	stp x25, x26, [x0, #X(25)]
	stp x27, x28, [x0, #X(27)]
	stp x29, x30, [x0, #X(29)]
	mov x9, sp
	str x9, [x0, #SP]
	str x30, [x0, #PC]
	add x9, x0, #V(8)
	stp q8, q9, [x9]
	stp q10, q11, [x9, #32]
	stp q12, q13, [x9, #64]
	stp q14, q15, [x9, #96]
	mrs x10, fpcr
	str w10, [x0, #FPCR]
	.endm

	/* Continues at the context in x19, never returns. x0 to x7 matter to makecontext's only. */
	.macro restore
	add x9, x19, #V(8)
	ldp q8, q9, [x9]
	ldp q10, q11, [x9, #32]
	ldp q12, q13, [x9, #64]
	ldp q14, q15, [x9, #96]
	ldr w10, [x19, #FPCR]
	msr fpcr, x10
	ldr x9, [x19, #SP]
	mov sp, x9
	ldr x16, [x19, #PC]
	ldp x0, x1, [x19, #X(0)]
	ldp x2, x3, [x19, #X(2)]
	ldp x4, x5, [x19, #X(4)]
	ldp x6, x7, [x19, #X(6)]
	ldp x21, x22, [x19, #X(21)]
	ldp x23, x24, [x19, #X(23)]
	ldp x25, x26, [x19, #X(25)]
	ldp x27, x28, [x19, #X(27)]
	ldp x29, x30, [x19, #X(29)]
	ldp x19, x20, [x19, #X(19)]
	ret x16
	.endm

	.text

/* int getcontext(ucontext_t *) */
function getcontext
	save
	add x2, x0, #SIGMASK
	mov x0, #SIG_BLOCK
	mov x1, #0
	mov x3, #SIGSET_BYTES
	mov x8, #SYS_rt_sigprocmask
	svc #0
	ret				/* x0 is 0: the call cannot fail with these arguments */
end_function getcontext

/* int setcontext(const ucontext_t *) */
function setcontext
	mov x19, x0
	add x1, x0, #SIGMASK
	mov x0, #SIG_SETMASK
	mov x2, #0
	mov x3, #SIGSET_BYTES
	mov x8, #SYS_rt_sigprocmask
	svc #0
	restore
end_function setcontext

/* int swapcontext(ucontext_t *save, const ucontext_t *go) */
function swapcontext
	save
	mov x19, x1
	add x2, x0, #SIGMASK
	add x1, x1, #SIGMASK
	mov x0, #SIG_SETMASK
	mov x3, #SIGSET_BYTES
	mov x8, #SYS_rt_sigprocmask
	svc #0
	restore
end_function swapcontext

/* Where makecontext's function returns to; x19 holds uc_link. */
	.hidden ucontext_end
function ucontext_end
	.cfi_undefined x30
	mov x0, x19
	cbz x0, 1f
	bl setcontext
1:	mov w0, #0
	bl exit
	brk #1
end_function ucontext_end

	.section .note.GNU-stack, "", %progbits

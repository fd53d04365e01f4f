/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getcontext, setcontext and swapcontext for x86_64 (System V ABI, section 3.2.1: rbx, rbp, r12
 * to r15, the x87 control word and the control bits of MXCSR belong to the caller). Offsets are
 * those of musl's ucontext_t; makecontext.c asserts them. The signal mask is part of a context,
 * so each switch costs one system call.
 */

#define R8 40
#define R9 48
#define R12 72
#define R13 80
#define R14 88
#define R15 96
#define RDI 104
#define RSI 112
#define RBP 120
#define RBX 128
#define RDX 136
#define RCX 152
#define RSP 160
#define RIP 168
#define FPREGS 224
#define SIGMASK 296
#define FPMEM 424	/* laid out as fxsave: control word at 0, MXCSR at 24 */

#define SYS_rt_sigprocmask 14
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define SIGSET_BYTES 8

	.macro function name
	.globl \name
	.type \name, @function
	.balign 16
\name:
	.cfi_startproc
	.endm

	.macro end_function name
	.cfi_endproc
	.size \name, . - \name
	.endm

	/* The caller's state goes to the context at rdi; clobbers rax. */
	.macro save
	movq %rbx, RBX(%rdi)
	movq %rbp, RBP(%rdi)
	movq %r12, R12(%rdi)
	movq %r13, R13(%rdi)
	movq %r14, R14(%rdi)
	movq %r15, R15(%rdi)
	leaq 8(%rsp), %rax		/* the stack as it is after our return */
	movq %rax, RSP(%rdi)
	movq (%rsp), %rax
	movq %rax, RIP(%rdi)
	leaq FPMEM(%rdi), %rax
	movq %rax, FPREGS(%rdi)
	fnstcw (%rax)
	stmxcsr 24(%rax)
	.endm

	/* Continues at the context in rbx, never returns. The argument registers matter to
	 * makecontext's contexts only. */
	.macro restore
	movq FPREGS(%rbx), %rax
	fldcw (%rax)
	ldmxcsr 24(%rax)
	movq R12(%rbx), %r12
	movq R13(%rbx), %r13
	movq R14(%rbx), %r14
	movq R15(%rbx), %r15
	movq RBP(%rbx), %rbp
	movq RDI(%rbx), %rdi
	movq RSI(%rbx), %rsi
	movq RDX(%rbx), %rdx
	movq RCX(%rbx), %rcx
	movq R8(%rbx), %r8
	movq R9(%rbx), %r9
	movq RSP(%rbx), %rsp
	pushq RIP(%rbx)			/* the slot below is where our caller's return address was */
	movq RBX(%rbx), %rbx
	xorl %eax, %eax
	ret
	.endm

	.text

/* int getcontext(ucontext_t *) */
function getcontext
	save
	leaq SIGMASK(%rdi), %rdx
	xorl %esi, %esi
	movl $SIG_BLOCK, %edi
	movl $SIGSET_BYTES, %r10d
	movl $SYS_rt_sigprocmask, %eax
	syscall
	ret				/* rax is 0: the call cannot fail with these arguments */
end_function getcontext

/* int setcontext(const ucontext_t *) */
function setcontext
	movq %rdi, %rbx
	leaq SIGMASK(%rdi), %rsi
	xorl %edx, %edx
	movl $SIG_SETMASK, %edi
	movl $SIGSET_BYTES, %r10d
	movl $SYS_rt_sigprocmask, %eax
	syscall
	restore
end_function setcontext

/* int swapcontext(ucontext_t *save, const ucontext_t *go) */
function swapcontext
	save
	movq %rsi, %rbx
	leaq SIGMASK(%rdi), %rdx
	leaq SIGMASK(%rsi), %rsi
	movl $SIG_SETMASK, %edi
	movl $SIGSET_BYTES, %r10d
	movl $SYS_rt_sigprocmask, %eax
	syscall
	restore
end_function swapcontext

/* Where makecontext's function returns to; rbx holds uc_link. */
	.hidden ucontext_end
function ucontext_end
	.cfi_undefined rip
	movq %rbx, %rdi
	testq %rdi, %rdi
	jz 1f
	call setcontext
1:	xorl %edi, %edi
	call exit@PLT
	hlt
end_function ucontext_end

	.section .note.GNU-stack, "", @progbits

/**
 * Whose socket table it is. gVisor's own kernel prints queues, timers and retransmissions as zeros
 * (`pkg/sentry/fsimpl/proc/task_net.go`); `unknown` where nothing names the kernel, as in a pasted listing.
 */
export type Kernel = 'linux' | 'gvisor' | 'unknown';

/** What `/proc/version` names: gVisor says so, or gives the one build date that it always prints. */
export function kernelOf(version: string): Kernel {
  if (/gvisor|#1 SMP Sun Jan 10 15:06:54 PST 2016/i.test(version)) return 'gvisor';
  return version.startsWith('Linux version') ? 'linux' : 'unknown';
}

/**
 * A socket of the kernel's NETLINK_SOCK_DIAG. Its calls never wait for an answer; they give the number of
 * bytes, or the negative error number as the kernel does.
 */
export interface Netlink {
  send(request: Uint8Array): number;
  /** The length of the next message, which may exceed what `into` took of it. */
  receive(into: Uint8Array): number;
  /** As `send`, in a thread of the pool. One call at a time, whose bytes are left alone until it ends. */
  sendAside(request: Uint8Array): Promise<number>;
  receiveAside(into: Uint8Array): Promise<number>;
  /**
   * As `receive`, of the sockets of this network namespace that were destroyed since: -EAGAIN where there is none,
   * or where this kernel does not say, -ENOBUFS where some were lost.
   */
  receiveEvent(into: Uint8Array): number;
  close(): void;
}

export type OpenedNetlink =
  | { readonly kind: 'open'; readonly netlink: Netlink }
  /** What calls the kernel is not installed, which is no fault. */
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'denied'; readonly reason: string };

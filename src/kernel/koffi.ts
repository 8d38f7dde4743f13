import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Netlink, OpenedNetlink } from './netlink.ts';

/** `include/linux/socket.h`, `include/uapi/linux/netlink.h`. */
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
/** `struct sockaddr_nl`. */
const ADDRESS_BYTES = 12;
/** `SKNLGRP_INET_TCP_DESTROY` 1 and `SKNLGRP_INET6_TCP_DESTROY` 3 (`include/uapi/linux/sock_diag.h`), as bits. */
const DESTROYED_TCP = (1 << 0) | (1 << 2);
const NO_GROUPS = 0;
const EAGAIN = 11;

/**
 * Opens a netlink socket by calling libc through koffi, an optional package that is loaded here alone. The
 * lengths given to libc are those of the buffers given with them, and nothing that was received is one.
 */
export async function openNetlink(): Promise<OpenedNetlink> {
  const loaded = await loadLibc();
  if (typeof loaded === 'string') return { kind: 'absent', reason: loaded };
  try {
    return open(loaded);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'denied', reason: `the C library cannot be called: ${reason}` };
  }
}

type Libc = Exclude<Awaited<ReturnType<typeof loadLibc>>, string>;

function open(libc: Libc): OpenedNetlink {
  const calls = callsOf(libc);
  const opened = openSocket(calls, NO_GROUPS);
  if (typeof opened === 'string') return { kind: 'denied', reason: opened };
  const { fd, receive } = opened;
  const { send, recv, close, result, aside } = calls;
  // Without it, what is gone is seen by asking after it.
  const events = openSocket(calls, DESTROYED_TCP);
  const netlink: Netlink = {
    send: (request) => result(send(fd, request, request.length, MSG_DONTWAIT)),
    receive,
    sendAside: (request) => aside(send, fd, request, request.length, MSG_DONTWAIT),
    receiveAside: (into) => aside(recv, fd, into, into.length, MSG_DONTWAIT | MSG_TRUNC),
    receiveEvent: typeof events === 'string' ? () => -EAGAIN : events.receive,
    close() {
      close(fd);
      if (typeof events !== 'string') close(events.fd);
    },
  };
  return { kind: 'open', netlink };
}

type Calls = ReturnType<typeof callsOf>;

function callsOf({ libc, errno }: Libc) {
  const send = libc.func('long send(int, const void *, size_t, int)');
  const result = (value: unknown): number => (Number(value) < 0 ? -errno() : Number(value));
  return {
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, const void *, unsigned int)'),
    connect: libc.func('int connect(int, const void *, unsigned int)'),
    send,
    recv: libc.func('long recv(int, void *, size_t, int)'),
    close: libc.func('int close(int)'),
    /** What a call gave, or its negative error number. */
    result,
    aside: (call: typeof send, ...args: unknown[]): Promise<number> =>
      new Promise((resolve, reject) =>
        call.async(...args, (error: unknown, value: unknown) => {
          if (error === null || error === undefined) resolve(result(value));
          else reject(error);
        }),
      ),
  };
}

interface NetlinkSocket {
  readonly fd: number;
  receive(into: Uint8Array): number;
}

/** A socket that takes messages of the kernel alone, those of multicast `groups` too; or why there is none. */
function openSocket(
  { socket, bind, connect, recv, close, result }: Calls,
  groups: number,
): NetlinkSocket | string {
  const fd = result(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (fd < 0) return `socket(AF_NETLINK): ${errorName(-fd)}`;
  const bound = groups === NO_GROUPS ? 0 : result(bind(fd, kernelAddress(groups), ADDRESS_BYTES));
  // A connected socket takes messages of the kernel alone (`net/netlink/af_netlink.c`).
  const done = bound < 0 ? bound : result(connect(fd, kernelAddress(NO_GROUPS), ADDRESS_BYTES));
  if (done < 0) {
    close(fd);
    return `${bound < 0 ? 'bind' : 'connect'}(AF_NETLINK): ${errorName(-done)}`;
  }
  return {
    fd,
    receive: (into) => result(recv(fd, into, into.length, MSG_DONTWAIT | MSG_TRUNC)),
  };
}

/** The C library that this process runs with, whichever it is, or why it cannot be called. */
async function loadLibc() {
  try {
    const { default: koffi } = await import('koffi');
    return { libc: koffi.load(null), errno: () => koffi.errno() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return `koffi cannot be loaded: ${reason}`;
  }
}

/** Port 0 is the kernel. */
function kernelAddress(groups: number): Uint8Array {
  const littleEndian = endianness() === 'LE';
  const address = new Uint8Array(ADDRESS_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, littleEndian);
  view.setUint32(8, groups, littleEndian);
  return address;
}

/** As `EPERM`. */
export function errorName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `error ${errno}`;
  }
}

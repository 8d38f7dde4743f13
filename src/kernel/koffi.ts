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

function open({ libc, errno }: Libc): OpenedNetlink {
  const socket = libc.func('int socket(int, int, int)');
  const connect = libc.func('int connect(int, const void *, unsigned int)');
  const send = libc.func('long send(int, const void *, size_t, int)');
  const recv = libc.func('long recv(int, void *, size_t, int)');
  const close = libc.func('int close(int)');
  const result = (value: unknown): number => (Number(value) < 0 ? -errno() : Number(value));
  const aside = (call: typeof send, ...args: unknown[]): Promise<number> =>
    new Promise((resolve, reject) =>
      call.async(...args, (error: unknown, value: unknown) => {
        if (error === null || error === undefined) resolve(result(value));
        else reject(error);
      }),
    );

  const fd = result(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (fd < 0) return { kind: 'denied', reason: `socket(AF_NETLINK): ${errorName(-fd)}` };
  // A connected socket takes messages of the kernel alone (`net/netlink/af_netlink.c`).
  const connected = result(connect(fd, kernelAddress(), ADDRESS_BYTES));
  if (connected < 0) {
    close(fd);
    return { kind: 'denied', reason: `connect(AF_NETLINK): ${errorName(-connected)}` };
  }
  const netlink: Netlink = {
    send: (request) => result(send(fd, request, request.length, MSG_DONTWAIT)),
    receive: (into) => result(recv(fd, into, into.length, MSG_DONTWAIT | MSG_TRUNC)),
    sendAside: (request) => aside(send, fd, request, request.length, MSG_DONTWAIT),
    receiveAside: (into) => aside(recv, fd, into, into.length, MSG_DONTWAIT | MSG_TRUNC),
    close: () => void close(fd),
  };
  return { kind: 'open', netlink };
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
function kernelAddress(): Uint8Array {
  const address = new Uint8Array(ADDRESS_BYTES);
  new DataView(address.buffer).setUint16(0, AF_NETLINK, endianness() === 'LE');
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

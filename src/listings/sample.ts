import type { Endpoint, TcpState } from '../model/socket.ts';
import type { Tool } from './rows.ts';

/** A row that a host may have, by which a command is asked whether it would have been shown. */
export interface Sample {
  readonly text: string;
  readonly state: TcpState;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** What stands for a program where the rows name none. */
export const NO_PROGRAM = '-';

const HERE = '198.51.100.7';
const THERE = '203.0.113.9';
const EPHEMERAL = 40_001;

/** A listener of the port, in the forms in which a tool may print it. */
export function listenerSamples(tool: Tool, port: number, program: string): Sample[] {
  const forms =
    tool === 'netstat' || tool === 'windows-netstat'
      ? ['0.0.0.0', tool === 'netstat' ? '::' : '[::]', HERE]
      : tool === 'ss'
        ? ['0.0.0.0', '*', HERE]
        : ['*', HERE];
  return forms.map((address) =>
    sample(tool, 'listen', [address, port], [anyOf(tool, address), 0], program),
  );
}

/** An inbound and an outbound connection of the port. */
export function connectionSamples(tool: Tool, port: number, program: string): Sample[] {
  const inbound = sample(tool, 'established', [HERE, port], [THERE, EPHEMERAL], program);
  const outbound = sample(tool, 'established', [HERE, EPHEMERAL], [THERE, port], program);
  if (tool !== 'netstat') return [inbound, outbound];
  // Those of a server that listens on both families are rows of tcp6.
  return [inbound, outbound].flatMap((one) => [
    one,
    { ...one, text: one.text.replace(/^tcp /, 'tcp6') },
  ]);
}

function anyOf(tool: Tool, address: string): string {
  if (tool === 'netstat') return address.includes(':') ? '::' : '0.0.0.0';
  return tool === 'windows-netstat' ? '0.0.0.0' : '*';
}

type End = readonly [address: string, port: number];

function sample(
  tool: Tool,
  state: 'listen' | 'established',
  local: End,
  remote: End,
  program: string,
): Sample {
  return {
    text: textOf(tool, state, local, remote, program),
    state,
    local: { address: local[0], port: local[1] },
    remote: { address: remote[0], port: remote[1] },
  };
}

function textOf(
  tool: Tool,
  state: 'listen' | 'established',
  local: End,
  remote: End,
  program: string,
): string {
  const dotted = tool === 'bsd-netstat';
  const end = ([address, port]: End): string => {
    const none = tool === 'windows-netstat' ? '0' : '*';
    return `${address}${dotted ? '.' : ':'}${port === 0 ? none : port}`;
  };
  const listens = state === 'listen';
  const word = listens ? 'LISTEN' : 'ESTABLISHED';
  switch (tool) {
    case 'proc': {
      const hex = ([address, port]: End): string =>
        `${address === HERE ? '076433C6' : address === THERE ? '097100CB' : '00000000'}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
      return `   0: ${hex(local)} ${hex(remote)} ${listens ? '0A' : '01'} 00000000:00000000 00:00000000 00000000  1000        0 12345 1`;
    }
    case 'ss':
      return `${listens ? 'LISTEN' : 'ESTAB'} 0      50     ${end(local)}       ${end(remote)}      ${program === NO_PROGRAM ? '' : `users:(("${program}",pid=1,fd=2))`}`;
    case 'lsof':
      return `${program} 1 root 23u  IPv4  23787      0t0  TCP ${end(local)}${listens ? '' : `->${end(remote)}`} (${word})`;
    case 'windows-netstat':
      return `  TCP    ${end(local)}           ${end(remote)}      ${listens ? 'LISTENING' : word}       1`;
    case 'bsd-netstat':
    case 'columns':
    case 'netstat':
      return `${local[0] === '::' ? 'tcp6' : 'tcp '}       0      0 ${end(local)}            ${end(remote)}               ${word}      ${program === NO_PROGRAM ? program : `1/${program}`}`;
  }
}

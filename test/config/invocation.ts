import {
  type Invocation,
  type InvocationInputs,
  invocationFrom,
} from '../../src/config/invocation.ts';

export interface Given {
  readonly argv?: readonly string[];
  readonly environment?: InvocationInputs['environment'];
  /** The text of the configuration file, whatever its name. */
  readonly file?: string;
  readonly hostname?: string;
  /** The text of /etc/hosts. */
  readonly hosts?: string;
}

/** What the program would do, on a machine named zk-0 with nothing else set. */
export function invoke({
  argv = [],
  environment = {},
  file,
  hostname = 'zk-0',
  hosts,
}: Given): Promise<Invocation> {
  return invocationFrom({
    argv,
    environment,
    hostname,
    hostsFile: () => hosts ?? null,
    readText: async () => {
      if (file === undefined) throw Object.assign(new Error('missing'), { code: 'ENOENT' });
      return file;
    },
  });
}

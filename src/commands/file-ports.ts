import { portsFromFile } from '../config/members-file.ts';
import { readMembersFile } from '../evidence/members-file.ts';
import type { Settings } from '../model/settings.ts';
import { withPorts } from '../profiles/index.ts';

/**
 * The command with the ports that its members file names in the place of the profile's, those that
 * `--ports` gave left as they are. Rejects where the file cannot be read, understood or used.
 */
export async function withFilePorts<Command extends Settings>(command: Command): Promise<Command> {
  const { membersFile, judge, givenPorts } = command;
  if (membersFile === null) return command;
  const { ensemble, ports } = await readMembersFile(membersFile, judge.podName);
  const { profile } = judge;
  try {
    const override = portsFromFile(profile, ports, givenPorts);
    return { ...command, judge: { ...judge, ensemble, profile: withPorts(profile, override) } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`members file ${membersFile}: ${reason}`);
  }
}

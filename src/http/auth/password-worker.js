/**
 * Runs in a thread of its own: answers whether a password is that of a bcrypt hash. It is JavaScript, so that a
 * thread can run it from the sources as well.
 */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

parentPort?.on('message', ({ password, hash }) => {
  parentPort?.postMessage(compareSync(password, hash));
});

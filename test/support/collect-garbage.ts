// The garbage collector on demand, for tests that measure what is held: files run one after another in a process, and what the earlier ones
// left would go away in the middle of a measurement.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

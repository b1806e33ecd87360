// The values of src/contracts' closed lists: types reach the browser from there, code does not.
import type { RunStatus } from '../../../src/contracts/runs.ts';

export const runStatuses = ['running', 'finished', 'failed', 'stalled'] as const satisfies readonly RunStatus[];

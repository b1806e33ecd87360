// The recordings in examples/recorded, by folder, and how each was made.
import type { RecordOptions } from './options.ts';

export const shippedRecordings = {
  'ppyoloe-masked-select': { fault: 'masked-select', regRange: [0, 17], seed: 486, steps: 60, ranks: 1 },
  'ppyoloe-labels': { fault: 'labels', regRange: [0, 17], seed: 7, steps: 60, ranks: 1 },
  'ppyoloe-healthy': { fault: 'none', regRange: [0, 17], seed: 7, steps: 60, ranks: 1 },
} as const satisfies Record<string, RecordOptions>;

// Which findings are consequences of a root failure of the same run, and so open no incident of their own: they are evidence of the root's.
import type { Catalog } from '../../contracts/catalog.ts';
import type { Finding } from '../../contracts/findings.ts';

interface Root {
  /** Class whose finding or trace is the root. */
  class: string;
  /** Findings that mean nothing more after it, by id or by the prefix before "*". */
  consequences: string[];
}

/** After a NaN every number is damaged; after a scale of nothing no step is taken; a rate of zero explains a flat loss. */
const roots: Root[] = [
  {
    class: 'loss-nan',
    consequences: [
      ...[
        'metric.spike',
        'metric.diverging',
        'metric.plateau',
        'metric.behind-siblings',
        'metric.total-mismatch',
        'metric.gradient-*',
      ],
      ...['metric.overfit', 'metric.impossible-value', 'metric.update-ratio', 'dfl.loss-*', 'dfl.targets-saturated'],
      // Processors are slow with values that are not finite.
      'metric.throughput-drop',
    ],
  },
  // A part that is reported as 0 differs from whatever its tensors give.
  { class: 'zero-loss', consequences: ['dfl.loss-*'] },
  // What is trained on garbage learns nothing, or jumps.
  {
    class: 'selection-corrupted',
    consequences: ['metric.spike', 'metric.plateau', 'metric.behind-siblings', 'metric.overfit'],
  },
  {
    class: 'loss-divergence',
    consequences: ['metric.spike', 'metric.plateau', 'metric.behind-siblings', 'metric.gradient-*', 'metric.overfit'],
  },
];

export interface Inhibition {
  /** Findings that may open incidents. */
  standing: Finding[];
  /** The others, with the class that they are evidence of. */
  inhibited: { finding: Finding; by: string }[];
}

/** A consequence is not earlier than its root; one of an unknown step is believed to be. */
export function inhibit(findings: readonly Finding[], catalog: Catalog): Inhibition {
  const begun = roots.flatMap((root) => {
    const triggers = new Set(catalog.failures.get(root.class)?.findings.map(({ finding }) => finding));
    const steps = findings.filter(({ id }) => triggers.has(id)).map(({ step }) => step ?? 0);
    return steps.length > 0 ? [{ ...root, triggers, from: Math.min(...steps) }] : [];
  });
  const standing: Finding[] = [];
  const inhibited: Inhibition['inhibited'] = [];
  for (const finding of findings) {
    const root = begun.find(
      ({ consequences, from, triggers }) =>
        !triggers.has(finding.id) && (finding.step ?? from) >= from && isAmong(finding.id, consequences),
    );
    if (root) inhibited.push({ finding, by: root.class });
    else standing.push(finding);
  }
  return { standing, inhibited };
}

function isAmong(id: string, consequences: string[]): boolean {
  return consequences.some((name) => (name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name));
}

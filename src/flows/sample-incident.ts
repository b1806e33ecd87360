// A made-up incident, for those who set an endpoint up before anything has failed: the classic failure of the catalog, diagnosed for real.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { Incident } from '../contracts/incidents.ts';
import { diagnose } from '../domain/diagnosis/diagnose.ts';
import { presentIncident } from '../domain/incidents/present-incident.ts';
import { openIncident } from '../domain/incidents/transitions/on-diagnosed.ts';
import type { PlacedPart } from '../domain/incidents/types.ts';
import { parseText } from '../domain/parsing/parse-text.ts';
import { noOutcomes } from '../domain/remedies/outcomes.ts';

const step = 40;
const text = `Traceback (most recent call last):
  File "tools/train.py", line 172, in run
    trainer.train(FLAGS.eval)
  File "ppdet/modeling/heads/ppyoloe_head.py", line 318, in _df_loss
    loss_left = F.cross_entropy(pred_dist, target_left, reduction='none')
ValueError: Target -3 is out of lower bound.
`;

export function sampleIncident({ catalog, locale }: { catalog: Catalog; locale: Locale }, now: Date): Incident {
  const context = {
    framework: { name: 'paddle', version: '2.3.2' },
    device: 'gpu',
    environment: null,
    config: null,
    worldSize: 1,
    regRange: [0, 17] as [number, number],
    numClasses: null,
  };
  const diagnosis = diagnose(
    { text: parseText(text, catalog.formats), findings: [], captures: null, context },
    catalog,
  );
  if (!diagnosis) throw new Error('the sample text was not diagnosed');
  const part: PlacedPart = {
    home: 'inc_sample',
    runId: 'sample-run',
    diagnosis,
    evidence: [],
    captures: 0,
    metrics: 0,
    traces: 1,
    firstStep: step,
    lastStep: step,
    observedAt: now,
    scope: { commit: null, dataset: null, framework: null, config: null },
  };
  const total = { diagnosis, occurrences: 1, firstStep: step, lastStep: step };
  const opening = { total, runId: part.runId, owner: null };
  const { next, timeline } = openIncident(part.home, 'sample', opening, 'first-seen', now);
  const view = { record: next, parts: [part], timeline, mergedFrom: [], outcomes: noOutcomes };
  return presentIncident(view, catalog, locale);
}

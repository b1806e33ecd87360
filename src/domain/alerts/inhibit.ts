// Third stage: what follows from something worse is not told beside it. A warning of a run waits while a critical incident of the same run
// is unresolved. What was told already is still told to be over.
import type { Ruling, Weighing } from './types.ts';

export function inhibit({ incident, member, route }: Weighing): Ruling {
  const [inhibitor] = incident.inhibitors;
  if (route.id === 'default' || inhibitor === undefined || incident.severity === 'critical') return { kind: 'pass' };
  if (member.toldState !== null && incident.state !== 'open') return { kind: 'pass' };
  return { kind: 'hold', code: 'inhibited', data: { incident: inhibitor }, until: null };
}

import { describe, expect, it } from 'vitest';
import type { Matcher } from '../../../../src/contracts/alerts.ts';
import { dueAfterEvent, groupOf } from '../../../../src/domain/alerts/group.ts';
import { findMatcherProblem, labelsOf, matchesAll } from '../../../../src/domain/alerts/matchers.ts';
import { chooseRoutes, routedEndpoints } from '../../../../src/domain/alerts/route.ts';
import { judgeListener } from '../../../../src/domain/alerts/subscribe.ts';
import { later, makeAlerted, makeRoute, start } from '../../../support/alerting.ts';

const labels = labelsOf(makeAlerted(), 'incident.opened');
const matcher = (label: string, op: Matcher['op'], value: string): Matcher => ({ label, op, value });

describe('a matcher', () => {
  it.each<[label: string, op: Matcher['op'], value: string, holds: boolean]>([
    ['class', '=', 'loss-nan', true],
    ['class', '=', 'loss', false],
    ['class', '!=', 'loss-nan', false],
    ['class', '=~', 'loss-.*', true],
    ['class', '=~', 'loss', false],
    ['class', '!~', 'loss|cuda-.*', true],
    ['run', '=', 'run-2', true],
    ['run', '!=', 'run-2', false],
    ['run', '=~', '.*-3', false],
    ['event', '=', 'incident.opened', true],
    ['framework', '=', 'torch', true],
    ['tag.team', '=', 'detection', true],
    ['tag.node', '=', 'b', true],
    ['tag.node', '!=', 'c', true],
    ['tag.absent', '=', '', true],
    ['tag.absent', '!=', 'x', true],
    ['tag.__proto__', '=', '', true],
    ['cause', '=~', 'a|learning-.*', true],
  ])('%s %s %s: %s', (label, op, value, holds) => {
    expect(matchesAll([matcher(label, op, value)], labels)).toBe(holds);
  });

  it('must hold together with the others', () => {
    const both = [matcher('class', '=', 'loss-nan'), matcher('severity', '=', 'critical')];
    expect(matchesAll(both, labels)).toBe(false);
    expect(matchesAll([], labels)).toBe(true);
  });

  it.each([
    ['(', 'not a regular expression'],
    ['(a+)+', 'repetition'],
    ['a)|(b', 'not a regular expression'],
  ])('is refused with the expression %s', (value, words) => {
    expect(findMatcherProblem(matcher('class', '=~', value))).toContain(words);
    expect(findMatcherProblem(matcher('class', '=', value))).toBeNull();
  });
});

describe('routes', () => {
  const nan = makeRoute({ id: 'nan', matchers: [matcher('class', '=', 'loss-nan')] });
  const all = makeRoute({ id: 'all', matchers: [] });
  const other = makeRoute({ id: 'other', matchers: [matcher('project', '=', 'other')] });
  it.each([
    ['the first that matches ends the search', [nan, all], ['nan']],
    ['one that goes on lets the next try', [{ ...nan, continues: true }, other, all], ['nan', 'all']],
    ['none', [other], []],
  ])('%s', (_name, routes, chosen) => {
    expect(chooseRoutes(routes, labels).map(({ id }) => id)).toEqual(chosen);
  });

  it('name endpoints, by escalation too, which the default route then leaves alone', () => {
    const route = makeRoute({ endpoints: ['a'], escalate: { afterMs: 1, endpoints: ['b'] } });
    expect([...routedEndpoints([route])]).toEqual(['a', 'b']);
  });
});

describe('a group', () => {
  it('is those that agree in the labels of the route, whatever their order', () => {
    const one = groupOf({ groupBy: ['class', 'project'] }, labels);
    expect(one).toEqual(groupOf({ groupBy: ['project', 'class'] }, labels));
    expect(one.labels).toEqual({ class: 'loss-nan', project: 'vision' });
    expect(groupOf({ groupBy: [] }, labels).labels).toEqual({});
  });

  it('does not change when a run joins', () => {
    const more = labelsOf(makeAlerted({ runs: ['run-1', 'run-2', 'run-3'] }), 'incident.updated');
    expect(groupOf({ groupBy: ['run'] }, more)).toEqual(groupOf({ groupBy: ['run'] }, labels));
  });

  const told = { notifiedAt: later(-1), hasOpen: true, hasOpenCritical: false };
  const none = { notifiedAt: null, hasOpen: false, hasOpenCritical: false };
  const warning = { event: 'incident.opened' as const, severity: 'warning' as const };
  const critical = { event: 'incident.opened' as const, severity: 'critical' as const };
  it.each([
    ['waits group_wait before its first message', none, warning, 0.5, 'wait'],
    ['waits group_interval after its last message', told, warning, 4, 'interval'],
    ['is told at once when the interval has passed', { ...told, notifiedAt: later(-60) }, warning, 0, 'interval'],
    ['begins anew when nothing of it is open', { ...told, hasOpen: false }, warning, 0.5, 'wait'],
    ['is told of the first critical alert at once', told, critical, 0, 'urgent'],
    [
      'is told of the second critical alert after the interval',
      { ...told, hasOpenCritical: true },
      critical,
      4,
      'interval',
    ],
    [
      'is told at once of what becomes critical',
      told,
      { ...critical, event: 'incident.updated' as const },
      0,
      'urgent',
    ],
    [
      'does not hurry to say that it is over',
      told,
      { ...critical, event: 'incident.resolved' as const },
      4,
      'interval',
    ],
  ])('%s', (_name, state, event, minutes, code) => {
    expect(dueAfterEvent(makeRoute(), state, { ...event, now: start })).toEqual({ due: later(minutes), code });
  });
});

describe('an endpoint', () => {
  const listener = { isEnabled: true, events: ['incident.opened', 'run.stalled'], filter: {} };
  const tell = { event: 'incident.opened' as const, also: [] };
  it.each([
    ['that listens is told', listener, tell, { event: 'incident.opened' }],
    [
      'that does not listen is not',
      listener,
      { ...tell, event: 'incident.resolved' as const },
      { skip: 'not-subscribed' },
    ],
    [
      'that listens to what happened, too, is told that',
      { ...listener, events: ['run.stalled'] },
      { ...tell, also: ['run.stalled' as const] },
      { event: 'run.stalled' },
    ],
    ['that is disabled is not', { ...listener, isEnabled: false }, tell, { skip: 'endpoint-off' }],
    ['of another project is not', { ...listener, filter: { project: 'other' } }, tell, { skip: 'filtered' }],
    ['of other classes is not', { ...listener, filter: { classes: ['loss-spike'] } }, tell, { skip: 'filtered' }],
    ['for worse is not', { ...listener, filter: { min_severity: 'critical' as const } }, tell, { skip: 'filtered' }],
    [
      'whose filter fits is told',
      { ...listener, filter: { project: 'vision', min_severity: 'warning' as const } },
      tell,
      { event: 'incident.opened' },
    ],
  ])('%s', (_name, given, told, verdict) => {
    expect(judgeListener(given, told, makeAlerted())).toEqual(verdict);
  });
});

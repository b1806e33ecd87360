// One incident on one route, looked at again and again by a clock that the test holds.
import { describe, expect, it } from 'vitest';
import type { WebhookEvent } from '../../../../src/contracts/webhooks.ts';
import { explainDecision } from '../../../../src/domain/alerts/explain.ts';
import { judgeEach, judgeMember } from '../../../../src/domain/alerts/pipeline.ts';
import { defaultRoute } from '../../../../src/domain/alerts/route.ts';
import type { Member } from '../../../../src/domain/alerts/types.ts';
import { later, makeWeighing, start, type WeighingOverrides } from '../../../support/alerting.ts';

const pending = (...events: WebhookEvent[]) => events.map((event) => ({ event, at: start }));
const toldOpen: Partial<Member> = {
  pending: [],
  toldState: 'open',
  toldSeverity: 'warning',
  toldAt: start,
  openToldAt: start,
};
const silence = {
  id: 'sil_1',
  matchers: [{ label: 'project', op: '=' as const, value: 'vision' }],
  author: 'ann',
  reason: 'migration',
  startsAt: later(-10),
  endsAt: later(50),
};
const window = { ...silence, id: 'mwd_1', name: 'upgrade', repeat: null };
const night = { from: '11:00', to: '14:00', time_zone: 'UTC' };
const critical = { severity: 'critical' as const };

describe('what is held, until when, and why', () => {
  it.each<[string, WeighingOverrides, string, Date]>([
    [
      'a warning beside a critical incident of the same run',
      { incident: { inhibitors: ['inc_9'] } },
      'inhibit/inhibited',
      later(1),
    ],
    ['an incident that is muted', { incident: { isMuted: true } }, 'silence/muted', later(1)],
    ['an alert that is silenced', { silences: [silence] }, 'silence/silenced', later(50)],
    ['a critical alert that is silenced', { silences: [silence], incident: critical }, 'silence/silenced', later(50)],
    ['an alert in a maintenance window', { windows: [window] }, 'silence/maintenance', later(50)],
    ['a warning in quiet hours', { route: { quietHours: night } }, 'silence/quiet-hours', later(120)],
    ['a warning of a digest', { route: { digest: { at: '18:00' } } }, 'silence/digest', later(360)],
    [
      'an incident that flaps',
      {
        incident: { state: 'resolved', stateChanges: [-12, -10, -8, -6, -4, -2, 0].map(later) },
        member: { ...toldOpen, pending: pending('incident.resolved') },
      },
      'dedup/flapping',
      later(10),
    ],
  ])('%s', (_name, given, heldBy, due) => {
    const judgement = judgeMember(makeWeighing(given));
    expect(judgement).toMatchObject({ tells: [], due, next: { heldBy } });
    const [decision] = judgement.decisions;
    expect(decision).toMatchObject({ decision: 'hold', stage: heldBy.split('/')[0], code: heldBy.split('/')[1] });
    expect(judgeMember(makeWeighing({ ...given, member: { ...given.member, heldBy } })).decisions).toEqual([]);
    for (const locale of ['en', 'zh'] as const)
      expect(explainDecision(decision!.stage, decision!.code, decision!.data, locale)).not.toMatch(/undefined|\//);
  });

  it.each<[string, WeighingOverrides]>([
    ['a critical alert in quiet hours', { route: { quietHours: night }, incident: critical }],
    ['a critical alert beside a digest', { route: { digest: { at: '18:00' } }, incident: critical }],
    ['a critical alert beside another one', { incident: { ...critical, inhibitors: ['inc_9'] } }],
    ['a silence of others', { silences: [{ ...silence, matchers: [{ label: 'project', op: '=', value: 'x' }] }] }],
    ['a silence that is over', { silences: [{ ...silence, endsAt: start }] }],
    ['a digest that is due', { route: { digest: { every_s: 3_600 } }, now: later(60) }],
    ['six changes in half an hour', { incident: { stateChanges: [-10, -8, -6, -4, -2, 0].map(later) } }],
    [
      'the end of the calm after flapping',
      { incident: { stateChanges: [-12, -10, -8, -6, -4, -2, 0].map(later) }, now: later(10) },
    ],
    [
      'flapping that goes on for an hour',
      {
        incident: { stateChanges: [50, 52, 54, 56, 58, 59, 60].map(later) },
        now: later(60),
      },
    ],
  ])('is not %s', (_name, given) => {
    expect(judgeMember(makeWeighing(given)).tells).toHaveLength(1);
  });
});

describe('what is told of what happened since', () => {
  it.each<[string, WeighingOverrides, WebhookEvent]>([
    ['a new incident', {}, 'incident.opened'],
    [
      'a new incident that was changed',
      { member: { pending: pending('incident.opened', 'incident.updated') } },
      'incident.opened',
    ],
    ['a change', { member: { ...toldOpen, pending: pending('incident.updated') } }, 'incident.updated'],
    [
      'that it was seen to',
      { incident: { state: 'acknowledged' }, member: { ...toldOpen, pending: pending('incident.acknowledged') } },
      'incident.acknowledged',
    ],
    [
      'that it is over',
      { incident: { state: 'resolved' }, member: { ...toldOpen, pending: pending('incident.resolved') } },
      'incident.resolved',
    ],
    [
      'that it is over, though much happened between',
      {
        incident: { state: 'resolved' },
        member: { ...toldOpen, pending: pending('incident.updated', 'incident.acknowledged', 'incident.resolved') },
      },
      'incident.resolved',
    ],
    [
      'that it came back',
      { member: { ...toldOpen, toldState: 'resolved', pending: pending('incident.regressed') } },
      'incident.regressed',
    ],
    [
      'that it came back before its end was told',
      { member: { ...toldOpen, pending: pending('incident.resolved', 'incident.regressed') } },
      'incident.regressed',
    ],
    [
      'that it was opened again by hand',
      { member: { ...toldOpen, toldState: 'acknowledged', pending: pending('incident.updated') } },
      'incident.updated',
    ],
    [
      'that a told one is over although something worse stands',
      {
        incident: { state: 'resolved', inhibitors: ['inc_9'] },
        member: { ...toldOpen, pending: pending('incident.resolved') },
      },
      'incident.resolved',
    ],
  ])('%s', (_name, given, event) => {
    const { tells, next } = judgeMember(makeWeighing(given));
    expect(tells).toMatchObject([{ event, endpoints: ['ep_1'] }]);
    expect(next).toMatchObject({ pending: [], toldAt: start, heldBy: null });
  });

  it.each<[string, WeighingOverrides, string]>([
    [
      'what was over before anybody was told',
      { incident: { state: 'resolved' }, member: { pending: pending('incident.opened', 'incident.resolved') } },
      'resolved-before-told',
    ],
    [
      'what somebody saw to before anybody was told',
      { incident: { state: 'acknowledged' }, member: { pending: pending('incident.opened', 'incident.acknowledged') } },
      'acknowledged-before-told',
    ],
    [
      'an end that was told',
      {
        incident: { state: 'resolved' },
        member: { ...toldOpen, toldState: 'resolved', pending: pending('incident.regressed', 'incident.resolved') },
      },
      'told-already',
    ],
  ])('nothing of %s', (_name, given, code) => {
    expect(judgeMember(makeWeighing(given))).toMatchObject({
      tells: [],
      next: { pending: [] },
      decisions: [{ stage: 'dedup', decision: 'drop', code }],
      due: null,
    });
  });

  it('a stall to those who listen to stalls alone', () => {
    const { tells } = judgeMember(makeWeighing({ member: { pending: pending('incident.opened', 'run.stalled') } }));
    expect(tells).toMatchObject([{ event: 'incident.opened', also: ['run.stalled'] }]);
  });

  it('that it is part of a digest, when it is', () => {
    const route = { digest: { every_s: 3_600 } };
    expect(judgeMember(makeWeighing({ route, now: later(60) })).tells).toMatchObject([{ reason: { kind: 'digest' } }]);
    expect(judgeMember(makeWeighing({ route, now: later(60), incident: critical })).tells[0]).not.toHaveProperty(
      'reason',
    );
  });
});

describe('an open incident that nobody sees to', () => {
  const route = { repeatIntervalMs: 3_600_000, escalate: { afterMs: 900_000, endpoints: ['ep_boss'] } };
  const look = (minutes: number, member: Partial<Member>, given: WeighingOverrides = {}) =>
    judgeMember(makeWeighing({ route, now: later(minutes), ...given, member: { ...toldOpen, ...member } }));

  it('is escalated after a time, told again after another, and then only told again', () => {
    expect(look(14, {})).toMatchObject({ tells: [], due: later(15) });
    const escalated = look(15, {});
    expect(escalated).toMatchObject({
      tells: [{ event: 'incident.opened', reason: { kind: 'escalation', after_s: 900 }, endpoints: ['ep_boss'] }],
      due: later(60),
    });
    const repeated = look(60, escalated.next);
    expect(repeated).toMatchObject({
      tells: [
        { event: 'incident.updated', reason: { kind: 'repeat', after_s: 3_600 }, endpoints: ['ep_1', 'ep_boss'] },
      ],
      due: later(120),
    });
    expect(look(119, repeated.next).tells).toEqual([]);
  });

  it('is told to those it was escalated to until it is over, and to them alone no more', () => {
    const { next } = look(15, {});
    const resolved = look(20, { ...next, pending: pending('incident.resolved') }, { incident: { state: 'resolved' } });
    expect(resolved.tells).toMatchObject([{ event: 'incident.resolved', endpoints: ['ep_1', 'ep_boss'] }]);
    const again = look(30, { ...resolved.next, pending: pending('incident.regressed') });
    expect(again.tells).toMatchObject([{ event: 'incident.regressed', endpoints: ['ep_1'] }]);
    expect(again.due).toEqual(later(45));
  });

  it.each([
    ['acknowledged', { state: 'acknowledged' as const }],
    ['resolved', { state: 'resolved' as const }],
  ])('is left alone once it is %s', (_name, incident) => {
    expect(look(600, {}, { incident })).toMatchObject({ tells: [], due: null });
  });

  it.each<[string, WeighingOverrides]>([
    ['silenced', { silences: [{ ...silence, endsAt: later(1_000) }] }],
    ['muted', { incident: { isMuted: true } }],
    ['in quiet hours', { route: { ...route, quietHours: { from: '00:00', to: '23:00', time_zone: 'UTC' } } }],
  ])('is neither escalated nor told again while it is %s', (_name, given) => {
    const judgement = look(300, {}, given);
    expect(judgement.tells).toEqual([]);
    expect(judgement.due! > later(300)).toBe(true);
  });

  it('is never told again where the route says so', () => {
    expect(look(60_000, {}, { route: { repeatIntervalMs: null } })).toMatchObject({ tells: [], due: null });
  });
});

describe('the default route', () => {
  const byDefault = { ...defaultRoute, endpoints: ['ep_1'] };

  it('tells each event by itself', () => {
    const { tells } = judgeEach(
      makeWeighing({ route: byDefault, member: { pending: pending('incident.opened', 'run.stalled') } }),
    );
    expect(tells.map(({ event }) => event)).toEqual(['incident.opened', 'run.stalled']);
  });

  it.each<[string, WeighingOverrides]>([
    ['a silence', { silences: [silence] }],
    ['a maintenance window', { windows: [window] }],
    ['flapping', { incident: { stateChanges: [-12, -10, -8, -6, -4, -2, 0].map(later) } }],
  ])('is held by %s, and tells afterwards how it stands', (_name, given) => {
    const held = judgeEach(makeWeighing({ ...given, route: byDefault }));
    expect(held.tells).toEqual([]);
    const calm = { ...given, route: byDefault, now: later(61), silences: [], windows: [] };
    const { tells } = judgeMember(makeWeighing({ ...calm, member: held.next }));
    expect(tells).toMatchObject([{ event: 'incident.opened' }]);
    const over = { ...calm, incident: { state: 'resolved' as const } };
    expect(judgeMember(makeWeighing({ ...over, member: held.next })).tells).toEqual([]);
  });

  it('is not held by what is worse, and knows no quiet hours', () => {
    expect(judgeEach(makeWeighing({ route: byDefault, incident: { inhibitors: ['inc_9'] } })).tells).toHaveLength(1);
  });
});

// What the forms of the alerts page make of what is typed, and of what the API answers.
import { describe, expect, it } from 'vitest';
import { parseDuration, writeDuration } from '../../../web/src/alerts/durations.ts';
import { fromLocalInput, toLocalInput } from '../../../web/src/alerts/local-input.ts';
import { moveRoute } from '../../../web/src/alerts/reorder.ts';
import { fromDraft, newDraft, type RouteDraft, toDraft, wrongLengths } from '../../../web/src/alerts/route-draft.ts';
import { newPreviewDraft, toPreviewRequest } from '../../../web/src/alerts/route-preview-draft.ts';
import type { AlertRoute } from '../../../web/src/api/alert-rule-queries.ts';
import { ApiError } from '../../../web/src/api/call-api.ts';
import { placeErrors } from '../../../web/src/api/field-errors.ts';
import { readAlertsSearch } from '../../../web/src/search/alerts.ts';

describe('lengths of time', () => {
  it.each([
    ['30s', 30],
    ['90', 90],
    [' 1h 30m ', 5_400],
    ['5min', 300],
    ['2D', 172_800],
    ['1d2h3m4s', 93_784],
    ['0s', 0],
  ])('are read from %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'soon', '-5m', '1.5h', '5m1h', '4 hours', 'h'])('are not read from %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it.each([0, 1, 59, 60, 3_661, 14_400, 86_400, 30 * 86_400])('come back as they were: %d s', (seconds) => {
    expect(parseDuration(writeDuration(seconds))).toBe(seconds);
  });
});

describe('a route', () => {
  const route: AlertRoute = {
    id: 'rte_1',
    position: 3,
    name: 'on call',
    matchers: [{ label: 'tag.team', op: '=~', value: 'a|b' }],
    endpoints: ['ep_1'],
    group_by: ['class', 'tag.team'],
    group_wait_s: 30,
    group_interval_s: 300,
    repeat_interval_s: null,
    continue: true,
    digest: { at: '09:00', time_zone: 'Asia/Shanghai' },
    quiet_hours: { from: '22:00', to: '08:00', time_zone: 'UTC', days: ['mon', 'sun'] },
    escalate: { after_s: 900, endpoints: ['ep_2'] },
  };
  const { id: _id, position: _position, ...sent } = route;

  it.each([
    ['with everything', {}],
    ['with nothing', { digest: null, quiet_hours: null, escalate: null, matchers: [], repeat_interval_s: 14_400 }],
    ['with a digest at intervals', { digest: { every_s: 5_400 } }],
    [
      'with quiet hours on every day',
      { quiet_hours: { from: '22:00', to: '08:00', time_zone: 'UTC' }, continue: false },
    ],
  ] as const)('comes out of its form as it went in: %s', (_name, fields) => {
    const given = { ...route, ...fields } as AlertRoute;
    expect(fromDraft(toDraft(given, 'Europe/Berlin'))).toEqual({ ...sent, ...fields });
  });

  it('begins as the API makes it, and names a zone that the API left to UTC', () => {
    expect(fromDraft({ ...newDraft('UTC'), name: ' x ' })).toMatchObject({
      name: 'x',
      group_by: ['project', 'class'],
      group_wait_s: 30,
      group_interval_s: 300,
      repeat_interval_s: 14_400,
      digest: null,
      quiet_hours: null,
      escalate: null,
    });
    expect(toDraft({ ...route, digest: { at: '09:00' } }, 'Asia/Shanghai').digestZone).toBe('UTC');
  });

  it('has wrong lengths only where they are sent', () => {
    const draft: RouteDraft = { ...newDraft('UTC'), groupWait: 'x', digestEvery: 'x', escalateAfter: 'x' };
    expect(wrongLengths(draft)).toEqual(['groupWait']);
    expect(wrongLengths({ ...draft, digest: 'every', escalates: true, repeatInterval: '' })).toEqual([
      'groupWait',
      'digestEvery',
      'escalateAfter',
    ]);
  });
});

describe('the preview of routes', () => {
  it('asks with what was typed, and leaves out what was not', () => {
    expect(toPreviewRequest(newPreviewDraft)).toEqual({ severity: 'critical' });
    const draft = { ...newPreviewDraft, class: ' loss-nan ', tags: 'team=a=b， node = 3, lone' };
    expect(toPreviewRequest(draft)).toEqual({
      severity: 'critical',
      class: 'loss-nan',
      tags: { team: 'a=b', node: '3', lone: '' },
    });
  });

  it('asks for an incident by its id alone', () => {
    expect(toPreviewRequest({ ...newPreviewDraft, incident: ' inc_1 ', class: 'x' })).toEqual({ incident_id: 'inc_1' });
  });
});

describe('the order of routes', () => {
  const routes = [
    { id: 'a', position: 0 },
    { id: 'b', position: 5 },
    { id: 'c', position: 6 },
  ];

  it('changes by swapping two places', () => {
    expect(moveRoute(routes, 'c', 'up')).toEqual([
      { id: 'c', position: 5 },
      { id: 'b', position: 6 },
    ]);
    expect(moveRoute(routes, 'a', 'down')).toEqual([
      { id: 'b', position: 0 },
      { id: 'a', position: 5 },
    ]);
  });

  it('ends at its ends', () => {
    expect(moveRoute(routes, 'a', 'up')).toEqual([]);
    expect(moveRoute(routes, 'c', 'down')).toEqual([]);
    expect(moveRoute(routes, 'gone', 'up')).toEqual([]);
  });

  it('is made anew where two had the same place', () => {
    const equal = routes.map(({ id }) => ({ id, position: 1 }));
    expect(moveRoute(equal, 'b', 'up')).toEqual([
      { id: 'b', position: 0 },
      { id: 'c', position: 2 },
    ]);
  });
});

describe('problems that the API names', () => {
  const error = new ApiError(400, 'two things', {
    errors: [
      { path: '/matchers/1/value', message: 'is not a regular expression' },
      { path: '/ends_at', message: 'must be after starts_at' },
    ],
  });

  it('are told at their fields, and not twice', () => {
    const { at, rest } = placeErrors(error, ['/matchers', '/ends_at']);
    expect(rest).toBeNull();
    expect([at('/matchers/1'), at('/matchers'), at('/matchers/0'), at('/ends_at'), at('/ends')]).toEqual([
      'is not a regular expression',
      'is not a regular expression',
      undefined,
      'must be after starts_at',
      undefined,
    ]);
  });

  it('are told below the form where a field is missing, or no field was named', () => {
    expect(placeErrors(error, ['/matchers']).rest).toBe(error);
    const refused = new ApiError(403, 'not yours');
    expect(placeErrors(refused, ['/matchers']).rest).toBe(refused);
    expect(placeErrors(null, []).rest).toBeNull();
  });
});

it('takes times as they are typed in the zone of the browser', () => {
  const ms = Date.UTC(2026, 10, 26, 16, 30);
  expect(fromLocalInput(toLocalInput(ms))).toBe('2026-11-26T16:30:00.000Z');
  expect(fromLocalInput('')).toBeNull();
  expect(fromLocalInput('2026-13-99T00:00')).toBeNull();
});

it('reads from the address what is open, and leaves out what does not exist', () => {
  expect(readAlertsSearch({ tab: 'silences', class: 'loss-nan', project: 'vision' })).toEqual({
    tab: 'silences',
    class: 'loss-nan',
    project: 'vision',
    endpoint: undefined,
  });
  expect(readAlertsSearch({ tab: 'elsewhere' }).tab).toBeUndefined();
});

// How all runs do, at one look.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Locale } from '../../contracts/common.ts';
import { Overview, OverviewQuery, overviewRuns, type RunPulse, sparklinePoints } from '../../contracts/overview.ts';
import type { Run } from '../../contracts/runs.ts';
import { totalLossNames } from '../../domain/detectors/metric-names.ts';
import { fillTemplate } from '../../domain/diagnosis/fill-template.ts';
import { readPace } from '../../flows/points/read-pace.ts';
import { readSeries } from '../../flows/points/read-series.ts';
import { countOverview, type OverviewCounts } from '../../platform/db/overview.ts';
import { listRuns } from '../../platform/db/runs.ts';
import { findWorkers } from '../../platform/db/workers.ts';
import type { ApiDeps } from '../deps.ts';
import { parseLocale } from '../locale.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

const dayMs = 86_400_000;

export const overviewRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const { client } = deps.database;

  app.get(
    '/v1/overview',
    {
      config: { access: 'read' },
      schema: {
        tags: ['overview'],
        summary:
          'How all runs do: incidents, what changed in a day, the latest runs with their loss, deliveries, DFL backends',
        headers: LanguageHeaders,
        querystring: OverviewQuery,
        response: { 200: Overview, ...problems() },
      },
    },
    async (request) => {
      const project = confineProject(principalOf(request), request.query.project);
      const now = deps.clock.now();
      const [counts, runs, workers] = await Promise.all([
        countOverview(client, project ?? null, new Date(now.getTime() - dayMs)),
        listRuns(client, { project, limit: overviewRuns }),
        findWorkers(client, now),
      ]);
      return {
        ...presentCounts(counts, (failureClass) =>
          titleOf(failureClass, parseLocale(request.headers['accept-language'])),
        ),
        runs: await Promise.all(runs.items.map(withPulse)),
        dfl: workers.map(({ id, dfl }) => ({ worker: id, backend: dfl.chosen, device: dfl.device })),
      };
    },
  );

  function titleOf(failureClass: string, locale: Locale): string {
    const knowledge = deps.catalog.failures.get(failureClass)?.knowledge;
    return knowledge ? fillTemplate(knowledge.title[locale], {}) : failureClass;
  }

  async function withPulse(run: Run): Promise<RunPulse> {
    const filter = { names: totalLossNames, from: null, to: null, rank: null, maxPoints: sparklinePoints };
    return deps.database.sql.snapshot(async (query) => {
      const series = await readSeries(query, run.id, filter);
      const loss = series.find(({ rank }) => rank === 0) ?? series[0];
      if (!loss) return { ...run, loss: null, steps_per_second: null };
      const { name, steps, values } = loss;
      return { ...run, loss: { name, steps, values }, steps_per_second: await readPace(query, run.id, name) };
    });
  }
};

function presentCounts(
  { unresolved, changes, deliveries, disabledEndpoints }: OverviewCounts,
  titleOf: (failureClass: string) => string,
): Pick<Overview, 'incidents' | 'since_yesterday' | 'deliveries'> {
  const sum = (rows: { count: number }[]) => rows.reduce((total, { count }) => total + count, 0);
  const open = (severity: string) => sum(unresolved.filter((row) => row.state === 'open' && row.severity === severity));
  const changed = (kind: string) => sum(changes.filter((row) => row.kind === kind));
  const delivered = (status: string) => sum(deliveries.filter((row) => row.status === status));
  const classes = [...new Set(unresolved.map((row) => row.class))];
  return {
    incidents: {
      open: { critical: open('critical'), warning: open('warning'), info: open('info') },
      acknowledged: sum(unresolved.filter((row) => row.state === 'acknowledged')),
      by_class: classes
        .map((name) => ({
          class: name,
          title: titleOf(name),
          count: sum(unresolved.filter((row) => row.class === name)),
        }))
        .sort((a, b) => b.count - a.count || a.class.localeCompare(b.class)),
    },
    since_yesterday: { opened: changed('opened'), resolved: changed('resolved'), regressed: changed('regressed') },
    deliveries: {
      delivered: delivered('delivered'),
      failed: delivered('failed'),
      pending: delivered('pending'),
      disabled_endpoints: disabledEndpoints,
    },
  };
}

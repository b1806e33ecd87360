// Which detectors there are, and what they would have found in a run with other options.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Locale } from '../../contracts/common.ts';
import { DetectorPage, DryRunAnswer, DryRunRequest } from '../../contracts/detectors.ts';
import type { Detector } from '../../domain/detectors/detector.ts';
import { detectors } from '../../domain/detectors/index.ts';
import { describeWholeFinding } from '../../domain/diagnosis/present-diagnosis.ts';
import { dryRun } from '../../flows/dry-run.ts';
import { readRegRange } from '../../platform/db/captures.ts';
import type { ApiDeps } from '../deps.ts';
import { speakTo } from '../locale.ts';
import { principalOf } from '../plugins/auth.ts';
import { refuseWrongDetectors } from '../project-detectors.ts';
import { findRunOfCaller } from '../runs-of-caller.ts';
import { LanguageHeaders, problems, RunParams } from '../schemas.ts';

export const detectorRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/detectors',
    {
      config: { access: 'read' },
      schema: {
        tags: ['runs'],
        summary: 'List detectors with the thresholds that a project or a run may set, and what each means',
        headers: LanguageHeaders,
        response: { 200: DetectorPage, ...problems() },
      },
    },
    async (request, reply) => {
      const locale = speakTo(request, reply);
      return { items: detectors.map((detector) => present(detector, locale)), next_cursor: null };
    },
  );

  app.post(
    '/v1/runs/:id/dry_run',
    {
      config: { access: 'read' },
      schema: {
        tags: ['runs'],
        summary: 'Replay the points of a run with other detector options; nothing is stored',
        headers: LanguageHeaders,
        params: RunParams,
        body: DryRunRequest,
        response: { 200: DryRunAnswer, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request, reply) => {
      const { client } = deps.database;
      const run = await findRunOfCaller(client, principalOf(request), request.params.id);
      const range = await readRegRange(client, run.id);
      const options = request.body.detectors ?? {};
      refuseWrongDetectors(options);
      const locale = speakTo(request, reply);
      const replayed = await deps.database.sql.snapshot((query) =>
        dryRun(query, { ...run, range }, options, deps.catalog),
      );
      const findings = replayed.findings.map((finding) => ({
        ...finding,
        text: describeWholeFinding(finding, deps.catalog, locale),
      }));
      return { ...replayed, findings };
    },
  );
};

function present({ id, thresholds, about }: Detector, locale: Locale) {
  const options = Object.entries(about.thresholds).map(([name, { text, ...bounds }]) => ({
    name,
    ...bounds,
    default: thresholds[name] ?? bounds.minimum,
    text: text[locale],
  }));
  return { id, title: about.title[locale], thresholds, options };
}

import { type Static, Type } from 'typebox';
import { Nullable, Page, Rank, RunId, Step, StringEnum, Timestamp } from './common.ts';
import { ExceptionAnswer, MatchedLine } from './diagnosis.ts';

const traceFields = {
  id: Type.String(),
  run_id: RunId,
  step: Nullable(Step),
  rank: Nullable(Rank),
  host: Nullable(Type.String()),
  origin: StringEnum(['pushed', 'log'] as const, { description: 'Sent as a trace, or found in console output' }),
  source: Nullable(Type.String({ description: 'Which console output it was found in' })),
  occurred_at: Timestamp,
  received_at: Timestamp,
};
export const TraceSummary = Type.Object(traceFields);
export type TraceSummary = Static<typeof TraceSummary>;
export const TracePage = Page(TraceSummary);

export const TraceDetail = Type.Object({
  ...traceFields,
  text: Type.String(),
  exception: Nullable(ExceptionAnswer),
  matched: Type.Array(MatchedLine, { description: 'The lines of the text that tell its failure class' }),
});
export type TraceDetail = Static<typeof TraceDetail>;

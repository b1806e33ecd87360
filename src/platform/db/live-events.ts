// The feed of changes that triggers write (migration sessions_and_live_events). Its ids grow in the order of the commits.
import type { LiveEvent } from '../../contracts/live-events.ts';
import type { Tx } from './client.ts';

export interface FeedRange {
  /** Read after this id ... */
  after: bigint;
  /** ... up to this one; null for all there is. */
  upTo: bigint | null;
  /** Of one project; null for all. */
  project: string | null;
  limit: number;
}

/** Events in the order of their ids. */
export async function readLiveEvents(tx: Tx, { after, upTo, project, limit }: FeedRange): Promise<LiveEvent[]> {
  const rows = await tx.liveEvent.findMany({
    where: { id: { gt: after, ...(upTo === null ? {} : { lte: upTo }) }, ...(project === null ? {} : { project }) },
    orderBy: { id: 'asc' },
    take: limit,
  });
  return rows.map(({ id, kind, project, data }) => ({ id, kind, project, data }) as LiveEvent);
}

/** The oldest and newest id that is kept; null when there is none. */
export async function findFeedBounds(tx: Tx): Promise<{ oldest: bigint; newest: bigint } | null> {
  const { _min, _max } = await tx.liveEvent.aggregate({ _min: { id: true }, _max: { id: true } });
  return _min.id === null || _max.id === null ? null : { oldest: _min.id, newest: _max.id };
}

/** Removes events written before `before`, except the newest: ids stay comparable. Answers how many. */
export async function removeLiveEvents(tx: Tx, before: Date): Promise<number> {
  return tx.$executeRaw`DELETE FROM live_event WHERE at < ${before} AND id < (SELECT max(id) FROM live_event)`;
}

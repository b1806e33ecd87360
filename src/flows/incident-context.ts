import type { Catalog } from '../contracts/catalog.ts';

/** What changes of incidents, and what is told of them, are made with. */
export interface IncidentContext {
  catalog: Catalog;
  now: Date;
  newId: (prefix: string) => string;
  /** Base of the links in alerts. */
  publicUrl: string;
}

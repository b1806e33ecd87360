// Which part of the alerts is open, the endpoint whose card a link opens, and what a new silence begins with.
import { type RawSearch, readChoice, readText } from './params.ts';

export const alertsTabs = ['endpoints', 'routes', 'silences', 'maintenance'] as const;
export type AlertsTab = (typeof alertsTabs)[number];

export interface AlertsSearch {
  tab?: AlertsTab;
  endpoint?: string;
  class?: string;
  project?: string;
}

export function readAlertsSearch(raw: RawSearch): AlertsSearch {
  return {
    tab: readChoice(alertsTabs, raw.tab),
    endpoint: readText(raw.endpoint),
    class: readText(raw.class),
    project: readText(raw.project),
  };
}

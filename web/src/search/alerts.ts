// The endpoint that a link leads to: its card is open and in view.
import { type RawSearch, readText } from './params.ts';

export interface AlertsSearch {
  endpoint?: string;
}

export function readAlertsSearch(raw: RawSearch): AlertsSearch {
  return { endpoint: readText(raw.endpoint) };
}

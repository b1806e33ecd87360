// What every part of the run's page is given.
import type { RunDetail } from '../api/answers.ts';
import type { RunSearch } from '../search/run.ts';

export interface RunTabProps {
  run: RunDetail;
  search: RunSearch;
  /** Changes the address; `replace` (the default) leaves no entry in the history. */
  change: (next: RunSearch, options?: { replace?: boolean }) => void;
}

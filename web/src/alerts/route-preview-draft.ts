// What is asked of the preview of routes, from what was typed.
import type { Severity } from '../../../src/contracts/common.ts';
import type { RoutePreviewRequest } from '../api/alert-rule-queries.ts';

export interface RoutePreviewDraft {
  /** An incident that is there; empty: one made up of the other fields. */
  incident: string;
  severity: Severity;
  class: string;
  project: string;
  run: string;
  /** "team=vision, node=a" */
  tags: string;
}

export const newPreviewDraft: RoutePreviewDraft = {
  incident: '',
  severity: 'critical',
  class: '',
  project: '',
  run: '',
  tags: '',
};

/** Fields that were left empty are left out. A tag without "=" has an empty value. */
export function toPreviewRequest(draft: RoutePreviewDraft): RoutePreviewRequest {
  if (draft.incident.trim() !== '') return { incident_id: draft.incident.trim() };
  const typed = (['class', 'project', 'run'] as const).map((name) => [name, draft[name].trim()] as const);
  const tags = draft.tags
    .split(/[,，]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
    .map((tag) => {
      const [key = '', ...value] = tag.split('=');
      return [key.trim(), value.join('=').trim()] as const;
    });
  return {
    severity: draft.severity,
    ...Object.fromEntries(typed.filter(([, text]) => text !== '')),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
}

// Views of the list that the reader keeps under a name, in this browser.
import { type IncidentSearch, readIncidentSearch } from '../search/incidents.ts';

export interface SavedView {
  name: string;
  search: IncidentSearch;
}

const maxViews = 20;

/** From the text that is stored; what is no view is left out. */
export function readViews(text: string | null): SavedView[] {
  try {
    const views: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(views)) return [];
    return views.flatMap((view) =>
      typeof view?.name === 'string' ? [{ name: view.name, search: readIncidentSearch(view.search ?? {}) }] : [],
    );
  } catch {
    return [];
  }
}

/** A view of the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view].slice(-maxViews);
}

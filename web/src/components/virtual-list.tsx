// Rows of any number that scroll with the page: only those in sight are in the document, and the next page of answers is asked for
// before their end comes into sight. As a list, or as the body of a table.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

interface VirtualRowsProps<T extends { id: string }> {
  items: readonly T[];
  /** What one row shows; the row's element is made here. */
  render: (item: T, index: number) => ReactNode;
  /** Height of a row in pixels before it was measured. */
  estimate: number;
  className?: string;
  rowClassName?: string;
  /** More can be asked for with `onEnd`. */
  hasMore: boolean;
  onEnd: () => void;
  /** Told which rows are in the document, those ready above and below included. */
  onView?: (first: number, last: number) => void;
  /** Row to bring into sight; null moves nothing. */
  show?: number | null;
}

/** Rows that are kept ready above and below what is seen. */
const overscan = 8;

export function VirtualList<T extends { id: string }>({ label, ...rows }: VirtualRowsProps<T> & { label: string }) {
  const roles = { body: { role: 'list', 'aria-label': label }, row: { role: 'listitem' } };
  return (
    <VirtualRows
      {...rows}
      roles={roles}
      place={(index) => ({ 'aria-posinset': index + 1, 'aria-setsize': rows.hasMore ? -1 : rows.items.length })}
    />
  );
}

interface VirtualTableProps<T extends { id: string }> extends VirtualRowsProps<T> {
  label: string;
  /** Cells of the head, each with the role `columnheader`. */
  head: ReactNode;
}

/** A table made of any elements: `render` gives cells with the role `cell`. */
export function VirtualTable<T extends { id: string }>({ label, head, ...rows }: VirtualTableProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows are placed by their offset, which no element of a real table can be
    <div role="table" aria-label={label} aria-rowcount={rows.hasMore ? -1 : rows.items.length + 1}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: a row of a table that is read, not operated */}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="row" aria-rowindex={1} className={rows.rowClassName} data-head>
        {head}
      </div>
      <VirtualRows
        {...rows}
        roles={{ body: { role: 'rowgroup' }, row: { role: 'row' } }}
        place={(index) => ({ 'aria-rowindex': index + 2 })}
      />
    </div>
  );
}

type Attributes = Record<string, string | number>;

interface RolesAndPlaces {
  roles: { body: Attributes; row: Attributes };
  place: (index: number) => Attributes;
}

function VirtualRows<T extends { id: string }>(props: VirtualRowsProps<T> & RolesAndPlaces) {
  const { items, render, estimate, className, rowClassName, hasMore, onEnd, onView, show = null, roles, place } = props;
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => estimate,
    overscan,
    scrollMargin: top,
    // A new function here makes the virtualizer place every row anew.
    getItemKey: useCallback((index: number) => items[index]?.id ?? index, [items]),
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? -1;
  useEffect(() => onView?.(first, last), [onView, first, last]);
  useEffect(() => {
    if (hasMore && last >= items.length - overscan) onEnd();
  }, [hasMore, last, items.length, onEnd]);
  useEffect(() => {
    if (show !== null) virtualizer.scrollToIndex(show);
  }, [show, virtualizer]);
  return (
    <div
      ref={body}
      {...roles.body}
      className={className}
      style={{ position: 'relative', height: virtualizer.getTotalSize() }}
    >
      {rows.map(({ key, index, start }) => (
        <div
          key={key}
          ref={virtualizer.measureElement}
          data-index={index}
          {...roles.row}
          {...place(index)}
          className={rowClassName}
          style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start - top}px)` }}
        >
          {render(items[index] as T, index)}
        </div>
      ))}
    </div>
  );
}

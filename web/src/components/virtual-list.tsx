// A list of any length that scrolls with the page: only the rows in sight are in the document, and the next page of answers is asked
// for before its end comes into sight.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';

interface VirtualListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** What one row shows; the row itself (an `li`) is made here. */
  render: (item: T, index: number) => ReactNode;
  /** Height of a row in pixels before it was measured. */
  estimate: number;
  label: string;
  className?: string;
  rowClassName?: string;
  /** More can be asked for with `onEnd`. */
  hasMore: boolean;
  onEnd: () => void;
  /** Row to bring into sight; null moves nothing. */
  show?: number | null;
}

/** Rows that are kept ready above and below what is seen. */
const overscan = 8;

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, keyOf, render, estimate, label, className, rowClassName, hasMore, onEnd, show = null } = props;
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const place = list.current?.getBoundingClientRect().top ?? 0;
    setTop(place + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => estimate,
    overscan,
    scrollMargin: top,
    getItemKey: (index) => keyOf(items[index] as T),
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= items.length - overscan) onEnd();
  }, [hasMore, last, items.length, onEnd]);
  useEffect(() => {
    if (show !== null) virtualizer.scrollToIndex(show);
  }, [show, virtualizer]);
  return (
    <ul
      ref={list}
      aria-label={label}
      className={className}
      style={{ position: 'relative', height: virtualizer.getTotalSize() }}
    >
      {rows.map(({ key, index, start }) => (
        <li
          key={key}
          ref={virtualizer.measureElement}
          data-index={index}
          aria-posinset={index + 1}
          aria-setsize={hasMore ? -1 : items.length}
          className={rowClassName}
          style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start - top}px)` }}
        >
          {render(items[index] as T, index)}
        </li>
      ))}
    </ul>
  );
}

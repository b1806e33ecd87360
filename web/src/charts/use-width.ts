// The width that an element has on the page, so that a drawing can use real pixels: text and lines keep their size.
import { useLayoutEffect, useRef, useState } from 'react';

export function useWidth<E extends HTMLElement>(): { ref: React.RefObject<E | null>; width: number } {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

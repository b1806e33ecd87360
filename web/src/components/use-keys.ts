// Single keys that act on the page, wherever no text is being typed and no dialog or menu is open.
import { useEffect, useRef } from 'react';
import { nothingTyped, typeKey } from '../shell/key-sequences.ts';

export type KeyActions = Record<string, () => void>;

export function useKeys(actions: KeyActions): void {
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    let typed = nothingTyped;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      // "g r" leads to another page; its "r" must not resolve anything on this one.
      const sequence = typeKey(typed, event.key, event.timeStamp);
      typed = sequence.typed;
      const act = current.current[event.key];
      if (act === undefined || sequence.command !== null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** Keys belong to text fields, and to what lies above the page. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return true;
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

// A box whose content scrolls, reachable by keys and named for those who do not see it.
import type { CSSProperties, ReactNode, Ref } from 'react';

interface ScrollBoxProps {
  label: string;
  className?: string;
  style?: CSSProperties;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}

export function ScrollBox({ label, className, style, ref, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section ref={ref} className={className} style={style} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

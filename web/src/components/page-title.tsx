// The one h1 of a page: it names the browser tab too, and takes the focus when the page changes, so that screen readers announce it.
import { Title } from '@mantine/core';
import { useEffect, useRef } from 'react';

let firstPage = true;

export function PageTitle({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · Losswatch`;
  }, [children]);
  useEffect(() => {
    // The browser itself announces the first page.
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, []);
  return (
    <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Title>
  );
}

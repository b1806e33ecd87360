// The dashboard as a whole: the theme, the clock, and the page that the address names.
import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { NowProvider } from './components/now-context.tsx';
import { router } from './router.tsx';
import { styleNonce } from './style-nonce.ts';
import { cssVariablesResolver, theme } from './theme.ts';

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <NowProvider>
        <RouterProvider router={router} />
      </NowProvider>
    </MantineProvider>
  );
}

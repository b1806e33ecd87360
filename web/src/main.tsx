// Mounts the dashboard, in the reader's language from the first sight on.
import '@mantine/core/styles.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startI18n } from './i18n/i18n.ts';
import { restoreSession } from './session.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
// Names, logs and the other language may be Chinese in any language: the list of the font's slices follows, and a slice comes when a
// sign of it is shown and the machine has no font for it.
void import('./chinese-font.ts');
void restoreSession();
await startI18n();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

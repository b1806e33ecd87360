// Mantine's theme: bundled fonts, and shades with enough contrast to read.
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** The machine's own Chinese font first; the bundled one is loaded slice by slice where there is none. */
const chineseFonts =
  '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans SC Variable"';

export const theme = createTheme({
  // A blue-tinted grey in place of Mantine's neutral one, from text to the darkest surface.
  colors: {
    dark: [
      '#d7dbe0',
      '#a3abb5',
      '#8f98a3',
      '#6b7480',
      '#3a4049',
      '#2b3037',
      '#22262c',
      '#1b1e23',
      '#14161a',
      '#101215',
    ],
  },
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'md',
  fontFamily: `"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, ${chineseFonts}, sans-serif`,
  fontFamilyMonospace: `"JetBrains Mono Variable", ui-monospace, Menlo, Consolas, ${chineseFonts}, monospace`,
  headings: { fontWeight: '650' },
});

/** Surfaces, and shades that reach a contrast of 4.5:1 on them where Mantine's own do not. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page-background': '#f7f8fa',
    '--side-background': '#f1f3f6',
    '--quiet-text': 'var(--mantine-color-gray-7)',
    '--severity-critical': '#c92a2a',
    '--severity-warning': '#b35309',
    '--notice-background': '#fff3dc',
    '--notice-text': '#6b3b00',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': '#c02525',
    '--mantine-color-orange-light-color': '#a33a00',
    '--mantine-color-red-light-color': '#b32020',
    '--mantine-color-teal-light-color': '#066649',
    '--mantine-color-default-border': '#dfe3e8',
  },
  dark: {
    '--page-background': '#14161a',
    '--side-background': '#101215',
    '--quiet-text': 'var(--mantine-color-dark-1)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--severity-critical': '#ff7b7b',
    '--severity-warning': '#ffb067',
    '--notice-background': '#3b2a0e',
    '--notice-text': '#ffd9a0',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-default-border': '#31363e',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
  },
});

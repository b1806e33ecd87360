// Mantine's theme: bundled fonts, and shades with enough contrast to read.
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** The machine's own Chinese font first; the bundled one is loaded slice by slice where there is none. */
const chineseFonts =
  '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans SC Variable"';

export const theme = createTheme({
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
    '--notice-background': '#fff3dc',
    '--notice-text': '#6b3b00',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': '#c02525',
    '--mantine-color-orange-light-color': '#a33a00',
    '--mantine-color-red-light-color': '#b32020',
    '--mantine-color-default-border': '#dfe3e8',
  },
  dark: {
    '--page-background': '#14161a',
    '--side-background': '#101215',
    '--quiet-text': 'var(--mantine-color-dark-1)',
    '--notice-background': '#3b2a0e',
    '--notice-text': '#ffd9a0',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-body': '#1b1e23',
    '--mantine-color-text': '#d7dbe0',
    '--mantine-color-default': '#22262c',
    '--mantine-color-default-hover': '#282d34',
    '--mantine-color-default-border': '#31363e',
    '--mantine-color-dimmed': '#a3abb5',
    '--mantine-color-placeholder': '#8f98a3',
  },
});

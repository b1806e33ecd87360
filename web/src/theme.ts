// Mantine's theme: system fonts (no font is downloaded), and shades with enough contrast to read.
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

const chineseFonts = '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: `system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", ${chineseFonts}, sans-serif`,
  fontFamilyMonospace: `ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", ${chineseFonts}, monospace`,
  headings: { fontWeight: '650' },
});

/** The page's background behind the cards, and shades that reach a contrast of 4.5:1 on both where Mantine's own do not. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page-background': 'var(--mantine-color-gray-0)',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-orange-light-color': '#a33a00',
  },
  dark: {
    '--page-background': 'var(--mantine-color-dark-8)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
  },
});

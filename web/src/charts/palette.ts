// Colours of curves: told apart by people who do not see red or green (after Okabe and Ito), bright enough on dark and dark enough on light.

const light = ['#3b5bdb', '#d9480f', '#087f5b', '#9c36b5', '#b08800', '#0b7285', '#c2255c', '#5c6f82'];
const dark = ['#7b93ff', '#ff9254', '#3ecf9a', '#d68cf0', '#f0c53c', '#45c5dd', '#ff83ad', '#9fb2c4'];

export function curveColor(index: number, isDark: boolean): string {
  const colors = isDark ? dark : light;
  return colors[index % colors.length] as string;
}

export interface ChartColors {
  text: string;
  grid: string;
  critical: string;
  warning: string;
  info: string;
}

export function chartColors(isDark: boolean): ChartColors {
  return isDark
    ? { text: '#a3abb5', grid: '#2a2f36', critical: '#ff6b6b', warning: '#ffa94d', info: '#74c0fc' }
    : { text: '#5b6572', grid: '#e9ecf0', critical: '#d42a2a', warning: '#c25e00', info: '#1971c2' };
}

// The pages that the navigation names, in its order, each with the second key of its shortcut ("g" and then that key).

export const navigation = [
  { to: '/', name: 'overview', key: 'o' },
  { to: '/incidents', name: 'incidents', key: 'i' },
  { to: '/runs', name: 'runs', key: 'r' },
  { to: '/diagnose', name: 'diagnose', key: 'd' },
  { to: '/alerts', name: 'alerts', key: 'a' },
  { to: '/settings', name: 'settings', key: 's' },
  { to: '/system', name: 'system', key: 'y' },
] as const;

export type PageName = (typeof navigation)[number]['name'];

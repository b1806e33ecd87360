// Versions as people and package managers write them, compared by PEP 440.
import { satisfies, valid } from '@renovatebot/pep440';

/** The version inside a text such as "2.3.1.post116", "2.2.x (message form)" or "v2.4.0-rc0"; null when there is none. */
export function parseVersion(text: string | null | undefined): string | null {
  const found = /\d+(?:\.\d+)*(?:[-.]?(?:a|b|rc|post|dev)\.?\d*)?(?:\+[\w.]+)?/i.exec(text ?? '');
  return found && valid(found[0]) ? found[0] : null;
}

/** Whether a version is in a PEP 440 specifier set, pre-releases included. */
export function isVersionIn(version: string, specifier: string): boolean {
  return satisfies(version, specifier, { prereleases: true });
}

// What every JSON body is checked for before any schema: bounded depth, keys that would poison a prototype, text that cannot be stored,
// numbers that were lost in parsing.
import { type FieldProblem, PublicError } from '../../contracts/errors.ts';

export interface CleanOptions {
  /** Objects and arrays nested in each other below the body itself. */
  maxDepth: number;
  /** The route judges names and numbers one by one and refuses them by index (metric points). */
  itemsAreJudgedByRoute: boolean;
}

/**
 * Checks a parsed body in place and answers it; lone surrogates in strings become U+FFFD, because no UTF-8 can hold them.
 * @throws PublicError `invalid_request` naming the JSON pointer of the first problem.
 */
export function cleanJson(body: unknown, options: CleanOptions): unknown {
  return clean(body, '', 0, options);
}

function clean(value: unknown, path: string, depth: number, options: CleanOptions): unknown {
  if (typeof value === 'string') return options.itemsAreJudgedByRoute ? value : cleanText(value, path);
  if (typeof value === 'number') {
    if (Number.isFinite(value) || options.itemsAreJudgedByRoute) return value;
    throw refused(path, 'is a number too large for a 64-bit float (at most 1.8e308)');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > options.maxDepth) throw refused(path, `is nested deeper than ${options.maxDepth} levels`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index];
      if (typeof item !== 'number' || !Number.isFinite(item))
        value[index] = clean(item, `${path}/${index}`, depth + 1, options);
    }
    return value;
  }
  return cleanObject(value as Record<string, unknown>, path, depth, options);
}

function cleanObject(
  value: Record<string, unknown>,
  path: string,
  depth: number,
  options: CleanOptions,
): Record<string, unknown> {
  for (const key of Object.keys(value)) {
    const itemPath = `${path}/${pointerPart(key)}`;
    if (isPoison(key, value[key])) {
      if (options.itemsAreJudgedByRoute) continue;
      throw refused(itemPath, 'is a name that is not allowed');
    }
    const item = clean(value[key], itemPath, depth + 1, options);
    const name = options.itemsAreJudgedByRoute ? key : cleanText(key, itemPath);
    if (name !== key) delete value[key];
    if (name !== key || item !== value[key]) value[name] = item;
  }
  return value;
}

/** Names through which an object copied key by key would reach its prototype. */
function isPoison(key: string, value: unknown): boolean {
  const holdsPrototype = typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
  return key === '__proto__' || (key === 'constructor' && holdsPrototype);
}

function cleanText(text: string, path: string): string {
  if (text.includes('\0')) throw refused(path, 'holds a NUL character (\\u0000), which cannot be stored; remove it');
  return /\p{Cs}/u.test(text) ? text.replace(/\p{Cs}/gu, '\uFFFD') : text;
}

/** A key as a part of a JSON pointer (RFC 6901), short and printable. */
function pointerPart(key: string): string {
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return shown
    .replace(/~/g, '~0')
    .replace(/\//g, '~1')
    .replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
}

function refused(path: string, message: string): PublicError {
  const problem: FieldProblem = { path: path === '' ? '/' : path, message };
  return new PublicError('invalid_request', `${problem.path} ${message}.`, { errors: [problem] });
}

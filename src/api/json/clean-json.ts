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
  const { maxDepth, itemsAreJudgedByRoute } = options;
  if (!itemsAreJudgedByRoute) return clean(body, [], maxDepth);
  const deep = isObject(body) ? findTooDeep(body, maxDepth) : null;
  if (deep) throw tooDeep(deep, maxDepth);
  return body;
}

/** Keys and indices that lead to a value: made into a pointer only where there is something to say. */
type Path = (string | number)[];

function clean(value: unknown, path: Path, maxDepth: number): unknown {
  if (typeof value === 'string') return cleanText(value, path);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw refused(path, 'is a number too large for a 64-bit float (at most 1.8e308)');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > maxDepth) throw tooDeep(path, maxDepth);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index];
      if (typeof item === 'number' && Number.isFinite(item)) continue;
      path.push(index);
      value[index] = clean(item, path, maxDepth);
      path.pop();
    }
    return value;
  }
  return cleanObject(value as Record<string, unknown>, path, maxDepth);
}

function cleanObject(value: Record<string, unknown>, path: Path, maxDepth: number): Record<string, unknown> {
  for (const key of Object.keys(value)) {
    path.push(key);
    if (isPoison(key, value[key])) throw refused(path, 'is a name that is not allowed');
    const item = clean(value[key], path, maxDepth);
    const name = cleanText(key, path);
    if (name !== key) delete value[key];
    if (name !== key || item !== value[key]) value[name] = item;
    path.pop();
  }
  return value;
}

/**
 * Where an object is nested too deep; null if nowhere. Of a body whose items the route judges nothing else matters: the route looks at what it
 * knows and at nothing else.
 */
function findTooDeep(value: object, levelsLeft: number): Path | null {
  if (levelsLeft < 0) return [];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const below = isObject(value[index]) ? findTooDeep(value[index], levelsLeft - 1) : null;
      if (below) return [index, ...below];
    }
    return null;
  }
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    const below = isObject(item) ? findTooDeep(item, levelsLeft - 1) : null;
    if (below) return [key, ...below];
  }
  return null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tooDeep(path: Path, maxDepth: number): PublicError {
  return refused(path, `is nested deeper than ${maxDepth} levels`);
}

/** Names through which an object copied key by key would reach its prototype. */
function isPoison(key: string, value: unknown): boolean {
  const holdsPrototype = typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
  return key === '__proto__' || (key === 'constructor' && holdsPrototype);
}

function cleanText(text: string, path: Path): string {
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

function refused(path: Path, message: string): PublicError {
  const problem: FieldProblem = { path: `/${path.map((part) => pointerPart(String(part))).join('/')}`, message };
  return new PublicError('invalid_request', `${problem.path} ${message}.`, { errors: [problem] });
}

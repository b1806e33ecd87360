// Checks requests against their TypeBox schemas. Only query strings are converted (they have no numbers of their own): a body's "1" is
// not an integer.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type FieldProblem, PublicError } from '../../contracts/errors.ts';

const maxProblems = 20;

/** Schema of a body that the route reads as bytes. */
export const rawBodyFormat = 'binary';

interface PlainSchema {
  type?: string;
  format?: string;
  default?: unknown;
  properties?: Record<string, PlainSchema>;
}

/** Fastify's validator compiler: answers the value, or a PublicError `invalid_request` naming up to 20 fields with their limits. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const plain = schema as PlainSchema;
  if (plain.format === rawBodyFormat) return (value) => ({ value });
  const validator = Compile(schema);
  return (given) => {
    const value = httpPart === 'body' ? given : convertQuery(plain, given as Record<string, unknown>);
    const problems = [
      ...nulProblems(httpPart, value),
      ...(validator.Check(value) ? [] : describe(validator.Errors(value), httpPart, given)),
    ];
    return problems.length === 0 ? { value } : { error: refused(problems.slice(0, maxProblems)) };
  };
};

/** Problems of a value inside the body that has a schema of its own; `pointer` leads to it. */
export function findProblems(schema: TSchema, value: unknown, pointer: string): FieldProblem[] {
  const validator = Compile(schema);
  if (validator.Check(value)) return [];
  return describe(validator.Errors(value), 'body', value).map(({ path, message }) => ({
    path: path === 'body' ? pointer : `${pointer}${path}`,
    message,
  }));
}

/** @throws PublicError `invalid_request` when there are any. */
export function refuseProblems(problems: FieldProblem[]): void {
  if (problems.length > 0) throw refused(problems.slice(0, maxProblems));
}

function refused(problems: FieldProblem[]): PublicError {
  const [first] = problems as [FieldProblem];
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more, see errors)` : '';
  return new PublicError('invalid_request', `${first.path} ${first.message}${others}`, { errors: problems });
}

/** Numbers and defaults of a flat query string or of path parameters; what is not a plain decimal number stays text. */
function convertQuery(schema: PlainSchema, given: Record<string, unknown>): Record<string, unknown> {
  const converted: Record<string, unknown> = { ...given };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = converted[name];
    const numeric = property.type === 'integer' || property.type === 'number';
    if (value === undefined || (value === '' && numeric)) {
      if (value === '' || property.default !== undefined) converted[name] = property.default;
      if (converted[name] === undefined) delete converted[name];
    } else if (numeric && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) {
      converted[name] = Number(value);
    }
  }
  return converted;
}

/** Bodies are checked while they are parsed (json/clean-json.ts); a NUL in a query string comes as %00. */
function nulProblems(part: string | undefined, value: unknown): FieldProblem[] {
  if (part === 'body' || typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, text]) => typeof text === 'string' && text.includes('\0'))
    .map(([name]) => ({ path: pathOf(part, `/${name}`), message: 'holds a NUL character (%00); remove it' }));
}

interface SchemaError {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

/** The deepest errors say what is wrong; "must match a schema in anyOf" only helps where it stands alone. */
function describe(errors: SchemaError[], part: string | undefined, given: unknown): FieldProblem[] {
  if (part === 'body' && (given === undefined || given === null))
    return [{ path: 'body', message: 'is empty; send a JSON object' }];
  const byPath = new Map<string, Set<string>>();
  for (const error of errors) {
    const specific =
      error.keyword !== 'anyOf' ||
      errors.every((other) => other === error || !other.instancePath.startsWith(error.instancePath));
    for (const [path, message] of specific ? spell(error) : [])
      byPath.set(path, (byPath.get(path) ?? new Set()).add(message));
  }
  return [...byPath].map(([path, messages]) => ({ path: pathOf(part, path), message: [...messages].join(', or ') }));
}

function spell(error: SchemaError): [path: string, message: string][] {
  const params = error.params as { requiredProperties?: string[]; allowedValues?: unknown[] };
  if (error.keyword === 'required')
    return (params.requiredProperties ?? []).map((name) => [`${error.instancePath}/${name}`, 'is required']);
  if (error.keyword === 'enum' && params.allowedValues)
    return [[error.instancePath, `must be one of ${params.allowedValues.join(', ')}`]];
  return [[error.instancePath, error.message]];
}

function pathOf(part: string | undefined, pointer: string): string {
  const name = pointer.replace(/^\//, '');
  if (part === 'querystring') return `query:${name}`;
  if (part === 'params') return `param:${name}`;
  return part === 'headers' ? `header:${name}` : pointer === '' ? 'body' : pointer;
}

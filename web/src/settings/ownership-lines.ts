// Ownership rules as lines that are quick to type and to read.
import type { OwnershipRule } from '../../../src/contracts/projects.ts';

/** One rule a line: "class:loss-* path:**\/head.py tag:team=vision -> name". */
export function writeOwnership(rules: readonly OwnershipRule[]): string {
  return rules
    .map(({ class: failure, path, tag, assignee }) => {
      const parts = [failure && `class:${failure}`, path && `path:${path}`, tag && `tag:${tag}`].filter(Boolean);
      return `${[...parts, '->'].join(' ')} ${assignee}`;
    })
    .join('\n');
}

/** Empty lines count for nothing. `wrongLine` is the first line (from 1) that is no rule. */
export function parseOwnership(text: string): { rules: OwnershipRule[]; wrongLine: number | null } {
  const rules: OwnershipRule[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const rule = parseRule(line);
    if (rule === null) return { rules, wrongLine: index + 1 };
    rules.push(rule);
  }
  return { rules, wrongLine: null };
}

function parseRule(line: string): OwnershipRule | null {
  const [conditions, assignee, more] = line.split('->').map((part) => part.trim());
  if (conditions === undefined || assignee === undefined || assignee === '' || more !== undefined) return null;
  const rule: OwnershipRule = { assignee };
  for (const part of conditions.split(/\s+/).filter((word) => word !== '')) {
    const [, name, value] = /^(class|path|tag):(.+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || (name === 'tag' && !value.includes('='))) return null;
    rule[name as 'class' | 'path' | 'tag'] = value;
  }
  return rule;
}

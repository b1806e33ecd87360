// In which order the charts of a run stand: what is minimised first, then its parts, then rates and norms, then the machine.

const groups: readonly RegExp[] = [
  /^(train[_/.-]?)?(total[_/.-]?)?loss$/i,
  /loss/i,
  /(^|[_/.-])(acc|accuracy|map|ap|iou|f1|miou|bleu|ppl|perplexity|score)/i,
  /(^|[_/.-])(lr|learning[_/.-]?rate)/i,
  /(grad|norm|scale)/i,
];

export function orderMetrics(names: readonly string[]): string[] {
  const group = (name: string) => {
    const index = groups.findIndex((pattern) => pattern.test(name));
    return index === -1 ? groups.length : index;
  };
  return [...new Set(names)].sort((a, b) => group(a) - group(b) || a.localeCompare(b));
}

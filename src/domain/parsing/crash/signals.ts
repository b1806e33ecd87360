// Signals by number (Linux on x86 and ARM, signal(7)) and by the words that strsignal(3) and shells have for them.

const byNumber: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU',
};

const byWords: [RegExp, string][] = [
  [/^kill/i, 'SIGKILL'],
  [/^segmentation fault|^access violation/i, 'SIGSEGV'],
  [/^bus error/i, 'SIGBUS'],
  [/^abort/i, 'SIGABRT'],
  [/^floating[ -]point exception/i, 'SIGFPE'],
  [/^illegal (?:hardware )?instruction/i, 'SIGILL'],
  [/^terminat/i, 'SIGTERM'],
  [/^hangup/i, 'SIGHUP'],
  [/^trace/i, 'SIGTRAP'],
  [/^interrupt/i, 'SIGINT'],
];

export function signalOfNumber(number: number): string | null {
  return byNumber[number] ?? null;
}

/** "Segmentation fault", "killed", "SIGTERM". */
export function signalOfWords(words: string): string | null {
  if (/^SIG[A-Z]+\d?$/.test(words)) return words;
  return byWords.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

const accessViolation = new Set([-1073741819, 3221225477]);

/**
 * What a printed status says: Python and torch print -9 for a signal, shells and containers 128 + 9. A status above 128 that no signal has
 * stays an exit code.
 */
export function readStatus(status: number): { signal: string | null; exitCode: number | null } {
  if (accessViolation.has(status)) return { signal: 'SIGSEGV', exitCode: null };
  const signal = signalOfNumber(status < 0 ? -status : status - 128);
  return signal ? { signal, exitCode: null } : { signal: null, exitCode: status };
}

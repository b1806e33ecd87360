import { describe, expect, it } from 'vitest';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import * as texts from './crash-texts.ts';

const frames = (rank: number, error: string) =>
  `Traceback (most recent call last):\n  File "train.py", line 3, in f\n    x()\n${error}`.replaceAll(
    /^/gm,
    `[rank${rank}]: `,
  );
const link = '\n\nDuring handling of the above exception, another exception occurred:\n\n';
const raised = (error: string) => `Traceback (most recent call last):\n  File "a.py", line 3, in f\n    x()\n${error}`;

/** The first cause as "kind: what it says", and why. */
function firstCause(text: string) {
  const parsed = parseText(text, []);
  const cause = parsed.firstCause;
  if (!cause) return null;
  const said = {
    exception: () => parsed.traces[cause.index]?.chain[cause.exception ?? 0]?.message,
    assertion: () => parsed.assertions[cause.index]?.condition,
    'native-error': () => parsed.nativeErrors[cause.index]?.message,
    abort: () => parsed.aborts[cause.index]?.message,
    death: () => parsed.deaths[cause.index]?.signal,
    summary: () => parsed.summaries[cause.index]?.program,
    watchdog: () => parsed.watchdogs[cause.index]?.operation,
  }[cause.kind]();
  return { cause: `${cause.kind}: ${said}`, why: cause.why };
}

describe('findFirstCause', () => {
  it('is null for a text that reports nothing', () => {
    expect(firstCause('Epoch 1 loss 0.3\nsaved\n')).toBeNull();
  });

  it.each([
    ['the only exception', raised('ValueError: bad'), 'exception: bad', ['only']],
    [
      'the assertion of a kernel, over the error that surfaces later',
      texts.assertionFlood,
      'assertion: cur_target >= 0 && cur_target < n_classes',
      ['before-device-error'],
    ],
    [
      'the rank that failed first, over those that lost it',
      `${frames(1, 'RuntimeError: Connection closed by peer [10.0.0.7]:4242')}\n${frames(0, 'ValueError: bad')}`,
      'exception: bad',
      ['above-echoes'],
    ],
    [
      'the rank that the launcher names, over one that stands above it',
      `${frames(0, 'ValueError: late')}\n${frames(1, 'ValueError: early')}\n${texts.elasticSummary.replace('ValueError: bad box', '')}`,
      'exception: early',
      ['above-echoes', 'named-by-launcher'],
    ],
    [
      'the first of several exceptions that nothing tells apart',
      `${frames(0, 'ValueError: one')}\n${frames(1, 'KeyError: two')}`,
      'exception: one',
      ['first'],
    ],
    [
      'the original of a chain',
      raised(`ValueError: bad${link}${raised('RuntimeError: cannot go on')}`),
      'exception: bad',
      ['original'],
    ],
    [
      'what was raised after an exception that is often handled',
      raised(`queue.Empty${link}${raised('RuntimeError: lost a worker')}`),
      'exception: lost a worker',
      ['only'],
    ],
    [
      'the exception above the launcher that died of it',
      `${raised('ValueError: bad')}\n\n${raised("subprocess.CalledProcessError: Command '['python']' returned non-zero exit status 1.")}`,
      'exception: bad',
      ['above-echoes'],
    ],
    [
      'the exit that a launcher reports when nothing else is known',
      "subprocess.CalledProcessError: Command 'x' died with <Signals.SIGSEGV: 11>.",
      'death: SIGSEGV',
      ['above-echoes'],
    ],
    [
      "the kernel's word over the worker that it killed",
      `${raised('RuntimeError: DataLoader worker (pid 42) is killed by signal: Killed. ')}\n[9.1] Out of memory: Killed process 42 (python)\n`,
      'death: SIGKILL',
      ['above-echoes'],
    ],
    [
      'the native error that the watchdog met',
      texts.uncaught.split('\n').slice(2).join('\n'),
      'native-error: [PG ID 0 PG GUID 0(default_pg) Rank 3] Process group watchdog thread terminated with exception: CUDA error: an illegal memory access was encountered',
      ['above-echoes'],
    ],
    [
      'a real error over an exception that was ignored',
      `Exception ignored in: <function Loader.__del__ at 0x7f>\n${raised('AssertionError: can only test a child process')}\n\n${raised('ValueError: bad')}`,
      'exception: bad',
      ['above-echoes'],
    ],
    [
      'the stop from outside, over the interruption that follows',
      `Received 15 death signal, shutting down workers\n${raised('KeyboardInterrupt')}`,
      'death: SIGTERM',
      ['above-echoes'],
    ],
  ])('is %s', (_, text, cause, why) => {
    expect(firstCause(text)).toEqual({ cause, why });
  });

  it('marks echoes and says whose they are', () => {
    const text = [
      frames(0, 'ValueError: bad'),
      frames(1, 'ValueError: bad'),
      frames(2, 'ConnectionResetError: [Errno 104] Connection reset by peer'),
      raised('torch.distributed.elastic.multiprocessing.errors.ChildFailedError: '),
    ].join('\n\n');
    expect(parseText(text, []).traces.map(({ echo }) => echo)).toEqual([null, 'repeated', 'peer', 'launcher']);
  });
});

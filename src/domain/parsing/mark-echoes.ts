// Which traces only tell of a failure that happened elsewhere: in a child, in a worker, on another rank, or in an earlier trace.
import { firstLineOf } from './first-line.ts';
import type { EchoReason, ParsedException, ParsedTrace } from './types.ts';

const launcherType = /(?:^|\.)(?:ChildFailedError|CalledProcessError|ProcessExitedException|ProcessRaisedException)$/;
const launcherMessage =
  /^process \d+ terminated with (?:signal|exit code) |^-- Process \d+ terminated with the following error/;
const interruptedType = /(?:^|\.)(?:KeyboardInterrupt|SystemExit|SignalException|GeneratorExit)$/;
const workerType = /(?:^|\.)(?:BrokenProcessPool|WorkerCrashedError|ActorDiedError|RayActorError)$/;
const workerMessage = /DataLoader (?:worker|process) \(pid|^A process in the process pool was terminated abruptly/;
const peerType = /(?:^|\.)(?:ConnectionResetError|BrokenPipeError|RendezvousClosedError|RendezvousConnectionError)$/;
const peerMessage =
  /Connection closed by (?:remote )?peer|Connection reset by peer|remote process exited|ncclRemoteError|failed to recv, got 0 bytes|Broken pipe|Connection refused/;

/** Sets `echo` of every trace; `lines` are the text's. */
export function markEchoes(traces: ParsedTrace[], lines: readonly string[]): void {
  const seen = new Set<string>();
  for (const trace of traces) {
    const last = trace.chain.at(-1);
    if (!last) continue;
    const identity = `${last.type}: ${firstLineOf(last.message)}`;
    trace.echo = isIgnored(trace, lines)
      ? 'ignored'
      : (echoOf(trace.chain, last) ?? (seen.has(identity) ? 'repeated' : null));
    seen.add(identity);
  }
}

/** The exception that was raised finally decides; a launcher that quotes its child's traceback brings the cause itself. */
function echoOf(chain: ParsedException[], last: ParsedException): EchoReason | null {
  if (interruptedType.test(last.type)) return 'interrupted';
  const isQuoting = chain.length > 1 && last.link === 'quoted';
  if (launcherType.test(last.type) || launcherMessage.test(last.message)) return isQuoting ? null : 'launcher';
  if (isQuoting) return null;
  if (workerType.test(last.type) || workerMessage.test(last.message)) return 'worker';
  return peerType.test(last.type) || isPeerMessage(firstLineOf(last.message)) ? 'peer' : null;
}

/** Another rank went away, and this one noticed. */
export function isPeerMessage(message: string): boolean {
  return peerMessage.test(message);
}

/** The interpreter says it above the header, sometimes over two lines. */
function isIgnored(trace: ParsedTrace, lines: readonly string[]): boolean {
  const above = [1, 2].map((step) => lines[trace.lines[0] - step] ?? '');
  return (
    /Exception ignored (?:in|on)\b|^Error in (?:atexit|sys\.excepthook)/.test(above[0] ?? '') ||
    /Exception ignored in atexit/.test(above[1] ?? '')
  );
}

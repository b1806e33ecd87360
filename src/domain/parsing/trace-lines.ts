// How the single lines of a Python traceback are recognised. What a line means also depends on where it stands; that is the business of
// continue-block.ts. Grammar: CPython Lib/traceback.py and Python/traceback.c (3.6 to 3.13); Paddle: paddle/common/enforce.h.

export interface FrameLine {
  indent: number;
  file: string;
  line: number | null;
  function: string | null;
}

export interface FinalLine {
  type: string;
  message: string;
}

const headerMark = 'Traceback (most recent call last):';
/** Words before the mark that make it another thing: Paddle's native stack, its user-code stacks, IPython and groups. */
const otherStack = /(?:C\+\+|Compile|Forward|Group) $/;

export type HeaderKind = 'outer' | 'inner';

/**
 * A traceback's first line, with whatever the same physical line held before it (a log prefix, a progress bar). `inner` is the
 * header that PyTorch writes into the message of an exception that crossed a process (torch/_utils.py ExceptionWrapper).
 */
export function readHeader(text: string): { kind: HeaderKind; indent: number } | null {
  const line = text.trimEnd();
  if (!line.endsWith(headerMark)) return null;
  const before = line.slice(0, -headerMark.length);
  if (otherStack.test(before)) return null;
  return { kind: before.trim() === 'Original' ? 'inner' : 'outer', indent: before.trim() === '' ? before.length : 0 };
}

/** loguru marks the frame that caught with ">". */
const framePattern = /^(\s*(?:> )?)File "(.+)", line (\d{1,9})(?:, in (.+?))?\s*$/;

/** `File "path", line N[, in function]`; paths keep quotes, commas, colons and backslashes. */
export function readFrame(text: string): FrameLine | null {
  if (!text.includes('File "')) return null;
  const found = framePattern.exec(text);
  if (!found) return null;
  return { indent: found[1]?.length ?? 0, file: found[2] ?? '', line: Number(found[3]), function: found[4] ?? null };
}

const finalPattern =
  /^((?:[\p{L}_][\p{L}\p{N}_]*|<locals>)(?:\.(?:[\p{L}_][\p{L}\p{N}_]*|<locals>))*)(?: \(see above for traceback\))?(:)?(?: (.*))?$/u;
const maxTypeLength = 200;
const errorName =
  /(?:Error|Exception|Interrupt|Exit|Expired|EnforceNotMet|StopIteration|StopAsyncIteration|ExceptionGroup|^(?:cv2|struct|zlib|socket)\.error)$/;
const levelName = /^(?:trace|debug|info|warn|warning|error|critical|fatal|notice)$/i;

/**
 * A line that may end a block of frames: `qualified.Name` or `qualified.Name: message`. With `strict`, or when no message follows,
 * the name must look like an exception's, since `Word: text` and `Word` are how programs print anything.
 */
export function readFinal(text: string, strict: boolean): FinalLine | null {
  const found = finalPattern.exec(text.trimEnd());
  const [, type = '', colon, message] = found ?? [];
  const hasColon = colon !== undefined;
  if (type === '' || type.length > maxTypeLength || (message !== undefined && !hasColon)) return null;
  const namesError = errorName.test(type);
  const plausible =
    namesError || (!strict && hasColon && (type.includes('.') || /^\p{Lu}/u.test(type)) && !levelName.test(type));
  const bareDotted = !strict && !hasColon && type.includes('.');
  return plausible || bareDotted ? { type, message: message ?? '' } : null;
}

/**
 * An exception reported by one line alone (`ValueError: Target -1 is out of lower bound`). Only names that end like an exception's
 * count, with a message that is not just a measured number; `Error: ...` alone is how any program complains.
 */
export function readBareError(text: string): FinalLine | null {
  const final = readFinal(text, true);
  if (!final || final.type === 'Error' || final.message.trim() === '') return null;
  return /^[-+]?\d+\.\d+(?:[eE][-+]?\d+)?\s*$/.test(final.message) ? null : final;
}

/** What every line holds that may begin a report: a header, a frame, a failed assertion, an exception's line alone. */
export const opener =
  'Traceback \\(most recent call last\\)|File "|Assertion `|(?:Error|Exception|Interrupt|Exit|Expired|EnforceNotMet|StopIteration|StopAsyncIteration|ExceptionGroup|\\.error)(?: \\(see above for traceback\\))?: ';

const links = [
  'The above exception was the direct cause of the following exception:',
  'During handling of the above exception, another exception occurred:',
];

export function isLink(text: string): boolean {
  return links.includes(text.trim());
}

/** The first link: an exception raised from another one. */
export function isCauseLink(text: string): boolean {
  return text.trim() === links[0];
}

/** What mp.spawn writes into its message before the traceback of the process that failed (torch/multiprocessing/spawn.py). */
export function announcesInner(text: string): boolean {
  return /^-- Process \d+ terminated with the following error:\s*$/.test(text);
}

const marks = /^\s*[~^][~^ ]*$/;
const omission = /^\s*(?:\.\.\.(?:<\d+ lines?>\.\.\.)?|\[Previous line repeated \d+ more times?\])\s*$/;
const leftOutNotice = /^ {2}\[\d+ lines? left out\]$/;

/** loguru draws the values of a source line's names below it: they may hold anything, secrets too. */
export function isValueDrawing(text: string): boolean {
  return /^\s*[│└]/.test(text);
}

/** Lines under a frame that are not source text: error marks (3.11+), elided lines (3.13), repeated and left-out frames. */
export function isFrameOrnament(text: string): boolean {
  return marks.test(text) || omission.test(text) || leftOutNotice.test(text);
}

/** The line that stands for lines left out of the middle of a very long report. */
export function leftOutNoticeFor(lines: number): string {
  return `  [${lines} ${lines === 1 ? 'line' : 'lines'} left out]`;
}

export function isLeftOutNotice(text: string): boolean {
  return leftOutNotice.test(text);
}

/** Parts that Paddle, torch and old Paddle write into a message after an empty line. */
const messagePart =
  /^\s*(?:-{20,}\s*$|={20,}\s*$|C\+\+ Traceback \(|C\+\+ Call Stacks|Python Call Stacks|Error Message Summary:|In user code:|\[Hint: |\[operator < |\[GradNode < |Exception raised from )/;

export function isMessagePart(text: string): boolean {
  return messagePart.test(text);
}

/** After this line a message may hold lines that look like frames (Paddle's "In user code:" and "Python Call Stacks"). */
export function opensUserStack(text: string): boolean {
  return /^\s*(?:In user code:|Python Call Stacks|(?:Compile|Forward) Traceback)/.test(text);
}

const logLine = new RegExp(
  [
    String.raw`^\[\d{2}/\d{2} \d{2}:\d{2}:\d{2}\]`,
    String.raw`^\[?\d{4}[-/]\d{2}[-/]\d{2}[ T,]+\d{2}:\d{2}`,
    String.raw`^[IWEF](?:\d{4}|\d{8}) \d{2}:\d{2}:\d{2}`,
    String.raw`^\[[IWEF](?:\d{3,4} [\d:.]+)? ?[\w.]+:\d+\]`,
    String.raw`^\[?(?:LAUNCH )?(?:INFO|WARNING|WARN|ERROR|DEBUG|CRITICAL|FATAL)\]?[ :]`,
    '^wandb: ',
    String.raw`^\S+\.py:\d+: \w*Warning: `,
    String.raw`^.{0,200}?\d{1,3}%\|`,
    String.raw`^Exception (?:in thread|ignored in)\b`,
    String.raw`^Process \S+:$`,
    '^(?:Fatal Python error: |(?:Current thread|Thread) 0x|terminate called )',
  ].join('|'),
);

/** A line that begins something else, so that an exception's message ends before it. */
export function startsOtherOutput(text: string): boolean {
  return logLine.test(text);
}

const statement =
  /^\s*(?:[-+] *)?(?:(?:raise|except|elif|if|assert|throw|return|case|catch|static|const|let|var|def|func|fn) ?[\w(*'"{[]|\} ?catch\b|with pytest\b|(?:f?printf|print|throw|expect|console\.\w+|logg(?:er|ing)\.\w+)\()/;
const statementEnd = /[:;{}(),"'`\]\\]\s*$/;
const quoting = /^\s*(?:[-+] *)?(?:# |"""|raise [\w.]{1,100}\(|\/\/ |\/\* |@\w+\.)|^\s*\|[^|]{0,200}`/;

/** A line of a program or of its documentation: it holds the words of a failure that may happen, not of one that did. */
export function isSourceCode(text: string): boolean {
  return quoting.test(text) || (statement.test(text) && statementEnd.test(text));
}

/** One thread's failed device assertion (Paddle: `Error: file:line Assertion ...`; CUDA: `block: [..], thread: [..] Assertion ...`). */
export function isDeviceAssertion(text: string): boolean {
  return (
    text.includes('Assertion `') &&
    /^Error: .+:\d+ Assertion `|block: \[[\d,]+\], thread: \[[\d,]+\] Assertion `/.test(text)
  );
}

const installed =
  /\/(?:site|dist)-packages\/|\/lib(?:64)?\/python\d|\/(?:python\d*|anaconda\d?|miniconda\d?|envs\/[^/]+)\/lib\/[^/]|^<frozen /i;
/** Package folders of a framework, absolute or relative (logs often cut the path before them). */
const framework =
  /^(?:paddle|torch|torchvision|tensorflow|keras)\/|\/(?:paddle|torch)\/(?:_|nn|utils|optim|autograd|distributed|cuda|amp|multiprocessing|fluid|tensor|framework|base|io|jit|optimizer|static|hapi)\b/;

/** Whether a frame's file belongs to the person's own code, not to an installed package or the interpreter. */
export function isInApp(file: string): boolean {
  const path = file.replaceAll('\\', '/');
  return !installed.test(path) && !framework.test(path);
}

// One traceback: the exception, its frames with the library's part folded, and the whole text with the telling lines marked.
import { Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { Section } from '../components/section.tsx';
import { type Frame, foldFrames } from './fold-frames.ts';
import classes from './traceback.module.css';

/** The traceback of a diagnosis, as a part of a page. */
export function Traceback({ exception, matched }: Pick<Incident, 'exception' | 'matched'>) {
  const { t } = useTranslation('incident');
  if (exception === null && matched.length === 0) return null;
  return (
    <Section title={t('traceback')}>
      <Paper withBorder p="md">
        <TracebackBody exception={exception} matched={matched} text={null} />
      </Paper>
    </Section>
  );
}

interface TracebackProps extends Pick<Incident, 'exception' | 'matched'> {
  /** The whole text; null when only what the diagnosis kept is known. */
  text: string | null;
}

export function TracebackBody({ exception, matched, text }: TracebackProps) {
  const { t } = useTranslation('incident');
  return (
    <Stack gap="sm">
      {exception && (
        <>
          <Text ff="monospace" size="sm" className={classes.message}>
            <strong>{exception.type}</strong>
            {exception.message !== '' && `: ${exception.message}`}
          </Text>
          <Frames frames={exception.frames} />
        </>
      )}
      <MarkedText
        label={t('matchedLines')}
        lines={matched.map(({ line, text: words }) => ({ line, text: words, telling: true }))}
      />
      {text !== null && text.trim() !== '' && <WholeText text={text} matched={matched} />}
    </Stack>
  );
}

function Frames({ frames }: { frames: readonly Frame[] }) {
  if (frames.length === 0) return null;
  return (
    <ol className={classes.frames}>
      {foldFrames(frames).map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a traceback never changes its order
        <li key={index}>
          {group.kind === 'shown' ? (
            <FrameLine frame={group.frame} raised={group.frame === frames.at(-1)} />
          ) : (
            <FoldedFrames frames={group.frames} />
          )}
        </li>
      ))}
    </ol>
  );
}

function FoldedFrames({ frames }: { frames: readonly Frame[] }) {
  const { t } = useTranslation('incident');
  const [open, setOpen] = useState(false);
  const listId = useId();
  return (
    <>
      <UnstyledButton
        className={classes.fold}
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">{open ? '▾' : '▸'}</span> {t('libraryFrames', { count: frames.length })}
      </UnstyledButton>
      {open && (
        <ol className={classes.frames} id={listId}>
          {frames.map((frame, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a traceback never changes its order
            <li key={index}>
              <FrameLine frame={frame} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** `raised`: the frame in which the exception was raised. */
function FrameLine({ frame, raised = false }: { frame: Frame; raised?: boolean }) {
  const { t } = useTranslation('incident');
  return (
    <div className={classes.frame} data-library={!frame.in_app || undefined} data-raised={raised || undefined}>
      <strong>{frame.function ?? '?'}</strong>
      <span className={classes.file}>
        {frame.file}
        {frame.line !== null && ` · ${t('line', { line: frame.line })}`}
      </span>
    </div>
  );
}

interface TextLine {
  line: number;
  text: string;
  telling: boolean;
}

/** Longer texts are cut in their middle: their beginning and their end tell the most. */
const maxLines = 600;

function WholeText({ text, matched }: { text: string; matched: Incident['matched'] }) {
  const { t } = useTranslation('incident');
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.whole} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('wholeText')}</summary>
      {open && <MarkedText label={t('wholeText')} lines={markLines(text, matched)} />}
    </details>
  );
}

function markLines(text: string, matched: Incident['matched']): TextLine[] {
  const telling = new Set(matched.map(({ line }) => line));
  const lines = text
    .split(/\r?\n/)
    .map((words, index) => ({ line: index + 1, text: words, telling: telling.has(index + 1) }));
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines / 2), ...lines.slice(-maxLines / 2)];
}

function MarkedText({ label, lines }: { label: string; lines: readonly TextLine[] }) {
  if (lines.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={classes.text} tabIndex={0} aria-label={label}>
      {lines.map(({ line, text, telling }) => (
        <div key={line} className={classes.textLine} data-telling={telling || undefined}>
          <span className={classes.lineNumber} aria-hidden="true">
            {line}
          </span>
          <code>{text}</code>
        </div>
      ))}
    </section>
  );
}

// The exception with its frames, library frames folded, and the lines of the text that decided the class.
import { Code, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { Section } from '../components/section.tsx';
import { type Frame, foldFrames } from './fold-frames.ts';
import classes from './traceback.module.css';

export function Traceback({ exception, matched }: Pick<Incident, 'exception' | 'matched'>) {
  const { t } = useTranslation('incident');
  if (exception === null && matched.length === 0) return null;
  return (
    <Section title={t('traceback')}>
      <Paper withBorder p="md">
        <Stack gap="md">
          {exception && (
            <>
              <Text ff="monospace" size="sm" className={classes.message}>
                <strong>{exception.type}</strong>
                {exception.message !== '' && `: ${exception.message}`}
              </Text>
              <Frames frames={exception.frames} />
            </>
          )}
          <MatchedLines matched={matched} />
        </Stack>
      </Paper>
    </Section>
  );
}

function Frames({ frames }: { frames: readonly Frame[] }) {
  if (frames.length === 0) return null;
  return (
    <ol className={classes.frames}>
      {foldFrames(frames).map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a traceback never changes its order
        <li key={index}>
          {group.kind === 'shown' ? <FrameLine frame={group.frame} /> : <FoldedFrames frames={group.frames} />}
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

function FrameLine({ frame }: { frame: Frame }) {
  const { t } = useTranslation('incident');
  return (
    <div className={classes.frame} data-library={!frame.in_app || undefined}>
      <strong>{frame.function ?? '?'}</strong>
      <span className={classes.file}>
        {frame.file}
        {frame.line !== null && ` · ${t('line', { line: frame.line })}`}
      </span>
    </div>
  );
}

function MatchedLines({ matched }: Pick<Incident, 'matched'>) {
  const { t } = useTranslation('incident');
  if (matched.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={6}>
        {t('matchedLines')}
      </Title>
      <Code block tabIndex={0} aria-label={t('matchedLines')}>
        {matched.map(({ line, text }) => `${String(line).padStart(5)}  ${text}`).join('\n')}
      </Code>
    </div>
  );
}

// What happened to the incident, newest first, with the comments of those who follow it.
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { useComment } from '../api/incident-changes.ts';
import { useRole } from '../api/use-api.ts';
import { Ago } from '../components/ago.tsx';
import { ErrorWords } from '../components/error-words.tsx';
import { Section } from '../components/section.tsx';
import classes from './timeline.module.css';

const shownAtFirst = 12;

export function Timeline({ incident: { id, timeline } }: { incident: Pick<Incident, 'id' | 'timeline'> }) {
  const { t } = useTranslation('incident');
  const [all, setAll] = useState(false);
  const mayChange = useRole() === 'admin';
  const newestFirst = timeline.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const shown = all ? newestFirst : newestFirst.slice(0, shownAtFirst);
  return (
    <Section title={t('timeline')}>
      {mayChange && <CommentForm id={id} />}
      <ol className={classes.list}>
        {shown.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.text}`} className={classes.entry} data-kind={entry.kind}>
            <Text size="sm" className={classes.text}>
              {entry.text}
            </Text>
            <Text size="xs" c="dimmed">
              <Ago time={entry.at} /> · {entry.actor}
            </Text>
          </li>
        ))}
      </ol>
      {shown.length < newestFirst.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t('showAllEntries', { count: newestFirst.length })}
        </Button>
      )}
    </Section>
  );
}

function CommentForm({ id }: { id: string }) {
  const { t } = useTranslation('incident');
  const { mutate, isPending, error } = useComment(id);
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '' && !isPending) mutate(text.trim(), { onSuccess: () => setText('') });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea
          aria-label={t('comment')}
          placeholder={t('commentHint')}
          value={text}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={10_000}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          }}
        />
        {(text.trim() !== '' || error) && (
          <Group justify="space-between">
            <Text size="xs" c={error ? 'var(--mantine-color-error)' : 'dimmed'} role={error ? 'alert' : undefined}>
              {error ? <ErrorWords error={error} /> : t('commentKeys')}
            </Text>
            <Button type="submit" size="compact-sm" loading={isPending}>
              {t('sendComment')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

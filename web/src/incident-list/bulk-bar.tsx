// What is done to the selected incidents together, and which of them refused it.
import { Button, Group, Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkAnswer, IncidentPatch } from '../api/incident-changes.ts';
import { ErrorWords } from '../components/error-words.tsx';
import { MuteMenu } from '../incident/mute-menu.tsx';
import classes from './bulk-bar.module.css';

interface BulkBarProps {
  count: number;
  busy: boolean;
  answer: BulkAnswer | undefined;
  error: Error | null;
  muting: boolean;
  onMuting: (muting: boolean) => void;
  onChange: (patch: IncidentPatch) => void;
  onMerge: () => void;
  onClear: () => void;
}

export function BulkBar({ count, busy, answer, error, muting, onMuting, onChange, onMerge, onClear }: BulkBarProps) {
  const { t } = useTranslation(['incidents', 'incident']);
  const failed = answer?.failed ?? [];
  return (
    <Paper withBorder shadow="md" className={classes.bar} role="toolbar" aria-label={t('selected', { count })}>
      <Group gap="xs">
        <Text size="sm" fw={600} aria-live="polite">
          {t('selected', { count })}
        </Text>
        <Button size="xs" variant="default" loading={busy} onClick={() => onChange({ state: 'acknowledged' })}>
          {t('incident:acknowledge')}
        </Button>
        <Button size="xs" loading={busy} onClick={() => onChange({ state: 'resolved' })}>
          {t('incident:resolve')}
        </Button>
        <MuteMenu
          opened={muting}
          onChange={onMuting}
          muted={false}
          offersUnmute
          disabled={busy}
          size="xs"
          onMute={(mute) => onChange({ mute })}
        />
        {count > 1 && (
          <Button size="xs" variant="default" disabled={busy} title={t('mergeHint')} onClick={onMerge}>
            {t('merge')}
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={onClear}>
          {t('clearSelection')}
        </Button>
      </Group>
      {(error || failed.length > 0) && (
        <Text size="xs" role="alert" c="var(--mantine-color-error)">
          {error ? (
            <ErrorWords error={error} />
          ) : (
            t('someFailed', { count: failed.length, why: failed[0]?.detail ?? '' })
          )}
        </Text>
      )}
    </Paper>
  );
}

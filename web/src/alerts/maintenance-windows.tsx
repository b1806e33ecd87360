// Maintenance windows: times, once or repeated, in which messages are held back.
import { Badge, Button, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type MaintenanceWindow,
  useDeleteWindow,
  useMaintenanceWindows,
  useSaveWindow,
} from '../api/alert-rule-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { useRole } from '../api/use-api.ts';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { FormFrame } from './form-frame.tsx';
import { browserZone, fromLocalInput, toLocalInput } from './local-input.ts';
import { fromRows, toRows } from './matcher-rows.ts';
import { Matchers, MatchersField } from './matchers.tsx';
import { TimeRange } from './time-range.tsx';
import { ZoneField } from './zone-field.tsx';

export function MaintenanceWindows() {
  const { t } = useTranslation('alerts');
  const { data, error, refetch } = useMaintenanceWindows();
  const mayChange = useRole() === 'admin';
  /** The id of the window whose form is open; null: that of a new one. */
  const [edited, setEdited] = useState<string | null | undefined>(undefined);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const done = () => setEdited(undefined);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex={1} miw={200}>
          {t('windowsHint')}
        </Text>
        {mayChange && edited === undefined && <Button onClick={() => setEdited(null)}>{t('addWindow')}</Button>}
      </Group>
      {edited === null && <WindowForm window={null} onDone={done} />}
      {data.items.length === 0 && edited === undefined && <Text>{t('noWindows')}</Text>}
      <ul className={classes.cards} aria-label={t('tab.maintenance')}>
        {data.items.map((window) => (
          <li key={window.id}>
            {edited === window.id ? (
              <WindowForm window={window} onDone={done} />
            ) : (
              <WindowCard window={window} mayChange={mayChange} onEdit={() => setEdited(window.id)} />
            )}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

interface WindowCardProps {
  window: MaintenanceWindow;
  mayChange: boolean;
  onEdit: () => void;
}

function WindowCard({ window, mayChange, onEdit }: WindowCardProps) {
  const { t } = useTranslation('alerts');
  const { time } = useFormat();
  const remove = useDeleteWindow(window.id);
  const { repeat } = window;
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap="xs" className={classes.main}>
          <Group gap="sm">
            <Text fw={600}>{window.name}</Text>
            {window.active && (
              <Badge variant="dot" tt="none" radius="sm" color="orange">
                {t('activeNow')}
              </Badge>
            )}
          </Group>
          <Matchers matchers={window.matchers} />
          <Text size="xs" c="dimmed">
            {time(window.starts_at)} – {time(window.ends_at)}
            {repeat && ` · ${t(`repeatsEach.${repeat.every}`)} (${repeat.time_zone})`}
          </Text>
        </Stack>
        {mayChange && (
          <Group gap="xs">
            <Button size="xs" variant="default" aria-label={t('editOne', { name: window.name })} onClick={onEdit}>
              {t('edit')}
            </Button>
            <ConfirmButton
              label={t('delete')}
              sureLabel={t('deleteSure')}
              about={window.name}
              loading={remove.isPending}
              onConfirm={() => remove.mutate()}
            />
            <ErrorText error={remove.error} />
          </Group>
        )}
      </Group>
    </Paper>
  );
}

const repeats = ['once', 'day', 'week'] as const;
const fieldPaths = ['/name', '/matchers', '/starts_at', '/ends_at', '/repeat'];

/** `window` null: a new one, an hour from now. */
function WindowForm({ window, onDone }: { window: MaintenanceWindow | null; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  const save = useSaveWindow(window?.id ?? null);
  const [name, setName] = useState(window?.name ?? '');
  const [rows, setRows] = useState(() => toRows(window?.matchers ?? []));
  const inputOf = (time: string | undefined, hoursFromNow: number) =>
    toLocalInput(time === undefined ? Date.now() + hoursFromNow * 3_600_000 : Date.parse(time));
  const [range, setRange] = useState(() => ({
    starts: inputOf(window?.starts_at, 1),
    ends: inputOf(window?.ends_at, 3),
  }));
  const [every, setEvery] = useState<(typeof repeats)[number]>(window?.repeat?.every ?? 'once');
  const [zone, setZone] = useState(window?.repeat?.time_zone ?? browserZone);
  const errors = placeErrors(save.error, fieldPaths);
  const submit = () => {
    const fields = {
      name: name.trim(),
      matchers: fromRows(rows),
      starts_at: fromLocalInput(range.starts) ?? '',
      ends_at: fromLocalInput(range.ends) ?? '',
      repeat: every === 'once' ? null : { every, time_zone: zone },
    };
    save.mutate(fields, { onSuccess: onDone });
  };
  return (
    <FormFrame
      title={window === null ? t('newWindow') : t('changeWindow', { name: window.name })}
      label={t(window === null ? 'makeWindow' : 'save')}
      isPending={save.isPending}
      error={errors.rest}
      onSubmit={submit}
      onCancel={onDone}
    >
      <TextInput
        label={t('name')}
        required
        maxLength={200}
        value={name}
        error={errors.at('/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MatchersField rows={rows} description={t('windowMatchersHint')} errors={errors} onChange={setRows} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TimeRange value={range} errors={errors} onChange={setRange} />
        <NativeSelect
          label={t('repeat')}
          value={every}
          data={repeats.map((value) => ({ value, label: t(`repeatsEach.${value}`) }))}
          onChange={(event) => setEvery(readChoice(repeats, event.currentTarget.value) ?? 'once')}
        />
        {every !== 'once' && <ZoneField value={zone} error={errors.at('/repeat/time_zone')} onChange={setZone} />}
      </SimpleGrid>
    </FormFrame>
  );
}

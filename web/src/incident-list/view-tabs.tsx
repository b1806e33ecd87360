// The views of the list: the usual ones, those the reader saved, and saving the present one.
import { ActionIcon, Button, Group, Popover, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localStore } from '../browser-store.ts';
import type { IncidentSearch } from '../search/incidents.ts';
import { stringifySearch } from '../search/params.ts';
import { readViews, withView } from './saved-views.ts';

const storageKey = 'losswatch.incident-views';

interface ViewTabsProps {
  search: IncidentSearch;
  onChoose: (search: IncidentSearch) => void;
}

export function ViewTabs({ search, onChoose }: ViewTabsProps) {
  const { t } = useTranslation('incidents');
  const [views, setViews] = useState(() => readViews(localStore.get(storageKey)));
  const change = (next: typeof views) => {
    localStore.set(storageKey, JSON.stringify(next));
    setViews(next);
  };
  const usual: { name: string; search: IncidentSearch }[] = [
    { name: t('viewAll'), search: {} },
    { name: t('viewOpen'), search: { state: 'open' } },
    { name: t('viewCritical'), search: { state: 'open', severity: 'critical' } },
    { name: t('viewAcknowledged'), search: { state: 'acknowledged' } },
  ];
  const isShown = (view: IncidentSearch) => stringifySearch({ ...view }) === stringifySearch({ ...search });
  return (
    <Group gap={6} role="group" aria-label={t('views')}>
      {usual.map((view) => (
        <ViewButton
          key={view.name}
          name={view.name}
          active={isShown(view.search)}
          onClick={() => onChoose(view.search)}
        />
      ))}
      {views.map((view) => (
        <Group key={view.name} gap={0} wrap="nowrap">
          <ViewButton name={view.name} active={isShown(view.search)} onClick={() => onChoose(view.search)} />
          <ActionIcon
            size={22}
            variant="subtle"
            color="gray"
            aria-label={t('forgetView', { name: view.name })}
            onClick={() => change(views.filter(({ name }) => name !== view.name))}
          >
            ×
          </ActionIcon>
        </Group>
      ))}
      <SaveView onSave={(name) => change(withView(views, { name, search }))} />
    </Group>
  );
}

function ViewButton({ name, active, onClick }: { name: string; active: boolean; onClick: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant={active ? 'light' : 'subtle'}
      color={active ? undefined : 'gray'}
      aria-pressed={active}
      onClick={onClick}
    >
      {name}
    </Button>
  );
}

function SaveView({ onSave }: { onSave: (name: string) => void }) {
  const { t } = useTranslation('incidents');
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onSave(name.trim());
    setName('');
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start">
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setOpened(!opened)}>
          + {t('saveView')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Group align="flex-end" gap="xs">
            <TextInput
              label={t('viewName')}
              value={name}
              maxLength={60}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit">{t('saveView')}</Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

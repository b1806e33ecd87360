// Who looks after the incident: a name to type, or oneself.
import { Button, Group, Popover, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../session.ts';

interface AssignButtonProps {
  assignee: string | null;
  onAssign: (assignee: string | null) => void;
  disabled: boolean;
}

export function AssignButton({ assignee, onAssign, disabled }: AssignButtonProps) {
  const { t } = useTranslation('incident');
  const session = useSession();
  const me = session.status === 'in' ? session.session.name : null;
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const assign = (to: string | null) => {
    setOpened(false);
    onAssign(to);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') assign(name.trim());
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          disabled={disabled}
          onClick={() => {
            setName(assignee ?? '');
            setOpened(!opened);
          }}
        >
          {assignee ?? t('assign')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t('assignee')}
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <Group gap="xs">
              <Button type="submit" size="xs">
                {t('assign')}
              </Button>
              {me !== null && me !== assignee && (
                <Button size="xs" variant="default" onClick={() => assign(me)}>
                  {t('assignToMe', { name: me })}
                </Button>
              )}
              {assignee !== null && (
                <Button size="xs" variant="subtle" onClick={() => assign(null)}>
                  {t('unassign')}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

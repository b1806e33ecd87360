// What a person may do with the incident, by button or by key (a, r, m, o). Who may only read sees nothing of it.
import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { useChangeIncident } from '../api/incident-changes.ts';
import { useRole } from '../api/use-api.ts';
import { ButtonLink } from '../components/button-link.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { useKeys } from '../components/use-keys.ts';
import { AssignButton } from './assign-button.tsx';
import { MuteMenu } from './mute-menu.tsx';
import { type StateAction, stateActions, stateAfter } from './state-actions.ts';

export const actionKeys: Record<StateAction, string> = { acknowledge: 'a', resolve: 'r', reopen: 'o' };

type ActionsProps = Pick<Incident, 'id' | 'state' | 'mute' | 'assignee' | 'class' | 'project'>;

export function IncidentActions(props: ActionsProps) {
  return useRole() === 'admin' ? <Actions {...props} /> : null;
}

function Actions({ id, state, mute, assignee, class: failure, project }: ActionsProps) {
  const { t } = useTranslation(['incident', 'common']);
  const { mutate, isPending, variables, error } = useChangeIncident(id);
  const [muting, setMuting] = useState(false);
  const offered = stateActions(state);
  const act = (action: StateAction) => !isPending && mutate({ state: stateAfter[action] });
  useKeys({
    ...Object.fromEntries(offered.map((action) => [actionKeys[action], () => act(action)])),
    m: () => setMuting(true),
  });
  return (
    <Stack gap={4} align="flex-end">
      <Group gap="xs" justify="flex-end">
        {offered.map((action) => (
          <Button
            key={action}
            variant={action === 'resolve' ? 'filled' : 'default'}
            loading={isPending && variables.state === stateAfter[action]}
            disabled={isPending}
            title={t('keyHint', { key: actionKeys[action] })}
            aria-keyshortcuts={actionKeys[action]}
            onClick={() => act(action)}
          >
            {t(action)}
          </Button>
        ))}
        <MuteMenu
          opened={muting}
          onChange={setMuting}
          muted={mute !== null}
          disabled={isPending}
          onMute={(next) => mutate({ mute: next })}
        />
        <ButtonLink to="/alerts" search={{ tab: 'silences', class: failure, project }} title={t('silenceHint')}>
          {t('silence')}
        </ButtonLink>
        <AssignButton assignee={assignee} disabled={isPending} onAssign={(next) => mutate({ assignee: next })} />
      </Group>
      <ErrorText error={error} size="sm" />
    </Stack>
  );
}

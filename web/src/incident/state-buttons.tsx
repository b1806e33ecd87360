// The buttons that move an incident on: acknowledge, resolve, reopen.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import { ApiError } from '../api/call-api.ts';
import { useChangeState } from '../api/incident-queries.ts';
import { useRole } from '../api/use-api.ts';
import { stateActions, stateAfter } from './state-actions.ts';

export function StateButtons({ id, state }: { id: string; state: IncidentState }) {
  const { t } = useTranslation('incident');
  const { mutate, isPending, variables, error } = useChangeState(id);
  const mayChange = useRole() === 'admin';
  const forbidden = error instanceof ApiError && error.status === 403;
  return (
    <Stack gap={4} align="flex-end">
      <Group gap="xs">
        {stateActions(state).map((action) => (
          <Button
            key={action}
            size="sm"
            variant={action === 'resolve' ? 'filled' : 'default'}
            loading={isPending && variables === stateAfter[action]}
            disabled={isPending || !mayChange}
            title={mayChange ? undefined : t('mayNotChange')}
            onClick={() => mutate(stateAfter[action])}
          >
            {t(action)}
          </Button>
        ))}
      </Group>
      {error && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {t('changeFailed')} {forbidden ? t('mayNotChange') : error.message}
        </Text>
      )}
    </Stack>
  );
}

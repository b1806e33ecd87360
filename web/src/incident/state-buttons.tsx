// The buttons that move an incident on: acknowledge, resolve, reopen.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import { ApiError } from '../api/call-api.ts';
import { useChangeState } from '../api/queries.ts';
import { useLocale } from '../locales/locale-context.tsx';
import { stateActions, stateAfter } from './state-actions.ts';

export function StateButtons({ id, state }: { id: string; state: IncidentState }) {
  const { t } = useLocale();
  const { mutate, isPending, variables, error } = useChangeState(id);
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
            disabled={isPending}
            onClick={() => mutate(stateAfter[action])}
          >
            {t[action]}
          </Button>
        ))}
      </Group>
      {error && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {t.changeFailed} {forbidden ? t.mayNotChange : error.message}
        </Text>
      )}
    </Stack>
  );
}

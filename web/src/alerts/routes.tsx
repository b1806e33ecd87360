// Routes in the order in which they are tried.
import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AlertRoute, useDeleteRoute, useReorderRoutes, useRoutes } from '../api/alert-rule-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './alerts.module.css';
import { useEndpointNames } from './endpoint-names.ts';
import { Matchers } from './matchers.tsx';
import { moveRoute } from './reorder.ts';
import { RouteForm } from './route-form.tsx';
import { RoutePreview } from './route-preview.tsx';

export function Routes() {
  const { t } = useTranslation('alerts');
  const { data, error, refetch } = useRoutes();
  const reorder = useReorderRoutes();
  const mayChange = useRole() === 'admin';
  /** The id of the route whose form is open; null: that of a new one. */
  const [edited, setEdited] = useState<string | null | undefined>(undefined);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const routes = data.items;
  const done = () => setEdited(undefined);
  const move = (id: string, direction: 'up' | 'down') => reorder.mutate(moveRoute(routes, id, direction));
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('routesHint')}
      </Text>
      {routes.length === 0 && edited === undefined && <Text>{t('noRoutes')}</Text>}
      <ol className={classes.cards} aria-label={t('tab.routes')}>
        {routes.map((route, index) => (
          <li key={route.id}>
            {edited === route.id ? (
              <RouteForm route={route} onDone={done} />
            ) : (
              <RouteCard route={route} place={index + 1}>
                {mayChange && (
                  <RouteActions
                    route={route}
                    isFirst={index === 0}
                    isLast={index === routes.length - 1}
                    isMoving={reorder.isPending}
                    onMove={(direction) => move(route.id, direction)}
                    onEdit={() => setEdited(route.id)}
                  />
                )}
              </RouteCard>
            )}
          </li>
        ))}
      </ol>
      <ErrorText error={reorder.error} />
      {edited === null && <RouteForm route={null} onDone={done} />}
      {mayChange && edited === undefined && (
        <Button w="max-content" onClick={() => setEdited(null)}>
          {t('addRoute')}
        </Button>
      )}
      <RoutePreview />
    </Stack>
  );
}

function RouteCard({ route, place, children }: { route: AlertRoute; place: number; children: ReactNode }) {
  const { t } = useTranslation('alerts');
  const { duration, number } = useFormat();
  const nameOf = useEndpointNames();
  const { digest, quiet_hours: quiet, escalate } = route;
  const facts = [
    route.group_by.length === 0 ? t('oneGroup') : t('groupedBy', { labels: route.group_by.join(', ') }),
    t('waits', { wait: duration(route.group_wait_s), interval: duration(route.group_interval_s) }),
    route.repeat_interval_s === null ? t('neverRepeats') : t('repeats', { after: duration(route.repeat_interval_s) }),
  ];
  const extras = [
    digest &&
      ('at' in digest
        ? t('digestDaily', { at: digest.at, zone: digest.time_zone ?? 'UTC' })
        : t('digestEach', { every: duration(digest.every_s) })),
    quiet && t('quietFromTo', { from: quiet.from, to: quiet.to, zone: quiet.time_zone }),
    quiet?.days?.map((day) => t(`day.${day}`)).join(' '),
    escalate &&
      t('escalatesTo', { after: duration(escalate.after_s), endpoints: escalate.endpoints.map(nameOf).join(', ') }),
    route.continue && t('continues'),
  ].filter((text) => typeof text === 'string');
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap="xs" className={classes.main}>
          <Group gap="sm">
            <Text fw={600}>
              {number(place)}. {route.name}
            </Text>
            {extras.map((text) => (
              <Badge key={text} variant="default" tt="none" radius="sm" classNames={{ label: classes.wrapped }}>
                {text}
              </Badge>
            ))}
          </Group>
          <Matchers matchers={route.matchers} />
          <Text size="sm" className={classes.url}>
            → {route.endpoints.length === 0 ? t('tellsNobody') : route.endpoints.map(nameOf).join(', ')}
          </Text>
          <Text size="xs" c="dimmed">
            {facts.join(' · ')}
          </Text>
        </Stack>
        {children}
      </Group>
    </Paper>
  );
}

interface RouteActionsProps {
  route: AlertRoute;
  isFirst: boolean;
  isLast: boolean;
  isMoving: boolean;
  onMove: (direction: 'up' | 'down') => void;
  onEdit: () => void;
}

function RouteActions({ route, isFirst, isLast, isMoving, onMove, onEdit }: RouteActionsProps) {
  const { t } = useTranslation('alerts');
  const remove = useDeleteRoute(route.id);
  const moves = [
    ['up', '↑', isFirst],
    ['down', '↓', isLast],
  ] as const;
  return (
    <Group gap="xs">
      {moves.map(([direction, sign, isAtEnd]) => (
        <Button
          key={direction}
          size="xs"
          variant="default"
          disabled={isAtEnd || isMoving}
          aria-label={t(`move.${direction}`, { name: route.name })}
          onClick={() => onMove(direction)}
        >
          {sign}
        </Button>
      ))}
      <Button size="xs" variant="default" aria-label={t('editOne', { name: route.name })} onClick={onEdit}>
        {t('edit')}
      </Button>
      <ConfirmButton
        label={t('delete')}
        sureLabel={t('deleteSure')}
        about={route.name}
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
      <ErrorText error={remove.error} />
    </Group>
  );
}

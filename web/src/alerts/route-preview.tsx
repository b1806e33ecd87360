// Tries the routes before something breaks: where an incident would go, and what each route says of it.
import {
  Autocomplete,
  Badge,
  Button,
  Group,
  NativeSelect,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type RoutePreviewAnswer, type RoutePreviewRequest, useRoutePreview } from '../api/alert-rule-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { useFailureClasses } from '../api/settings-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Section } from '../components/section.tsx';
import { severityChoices } from '../search/incidents.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { useEndpointNames } from './endpoint-names.ts';
import { newPreviewDraft, type RoutePreviewDraft, toPreviewRequest } from './route-preview-draft.ts';

const texts = ['project', 'run', 'tags'] as const;

export function RoutePreview() {
  const { t } = useTranslation(['alerts', 'common']);
  const [draft, setDraft] = useState(newPreviewDraft);
  const [asked, setAsked] = useState<RoutePreviewRequest | null>(null);
  const { data, error, isFetching } = useRoutePreview(asked);
  const { data: known } = useFailureClasses();
  const errors = placeErrors(error, ['/class', '/project', '/run', '/tags']);
  const change = (next: Partial<RoutePreviewDraft>) => setDraft({ ...draft, ...next });
  const isMadeUp = draft.incident.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(toPreviewRequest(draft));
  };
  return (
    <Section title={t('tryRoutes')}>
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t('tryRoutesHint')}
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            <NativeSelect
              label={t('previewOf.severity')}
              value={draft.severity}
              disabled={!isMadeUp}
              data={severityChoices.map((value) => ({ value, label: t(`common:severity.${value}`) }))}
              onChange={(event) =>
                change({ severity: readChoice(severityChoices, event.currentTarget.value) ?? draft.severity })
              }
            />
            <Autocomplete
              label={t('previewOf.class')}
              value={draft.class}
              disabled={!isMadeUp}
              data={known?.items.map(({ id }) => id) ?? []}
              limit={12}
              error={errors.at('/class')}
              onChange={(value) => change({ class: value })}
            />
            {texts.map((name) => (
              <TextInput
                key={name}
                label={t(`previewOf.${name}`)}
                placeholder={name === 'tags' ? 'team=vision' : undefined}
                value={draft[name]}
                disabled={!isMadeUp}
                error={errors.at(`/${name}`)}
                onChange={(event) => change({ [name]: event.currentTarget.value })}
              />
            ))}
            <TextInput
              label={t('previewOf.incident')}
              placeholder="inc_..."
              value={draft.incident}
              onChange={(event) => change({ incident: event.currentTarget.value })}
            />
          </SimpleGrid>
          <Button type="submit" variant="default" w="max-content" loading={isFetching}>
            {t('tryThem')}
          </Button>
          {errors.rest && <ErrorNotice error={errors.rest} />}
          {data && !error && <Answer answer={data} />}
        </Stack>
      </Paper>
    </Section>
  );
}

function Answer({ answer: { routes, endpoints } }: { answer: RoutePreviewAnswer }) {
  const { t } = useTranslation('alerts');
  const nameOf = useEndpointNames();
  const routeName = (id: string) => routes.find((route) => route.id === id)?.name;
  const told = endpoints.filter((endpoint) => endpoint.told);
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>
        {told.length === 0
          ? t('wouldTellNobody')
          : t('wouldGoTo', { endpoints: [...new Set(told.map(({ id }) => nameOf(id)))].join(', ') })}
      </Text>
      <Verdicts
        label={t('tab.endpoints')}
        verdicts={endpoints.map(({ id, route_id: routeId, told: isTold, reason }) => ({
          key: `${routeId} ${id}`,
          name: [nameOf(id), routeName(routeId)].filter(Boolean).join(' ← '),
          isTaken: isTold,
          reason,
        }))}
      />
      <Verdicts
        label={t('tab.routes')}
        verdicts={routes.map(({ id, name, taken, reason }) => ({ key: id, name, isTaken: taken, reason }))}
      />
    </Stack>
  );
}

interface Verdict {
  key: string;
  name: string;
  isTaken: boolean;
  reason: string;
}

function Verdicts({ label, verdicts }: { label: string; verdicts: readonly Verdict[] }) {
  const { t } = useTranslation('alerts');
  if (verdicts.length === 0) return null;
  return (
    <div>
      <h3 className={classes.small}>{label}</h3>
      <ul className={classes.deliveries} aria-label={label}>
        {verdicts.map(({ key, name, isTaken, reason }) => (
          <li key={key}>
            <Group gap="xs">
              <Badge size="sm" radius="sm" variant="dot" tt="none" color={isTaken ? 'green' : 'gray'}>
                {t(isTaken ? 'yes' : 'no')}
              </Badge>
              <Text size="sm" fw={600} className={classes.url}>
                {name}
              </Text>
              <Text size="sm" c="dimmed" className={classes.url}>
                {reason}
              </Text>
            </Group>
          </li>
        ))}
      </ul>
    </div>
  );
}

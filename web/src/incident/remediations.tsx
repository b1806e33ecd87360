// What to do, best first: each with the reason it helps (or only hides the cause), its steps, its patch and its sources.
import { Anchor, Badge, Button, Group, List, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CauseAnswer, RemediationAnswer } from '../../../src/contracts/diagnosis.ts';
import { useFeedback } from '../api/incident-changes.ts';
import { useRole } from '../api/use-api.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { Section } from '../components/section.tsx';
import classes from './remediations.module.css';

/** The id of a remediation's card, for links to it. */
export function remediationAnchor(id: string): string {
  return `remediation-${id}`;
}

interface RemediationsProps {
  remediations: readonly RemediationAnswer[];
  causes: readonly CauseAnswer[];
  /** The incident that feedback belongs to; left out where there is none. */
  incidentId?: string;
}

export function Remediations({ remediations, causes, incidentId }: RemediationsProps) {
  const { t } = useTranslation('incident');
  return (
    <Section title={t('remediations')}>
      {remediations.length === 0 && <Text c="dimmed">{t('noRemediations')}</Text>}
      <Stack component="ol" gap="md" className={classes.list}>
        {remediations.map((remediation, index) => (
          <RemediationCard
            key={remediation.id}
            number={index + 1}
            remediation={remediation}
            causes={causes}
            incidentId={incidentId}
          />
        ))}
      </Stack>
    </Section>
  );
}

function RemediationCard({
  number,
  remediation,
  causes,
  incidentId,
}: { number: number; remediation: RemediationAnswer } & Pick<RemediationsProps, 'causes' | 'incidentId'>) {
  const { t } = useTranslation('incident');
  return (
    <Paper withBorder p="lg" component="li" id={remediationAnchor(remediation.id)}>
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <ThemeIcon radius="xl" size={26} variant={number === 1 ? 'filled' : 'light'} aria-hidden="true">
            {number}
          </ThemeIcon>
          <Title order={3} size="h5">
            {remediation.title}
          </Title>
        </Group>
        <Text size="sm">
          <strong>{t('whyLabel')}</strong> {remediation.why}
        </Text>
        <OtherCause remediation={remediation} causes={causes} />
        <List type="ordered" size="sm" spacing={4} className={classes.steps}>
          {remediation.steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
        {remediation.patch !== null && <CopyBlock text={remediation.patch} label={remediation.title} />}
        <Sources urls={remediation.sources} />
        {incidentId !== undefined && <Feedback incidentId={incidentId} remediation={remediation} />}
      </Stack>
    </Paper>
  );
}

/** What others said of it, and one's own word on it: it moves the remediation up or down for the next who meets this cause. */
function Feedback({ incidentId, remediation }: { incidentId: string; remediation: RemediationAnswer }) {
  const { t } = useTranslation('incident');
  const { mutate, isPending, variables, isSuccess, error } = useFeedback(incidentId, remediation.id);
  const mayChange = useRole() === 'admin';
  const { worked, failed } = remediation.feedback;
  const said = worked + failed === 0 ? null : t('feedbackSoFar', { worked, failed });
  if (!mayChange && said === null) return null;
  return (
    <Group gap="sm" className={classes.feedback}>
      {said && (
        <Text size="xs" c="dimmed">
          {said}
        </Text>
      )}
      {mayChange && (
        <>
          <Text size="xs">{isSuccess ? t('feedbackThanks') : t('feedbackAsk')}</Text>
          {[true, false].map((answer) => (
            <Button
              key={String(answer)}
              size="compact-xs"
              variant={isSuccess && variables === answer ? 'light' : 'default'}
              loading={isPending && variables === answer}
              disabled={isPending}
              aria-label={`${t(answer ? 'feedbackWorked' : 'feedbackFailed')}: ${remediation.title}`}
              onClick={() => mutate(answer)}
            >
              {t(answer ? 'feedbackWorked' : 'feedbackFailed')}
            </Button>
          ))}
        </>
      )}
      <ErrorText error={error} />
    </Group>
  );
}

/** Names the cause that a remediation is meant for when it is not the likeliest one. */
function OtherCause({ remediation, causes }: { remediation: RemediationAnswer } & Pick<RemediationsProps, 'causes'>) {
  const { t } = useTranslation('incident');
  const cause = causes.find(({ id }) => id === remediation.cause);
  if (cause === undefined || cause === causes[0]) return null;
  return (
    <Badge variant="default" tt="none" radius="sm">
      {t('forCause')} {cause.title}
    </Badge>
  );
}

function Sources({ urls }: { urls: readonly string[] }) {
  const { t } = useTranslation('incident');
  const links = urls.filter((url) => url.startsWith('https://'));
  if (links.length === 0) return null;
  return (
    <Text size="xs" c="dimmed" component="div">
      {t('sources')}:{' '}
      <ul className={classes.sources}>
        {links.map((url) => (
          <li key={url}>
            <Anchor href={url} target="_blank" rel="noreferrer" size="xs">
              {url.slice('https://'.length)}
            </Anchor>
          </li>
        ))}
      </ul>
    </Text>
  );
}

// How the detectors of a project judge: a form drawn from what the service says of each, tried on a past run before it is saved.
import { Badge, Group, Paper, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/call-api.ts';
import { type Project, useChangeProject, useDetectors } from '../api/settings-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Section } from '../components/section.tsx';
import { useFormat } from '../i18n/use-format.ts';
import {
  type DetectorFields,
  type DetectorItem,
  faultOf,
  fieldsOf,
  isSound,
  refusalOf,
  type Threshold,
  toForm,
  toOptions,
} from './detector-form.ts';
import { DryRun } from './dry-run.tsx';
import { Save } from './save.tsx';
import classes from './settings.module.css';

export function Detectors({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useDetectors();
  const change = useChangeProject(project.id);
  const [form, setForm] = useState(() => toForm(project.detectors));
  if (error && data === undefined) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const options = toOptions(form, data.items);
  const sound = isSound(form, data.items);
  return (
    <Section title={t('detectors')}>
      <Text size="sm" c="dimmed">
        {t('detectorsHint')}
      </Text>
      <ul className={classes.list} aria-label={t('detectors')}>
        {data.items.map((detector) => (
          <li key={detector.id}>
            <Detector
              detector={detector}
              fields={fieldsOf(form, detector.id)}
              changed={options[detector.id] !== undefined}
              refusals={change.error instanceof ApiError ? change.error.errors : []}
              onChange={(fields) => setForm({ ...form, [detector.id]: fields })}
            />
          </li>
        ))}
      </ul>
      <Paper withBorder p="md">
        <Stack gap="md">
          <DryRun project={project.id} options={options} detectors={data.items} disabled={!sound} />
          <Save change={change} disabled={!sound} onSave={() => change.mutate({ detectors: options })} />
        </Stack>
      </Paper>
    </Section>
  );
}

interface DetectorProps {
  detector: DetectorItem;
  fields: DetectorFields;
  changed: boolean;
  refusals: ApiError['errors'];
  onChange: (fields: DetectorFields) => void;
}

function Detector({ detector, fields, changed, refusals, onChange }: DetectorProps) {
  const { t } = useTranslation('settings');
  const mayChange = useRole() === 'admin';
  const { id, title, options } = detector;
  return (
    <details className={classes.entry}>
      <summary>
        {title} <code>{id}</code>
        {changed && (
          <Badge size="sm" variant="light" ml="xs" tt="none">
            {fields.enabled ? t('detectorChanged') : t('detectorOff')}
          </Badge>
        )}
      </summary>
      <Stack gap="sm" py="sm">
        <Switch
          label={t('detectorOn')}
          checked={fields.enabled}
          disabled={!mayChange}
          onChange={(event) => onChange({ ...fields, enabled: event.currentTarget.checked })}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          {options.map((threshold) => (
            <ThresholdInput
              key={threshold.name}
              threshold={threshold}
              typed={fields.typed[threshold.name] ?? ''}
              refusal={refusalOf(refusals, id, threshold.name)}
              readOnly={!mayChange}
              onChange={(text) => onChange({ ...fields, typed: { ...fields.typed, [threshold.name]: text } })}
            />
          ))}
        </SimpleGrid>
      </Stack>
    </details>
  );
}

interface ThresholdInputProps {
  threshold: Threshold;
  typed: string;
  refusal: string | undefined;
  readOnly: boolean;
  onChange: (typed: string) => void;
}

function ThresholdInput({ threshold, typed, refusal, readOnly, onChange }: ThresholdInputProps) {
  const { t } = useTranslation('settings');
  const { value } = useFormat();
  const { name, unit, text, minimum, maximum } = threshold;
  const fault = faultOf(threshold, typed);
  const bounds = { from: value(minimum), to: value(maximum) };
  return (
    <TextInput
      label={
        <Group component="span" gap={6} display="inline-flex">
          <code>{name}</code>
          <Text component="span" size="xs" c="dimmed">
            {t(`unit.${unit}`)}
          </Text>
        </Group>
      }
      description={text}
      placeholder={t('usually', { value: value(threshold.default) })}
      inputMode="decimal"
      value={typed}
      readOnly={readOnly}
      error={fault === null ? refusal : t(`wrongThreshold.${fault}`, bounds)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

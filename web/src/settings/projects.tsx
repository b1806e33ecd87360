// Projects: whose failures are whose, how long what is kept, and how the detectors judge, tried on a past run before it is saved.
import { Button, Group, List, Paper, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Project, useChangeProject, useDryRun, useProjects } from '../api/settings-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Section } from '../components/section.tsx';
import { parseOptions, parseOwnership, writeOwnership } from './project-texts.ts';

export function Projects() {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useProjects();
  const [chosen, setChosen] = useState<string | null>(null);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const project = data.items.find(({ id }) => id === chosen) ?? data.items[0];
  if (project === undefined) return <Text c="dimmed">{t('noProjects')}</Text>;
  return (
    <Stack gap="lg">
      <Select
        label={t('project')}
        data={data.items.map(({ id, name }) => ({ value: id, label: name }))}
        value={project.id}
        onChange={setChosen}
        allowDeselect={false}
        maw={320}
      />
      <Ownership key={`${project.id} ownership`} project={project} />
      <Retention key={`${project.id} retention`} project={project} />
      <Detectors key={`${project.id} detectors`} project={project} />
    </Stack>
  );
}

function Ownership({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const change = useChangeProject(project.id);
  const mayChange = useRole() === 'admin';
  const [text, setText] = useState(() => writeOwnership(project.ownership));
  const parsed = parseOwnership(text);
  return (
    <Section title={t('ownership')}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Textarea
            label={t('ownershipRules')}
            description={t('ownershipHint')}
            autosize
            minRows={3}
            maxRows={14}
            value={text}
            readOnly={!mayChange}
            error={parsed.wrongLine === null ? undefined : t('wrongRule', { line: parsed.wrongLine })}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Save
            change={change}
            disabled={parsed.wrongLine !== null}
            onSave={() => change.mutate({ ownership: parsed.rules })}
          />
        </Stack>
      </Paper>
    </Section>
  );
}

const kept = ['healthy_capture_days', 'log_days', 'metric_days'] as const;

function Retention({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const change = useChangeProject(project.id);
  const mayChange = useRole() === 'admin';
  const [days, setDays] = useState(() => kept.map((name) => String(project.retention[name] ?? '')));
  const retention = Object.fromEntries(
    kept.flatMap((name, index) => (days[index] === '' ? [] : [[name, Number(days[index])]])),
  );
  return (
    <Section title={t('retention')}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            {kept.map((name, index) => (
              <TextInput
                key={name}
                type="number"
                min={1}
                label={t(`keep.${name}`)}
                placeholder={t('keepUsual')}
                value={days[index] ?? ''}
                readOnly={!mayChange}
                onChange={(event) => setDays(days.with(index, event.currentTarget.value))}
              />
            ))}
          </SimpleGrid>
          <Save change={change} onSave={() => change.mutate({ retention })} />
        </Stack>
      </Paper>
    </Section>
  );
}

function Detectors({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const change = useChangeProject(project.id);
  const dryRun = useDryRun();
  const mayChange = useRole() === 'admin';
  const [text, setText] = useState(() => JSON.stringify(project.detectors, null, 2));
  const [run, setRun] = useState('');
  const options = parseOptions(text);
  return (
    <Section title={t('detectors')}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Textarea
            label={t('detectorOptions')}
            description={t('detectorHint')}
            autosize
            minRows={4}
            maxRows={20}
            value={text}
            readOnly={!mayChange}
            error={options === null ? t('wrongOptions') : undefined}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group align="flex-end">
            <TextInput
              label={t('dryRunOn')}
              placeholder={t('runId')}
              value={run}
              onChange={(event) => setRun(event.currentTarget.value)}
            />
            <Button
              variant="default"
              loading={dryRun.isPending}
              disabled={options === null || run.trim() === ''}
              onClick={() => options !== null && dryRun.mutate({ run: run.trim(), options })}
            >
              {t('tryIt')}
            </Button>
          </Group>
          {dryRun.error && <ErrorNotice error={dryRun.error} />}
          {dryRun.data && (
            <div role="status">
              <Text size="sm" fw={600}>
                {t('wouldFind', { count: dryRun.data.findings.length, points: dryRun.data.points })}
              </Text>
              <List size="sm">
                {dryRun.data.classes.map((found) => (
                  <List.Item key={found.class}>
                    <code>{found.class}</code>
                  </List.Item>
                ))}
              </List>
            </div>
          )}
          <Save
            change={change}
            disabled={options === null}
            onSave={() => options !== null && change.mutate({ detectors: options })}
          />
        </Stack>
      </Paper>
    </Section>
  );
}

interface SaveProps {
  change: ReturnType<typeof useChangeProject>;
  disabled?: boolean;
  onSave: () => void;
}

function Save({ change, disabled = false, onSave }: SaveProps) {
  const { t } = useTranslation('settings');
  if (useRole() !== 'admin') return null;
  return (
    <>
      {change.error && <ErrorNotice error={change.error} title={t('notSaved')} />}
      <Group gap="sm">
        <Button size="xs" disabled={disabled} loading={change.isPending} onClick={onSave}>
          {t('save')}
        </Button>
        {change.isSuccess && (
          <Text size="xs" role="status">
            {t('saved')}
          </Text>
        )}
      </Group>
    </>
  );
}

// Where the run ran, against what is known to fail: the bad combinations first, then every fact.
import { Anchor, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EnvironmentWarning } from '../../../src/contracts/runs.ts';
import type { RunDetail } from '../api/answers.ts';
import { useRun } from '../api/run-queries.ts';
import { SeverityBadge } from '../components/badges.tsx';
import classes from './environment.module.css';

export function EnvironmentCheck({ run }: { run: string }) {
  const { t } = useTranslation('evidence');
  const { data } = useRun(run);
  if (data === undefined) return null;
  const facts = environmentFacts(data);
  if (facts.length === 0 && data.warnings.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noEnvironment')}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {data.warnings.map((warning) => (
        <KnownProblem key={warning.id} warning={warning} />
      ))}
      {data.warnings.length === 0 && <Text size="sm">{t('environmentFine')}</Text>}
      <dl className={classes.facts}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Stack>
  );
}

function KnownProblem({ warning }: { warning: EnvironmentWarning }) {
  const { t } = useTranslation('evidence');
  return (
    <div className={classes.problem} data-severity={warning.severity}>
      <SeverityBadge severity={warning.severity} />
      <div>
        <Text size="sm" fw={600}>
          {warning.text}
        </Text>
        <Text size="sm">{warning.advice}</Text>
        <Text size="xs" c="dimmed" component="div">
          {t('knownFrom')}{' '}
          {warning.sources
            .filter((url) => url.startsWith('https://'))
            .map((url) => (
              <Anchor key={url} href={url} target="_blank" rel="noreferrer" size="xs" className={classes.source}>
                {url.slice('https://'.length)}
              </Anchor>
            ))}
        </Text>
      </div>
    </div>
  );
}

/** Everything the run said of where it runs, as name and value; packages last. */
function environmentFacts(
  run: Pick<RunDetail, 'framework' | 'device' | 'environment' | 'world_size'>,
): { name: string; value: string }[] {
  const { packages = {}, ...rest } = (run.environment ?? {}) as Record<string, unknown>;
  const facts: [string, unknown][] = [
    ['framework', run.framework && [run.framework.name, run.framework.version].filter(Boolean).join(' ')],
    ['device', run.device],
    ['world_size', run.world_size],
    ...Object.entries(rest),
    ...Object.entries(packages as Record<string, unknown>),
  ];
  return facts.flatMap(([name, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : [{ name, value: typeof value === 'object' ? JSON.stringify(value) : String(value) }],
  );
}

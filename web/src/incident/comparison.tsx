// What is different from the last run of the project that went well: often the fault itself.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Comparison, useComparison } from '../api/related-queries.ts';
import { useFormat } from '../i18n/use-format.ts';
import classes from './capture-evidence.module.css';
import { formatDatum } from './group-evidence.ts';

export function LastGoodRun({ id, run }: { id: string; run: string }) {
  const { t } = useTranslation('evidence');
  const { data } = useComparison(id, run);
  if (data === undefined) return null;
  if (data.last_good_run === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('noGoodRun')}
      </Text>
    );
  }
  return (
    <>
      <Divergence divergence={data.divergence} />
      {data.differences.length === 0 ? (
        <Text size="sm">{t('nothingDiffers', { run: data.last_good_run })}</Text>
      ) : (
        <Differences data={data} />
      )}
    </>
  );
}

function Divergence({ divergence }: Pick<Comparison, 'divergence'>) {
  const { t } = useTranslation('evidence');
  const { value, number } = useFormat();
  if (divergence === null) return null;
  const { name, step, run_value: run, good_value: good } = divergence;
  return (
    <Text size="sm" mb="xs">
      {t('divergesAt', { name, step: number(step), run: value(Number(run)), good: value(Number(good)) })}
    </Text>
  );
}

function Differences({ data }: { data: Comparison }) {
  const { t } = useTranslation('evidence');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={classes.frame} tabIndex={0} aria-label={t('differences')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('whatDiffers')}</th>
            <th scope="col">{t('thisRun', { run: data.run })}</th>
            <th scope="col">{t('goodRun', { run: data.last_good_run })}</th>
          </tr>
        </thead>
        <tbody>
          {data.differences.map(({ kind, path, run_value: run, good_value: good }) => (
            <tr key={`${kind} ${path}`}>
              <td>
                <code>{path}</code>{' '}
                <Text span size="xs" c="dimmed">
                  {t(`differenceKind.${kind}`)}
                </Text>
              </td>
              <td>
                <mark>{formatDatum(run) || '—'}</mark>
              </td>
              <td>{formatDatum(good) || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

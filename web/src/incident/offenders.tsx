// The targets that the loss refuses: where they sit, and each of the worst with what its number means.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import { HeatTable } from '../charts/heat-table.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './capture-evidence.module.css';
import { describeTarget, type Offender } from './describe-target.ts';
import { targetHeat } from './target-heat.ts';

export function OffenderHeat({ counts }: { counts: CaptureAnalysis['target_counts'] }) {
  const { t } = useTranslation(['evidence', 'incident']);
  const { number } = useFormat();
  const { sides, rows } = targetHeat(counts);
  return (
    <HeatTable
      caption={t('heatTitle')}
      corner={t('stride')}
      columns={sides.map((side) => t(`incident:evidenceWord.${side}`))}
      rows={rows.map(({ stride, cells }) => ({ name: stride === null ? t('anyStride') : number(stride), cells }))}
    />
  );
}

interface OffendersProps {
  offenders: readonly Offender[];
  regRange: readonly [number, number];
  /** All targets that the loss refuses; the list holds the worst. */
  total: number;
}

export function Offenders({ offenders, regRange, total }: OffendersProps) {
  const { t } = useTranslation(['evidence', 'incident']);
  const { number, value } = useFormat();
  const hasImage = offenders.some((offender) => offender.image_id !== undefined);
  const hasStride = offenders.some((offender) => offender.stride !== undefined);
  return (
    <section aria-label={t('offendersTitle')}>
      <h4 className={classes.title}>
        {t('offendersTitle')}{' '}
        <Text span size="xs" c="dimmed" fw={400}>
          {t('offendersShown', { shown: offenders.length, count: total })}
        </Text>
      </h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section className={classes.frame} tabIndex={0} aria-label={t('offendersTitle')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('row')}</th>
              {hasImage && <th scope="col">{t('image')}</th>}
              {hasStride && <th scope="col">{t('stride')}</th>}
              <th scope="col">{t('side')}</th>
              <th scope="col">{t('target')}</th>
              <th scope="col">{t('meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {offenders.map((offender) => (
              <tr key={`${offender.row} ${offender.side}`}>
                <td>{number(offender.row)}</td>
                {hasImage && <td>{offender.image_id ?? ''}</td>}
                {hasStride && <td>{offender.stride ?? ''}</td>}
                <td>{t(`incident:evidenceWord.${offender.side}`)}</td>
                <td className={classes.number}>{value(Number(offender.target), 6)}</td>
                <td>
                  <Meaning offender={offender} regRange={regRange} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Meaning({ offender, regRange }: { offender: Offender; regRange: readonly [number, number] }) {
  const { t } = useTranslation('evidence');
  const { value } = useFormat();
  const meaning = describeTarget(offender, regRange);
  switch (meaning.kind) {
    case 'below':
    case 'above':
      return t(`means.${meaning.kind}`, { by: value(meaning.by, 4), lo: regRange[0], hi: regRange[1] - 1 });
    case 'packed-float32':
    case 'packed-int32':
      return t(`means.${meaning.kind}`, { values: meaning.values.map((part) => value(part, 6)).join(', ') });
    default:
      return t(`means.${meaning.kind}`);
  }
}

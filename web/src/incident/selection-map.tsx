// The selection made again from mask and source: which rows of target are not what it gives, and what stands there instead.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import { RowStrip } from '../charts/row-strip.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './capture-evidence.module.css';

type Selection = NonNullable<CaptureAnalysis['selection']>;
const sides = ['left', 'top', 'right', 'bottom'] as const;
const maxExamples = 8;

export function SelectionMap({ selection }: { selection: Selection }) {
  const { t } = useTranslation(['evidence', 'incident']);
  const { number } = useFormat();
  const { checked, mismatched_rows: wrong, mismatched_ranges: ranges, mismatched_range_count: count } = selection;
  const words = [
    t('rowsWrong', { wrong: number(wrong), checked: number(checked) }),
    selection.pattern && t(`incident:evidenceWord.${selection.pattern}`),
    selection.content && `${t('theyHold')} ${t(`incident:evidenceWord.${selection.content}`)}`,
    count > ranges.length && t('firstRunsShown', { shown: ranges.length, count }),
  ];
  return (
    <section aria-label={t('selectionTitle')}>
      <RowStrip
        title={t('selectionTitle')}
        rows={checked}
        ranges={ranges.map(([first = 0, last = 0]) => [first, last])}
        note={wrong === 0 ? t('selectionIntact', { count: checked }) : words.filter(Boolean).join(' · ')}
      />
      {selection.examples.length > 0 && <Examples examples={selection.examples.slice(0, maxExamples)} />}
    </section>
  );
}

function Examples({ examples }: Pick<Selection, 'examples'>) {
  const { t } = useTranslation(['evidence', 'incident']);
  const { number, value } = useFormat();
  const shown = (list: readonly (number | string)[], side: number) => value(Number(list[side]), 5);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={classes.frame} tabIndex={0} aria-label={t('wrongRows')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('row')}</th>
            <th scope="col">{t('holds')}</th>
            {sides.map((side) => (
              <th key={side} scope="col" className={classes.number}>
                {t(`incident:evidenceWord.${side}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {examples.map(({ row, expected, got }) => (
            <tr key={row}>
              <td>{number(row)}</td>
              <td>
                {t('incident:evidenceFact.expected')}
                <br />
                {t('incident:evidenceFact.got')}
              </td>
              {sides.map((side, index) => (
                <td key={side} className={classes.number}>
                  {shown(expected, index)}
                  <br />
                  {Object.is(Number(expected[index]), Number(got[index])) ? (
                    <Text span inherit c="dimmed">
                      {shown(got, index)}
                    </Text>
                  ) : (
                    <mark>{shown(got, index)}</mark>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

// The loss that the trainer reported against the loss computed again from the same tensors, with what may explain a difference.
import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import { useFormat } from '../i18n/use-format.ts';
import classes from './capture-evidence.module.css';

export function LossComparison({ analysis }: { analysis: CaptureAnalysis }) {
  const { t } = useTranslation(['evidence', 'incident']);
  const { value } = useFormat();
  const { comparison } = analysis;
  const reported = analysis.reported_loss_dfl === null ? null : Number(analysis.reported_loss_dfl);
  const largest = Math.max(
    ...[reported, analysis.loss_dfl, analysis.loss_dfl_valid].map((loss) => finite(loss)),
    1e-12,
  );
  return (
    <section aria-label={t('lossCompared')}>
      <h4 className={classes.title}>{t('lossCompared')}</h4>
      <dl className={classes.bars}>
        <Bar
          label={t('reported')}
          value={reported}
          largest={largest}
          bad={comparison.mismatch}
          none={t('notReported')}
          unknown
        />
        <Bar label={t('recomputed')} value={analysis.loss_dfl} largest={largest} none={t('lossRaises')} />
        {analysis.loss_dfl === null && (
          <Bar
            label={t('withoutBadTargets')}
            value={analysis.loss_dfl_valid}
            largest={largest}
            none={t('nothingLeft')}
          />
        )}
      </dl>
      <Text size="xs" c="dimmed" mt={6}>
        {comparison.ratio === null
          ? t('notComparable')
          : t(comparison.mismatch ? 'differs' : 'agrees', { ratio: value(comparison.ratio, 4) })}
      </Text>
      {comparison.explanations.length > 0 && (
        <List size="sm" mt={4} spacing={2}>
          {comparison.explanations.slice(0, 4).map(({ reason, expected_ratio: ratio }) => (
            <List.Item key={reason}>
              {t(`incident:evidenceWord.${reason}`)} ({t('wouldGive', { ratio: value(ratio, 4) })})
            </List.Item>
          ))}
        </List>
      )}
    </section>
  );
}

interface BarProps {
  label: string;
  value: number | null;
  largest: number;
  bad?: boolean;
  /** Said where there is no value. */
  none: string;
  /** A missing value is no bad sign. */
  unknown?: boolean;
}

function Bar({ label, value, largest, bad = false, none, unknown = false }: BarProps) {
  const format = useFormat();
  const share = Math.max(0, Math.min(1, finite(value) / largest));
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <div className={classes.track} aria-hidden="true">
          <span
            data-bad={bad || undefined}
            data-none={(value === null && !unknown) || undefined}
            style={{ width: value === null ? (unknown ? 0 : '100%') : `${Math.max(1, share * 100)}%` }}
          />
        </div>
        <Text size="sm" fw={600}>
          {value === null ? none : format.value(value)}
        </Text>
      </dd>
    </>
  );
}

function finite(value: number | null): number {
  return value !== null && Number.isFinite(value) ? value : 0;
}

// How a delivery went: its status, and each attempt with what was answered.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Delivery } from '../api/alert-queries.ts';
import { Ago } from '../components/ago.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './alerts.module.css';

const statusColors: Record<Delivery['status'], string> = {
  delivered: 'green',
  failed: 'red',
  pending: 'blue',
  merged: 'gray',
};

export function DeliveryStatusBadge({ status }: Pick<Delivery, 'status'>) {
  const { t } = useTranslation('alerts');
  return (
    <Badge size="sm" radius="sm" variant="dot" tt="none" color={statusColors[status]}>
      {t(`delivery.${status}`)}
    </Badge>
  );
}

export function Attempts({ attempts }: Pick<Delivery, 'attempts'>) {
  const { t } = useTranslation('alerts');
  const { number } = useFormat();
  if (attempts.length === 0) return null;
  return (
    <details className={classes.attempts}>
      <summary>{t('attempts', { count: attempts.length })}</summary>
      {attempts.map((attempt) => (
        <div key={attempt.at}>
          <Ago time={attempt.at} /> · {[attempt.status, attempt.error].filter((part) => part !== null).join(' · ')} ·{' '}
          {number(attempt.latency_ms)} ms
          {attempt.answer && <pre>{attempt.answer}</pre>}
        </div>
      ))}
    </details>
  );
}

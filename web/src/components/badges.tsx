// Severity, state and run status as badges. The word always stands in them: colour is never the only sign.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Severity } from '../../../src/contracts/common.ts';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import type { RunStatus } from '../../../src/contracts/runs.ts';
import { CriticalIcon, InfoIcon, WarningIcon } from './icons.tsx';

const severityLooks = {
  critical: { color: 'red', icon: <CriticalIcon /> },
  warning: { color: 'orange', icon: <WarningIcon /> },
  info: { color: 'blue', icon: <InfoIcon /> },
};

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  const { color, icon } = severityLooks[severity];
  return (
    <Badge color={color} variant="light" size="lg" radius="sm" tt="none" leftSection={icon} style={{ flexShrink: 0 }}>
      {t(`severity.${severity}`)}
    </Badge>
  );
}

const stateColors: Record<IncidentState, string> = { open: 'red', acknowledged: 'yellow', resolved: 'green' };

export function StateBadge({ state }: { state: IncidentState }) {
  const { t } = useTranslation();
  return (
    <Badge color={stateColors[state]} variant="dot" size="lg" radius="sm" tt="none">
      {t(`state.${state}`)}
    </Badge>
  );
}

const runColors: Record<RunStatus, string> = { running: 'blue', finished: 'green', failed: 'red', stalled: 'orange' };

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { t } = useTranslation();
  return (
    <Badge color={runColors[status]} variant="dot" radius="sm" tt="none">
      {t(`runStatus.${status}`)}
    </Badge>
  );
}

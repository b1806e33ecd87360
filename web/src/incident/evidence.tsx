// What the diagnosis rests on, grouped by where it comes from, with its numbers.
import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EvidenceItem } from '../api/answers.ts';
import classes from './evidence.module.css';
import { evidenceFacts, groupEvidence, nameFact } from './group-evidence.ts';

/** `nameRun`: say with each item which run it comes from. */
export function Evidence({ items, nameRun }: { items: readonly EvidenceItem[]; nameRun: boolean }) {
  const { t } = useTranslation('incident');
  if (items.length === 0) return null;
  return (
    <>
      {groupEvidence(items).map(({ kind, items: group }) => (
        <div key={kind} className={classes.group}>
          <Title order={4} size="h6" className={classes.kind}>
            {t(`evidenceKind.${kind}`)}
          </Title>
          <Stack component="ul" gap="md" className={classes.items}>
            {group.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: items carry no id and are only ever replaced as a whole
              <EvidenceEntry key={index} item={item} nameRun={nameRun} />
            ))}
          </Stack>
        </div>
      ))}
    </>
  );
}

function EvidenceEntry({ item, nameRun }: { item: EvidenceItem; nameRun: boolean }) {
  const { t, i18n } = useTranslation('incident');
  const words = (group: 'evidenceFact' | 'evidenceWord', name: string) =>
    i18n.exists(`${group}.${name}`, { ns: 'incident' }) ? t(`${group}.${name}` as 'evidenceFact.side') : null;
  const facts = evidenceFacts(item, nameRun).map((fact) => nameFact(fact, words));
  return (
    <li>
      <Text size="sm" className={classes.text}>
        {item.text}
      </Text>
      {facts.length > 0 && (
        <details className={classes.numbers}>
          <summary>{t('numbers')}</summary>
          <dl className={classes.facts}>
            {facts.map(({ label, value }) => (
              <div key={label} className={classes.fact}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

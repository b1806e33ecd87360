// Why this class and no other: the rules that fired with the lines that made them fire, and the classes that were considered and lost.
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlternativeAnswer, FiredRuleAnswer } from '../../../src/contracts/diagnosis.ts';
import { ConfidenceText } from '../components/confidence-bar.tsx';
import { Section } from '../components/section.tsx';
import classes from './reasoning.module.css';

interface ReasoningProps {
  rules: readonly FiredRuleAnswer[];
  alternatives: readonly AlternativeAnswer[];
}

export function Reasoning({ rules, alternatives }: ReasoningProps) {
  const { t } = useTranslation('incident');
  return (
    <>
      <Entries title={t('firedRules')}>
        {rules.map(({ id, confidence, why, lines, source }) => (
          <Entry key={id} name={id} confidence={confidence} text={why}>
            <Text size="xs" c="dimmed" component="div" className={classes.id}>
              {lines.length > 0 && `${t('onLines', { lines: lines.join(', ') })} · `}
              {t('ruleSource')}: <RuleSource source={source} />
            </Text>
          </Entry>
        ))}
      </Entries>
      <Entries title={t('alternatives')}>
        {alternatives.map((alternative) => (
          <Entry
            key={alternative.class}
            name={alternative.class}
            confidence={alternative.confidence}
            text={alternative.why}
          >
            {alternative.rules.length > 0 && (
              <Text size="xs" c="dimmed" ff="monospace" className={classes.id}>
                {alternative.rules.join(', ')}
              </Text>
            )}
          </Entry>
        ))}
      </Entries>
    </>
  );
}

function Entries({ title, children }: { title: string; children: ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <Section title={title}>
      <Paper withBorder p="md">
        <Stack component="ul" gap="md" className={classes.list}>
          {children}
        </Stack>
      </Paper>
    </Section>
  );
}

interface EntryProps {
  name: string;
  confidence: number;
  text: string;
  children: ReactNode;
}

function Entry({ name, confidence, text, children }: EntryProps) {
  return (
    <li>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600} ff="monospace" className={classes.id}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          <ConfidenceText confidence={confidence} />
        </Text>
      </Group>
      <Text size="sm">{text}</Text>
      {children}
    </li>
  );
}

/** A source is an address or the name of a text. */
function RuleSource({ source }: { source: string }) {
  if (!source.startsWith('https://')) return source;
  return (
    <Anchor href={source} target="_blank" rel="noreferrer" size="xs">
      {source.slice('https://'.length)}
    </Anchor>
  );
}

// Why this class and no other: the rules that fired with the lines that made them fire, and the classes that were considered and lost.
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import type { AlternativeAnswer, FiredRuleAnswer } from '../../../src/contracts/diagnosis.ts';
import { ConfidenceText } from '../components/confidence-bar.tsx';
import { Section } from '../components/section.tsx';
import { useLocale } from '../locales/locale-context.tsx';
import classes from './reasoning.module.css';

interface ReasoningProps {
  rules: readonly FiredRuleAnswer[];
  alternatives: readonly AlternativeAnswer[];
}

export function Reasoning({ rules, alternatives }: ReasoningProps) {
  const { t } = useLocale();
  return (
    <>
      {rules.length > 0 && (
        <Section title={t.firedRules}>
          <Paper withBorder p="md">
            <Stack component="ul" gap="md" className={classes.list}>
              {rules.map((rule) => (
                <FiredRule key={rule.id} rule={rule} />
              ))}
            </Stack>
          </Paper>
        </Section>
      )}
      {alternatives.length > 0 && (
        <Section title={t.alternatives}>
          <Paper withBorder p="md">
            <Stack component="ul" gap="md" className={classes.list}>
              {alternatives.map((alternative) => (
                <Alternative key={alternative.class} alternative={alternative} />
              ))}
            </Stack>
          </Paper>
        </Section>
      )}
    </>
  );
}

function FiredRule({ rule }: { rule: FiredRuleAnswer }) {
  const { t } = useLocale();
  return (
    <li>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600} ff="monospace" className={classes.id}>
          {rule.id}
        </Text>
        <Text size="sm" c="dimmed">
          <ConfidenceText confidence={rule.confidence} />
        </Text>
      </Group>
      <Text size="sm">{rule.why}</Text>
      <Text size="xs" c="dimmed" component="div" className={classes.id}>
        {rule.lines.length > 0 && `${t.onLines(rule.lines.join(', '))} · `}
        {t.ruleSource}: <RuleSource source={rule.source} />
      </Text>
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

function Alternative({ alternative }: { alternative: AlternativeAnswer }) {
  return (
    <li>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600} ff="monospace" className={classes.id}>
          {alternative.class}
        </Text>
        <Text size="sm" c="dimmed">
          <ConfidenceText confidence={alternative.confidence} />
        </Text>
      </Group>
      <Text size="sm">{alternative.why}</Text>
      {alternative.rules.length > 0 && (
        <Text size="xs" c="dimmed" ff="monospace" className={classes.id}>
          {alternative.rules.join(', ')}
        </Text>
      )}
    </li>
  );
}

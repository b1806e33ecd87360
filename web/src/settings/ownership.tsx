// Whose failures are whose, as lines of text.
import { Paper, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Project, useChangeProject } from '../api/settings-queries.ts';
import { useRole } from '../api/use-api.ts';
import { Section } from '../components/section.tsx';
import { parseOwnership, writeOwnership } from './ownership-lines.ts';
import { Save } from './save.tsx';

export function Ownership({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const change = useChangeProject(project.id);
  const mayChange = useRole() === 'admin';
  const [text, setText] = useState(() => writeOwnership(project.ownership));
  const parsed = parseOwnership(text);
  return (
    <Section title={t('ownership')}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Textarea
            label={t('ownershipRules')}
            description={t('ownershipHint')}
            autosize
            minRows={3}
            maxRows={14}
            value={text}
            readOnly={!mayChange}
            error={parsed.wrongLine === null ? undefined : t('wrongRule', { line: parsed.wrongLine })}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Save
            change={change}
            disabled={parsed.wrongLine !== null}
            onSave={() => change.mutate({ ownership: parsed.rules })}
          />
        </Stack>
      </Paper>
    </Section>
  );
}

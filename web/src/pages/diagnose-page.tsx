// Diagnoses a text that belongs to no run: pasted, typed, or dropped as a file. Nothing of it is stored.
import { Button, Group, Input, Paper, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type DragEvent, type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiagnosisAnswer } from '../../../src/contracts/diagnosis.ts';
import { type Asked, useDiagnosis } from '../api/diagnosis-queries.ts';
import { SeverityBadge } from '../components/badges.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { type DiagnosisForm, emptyForm, textOf, toRequest } from '../diagnose/diagnosis-form.ts';
import { Causes } from '../incident/causes.tsx';
import { Reasoning } from '../incident/reasoning.tsx';
import { Remediations } from '../incident/remediations.tsx';
import { Traceback } from '../incident/traceback.tsx';
import { ClassLine, LikeliestCause } from '../incident/verdict.tsx';

export function DiagnosePage() {
  const { t } = useTranslation(['diagnose', 'common']);
  const [form, setForm] = useState(emptyForm);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error, isFetching, refetch } = useDiagnosis(asked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked({ number: (asked?.number ?? 0) + 1, request: toRequest(form) });
  };
  return (
    <Stack gap="lg">
      <div>
        <PageTitle>{t('common:pages.diagnose')}</PageTitle>
        <Text c="dimmed">{t('diagnoseIntro')}</Text>
      </div>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextToDiagnose form={form} onChange={setForm} />
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Fact name="packages" placeholder="paddlepaddle-gpu==2.3.2" form={form} onChange={setForm} />
            <Fact name="device" placeholder="gpu" form={form} onChange={setForm} />
            <Fact name="regRange" placeholder="0,17" form={form} onChange={setForm} />
            <Fact name="numClasses" placeholder="80" form={form} onChange={setForm} />
          </SimpleGrid>
          <Group>
            <Button type="submit" disabled={textOf(form).trim() === ''} loading={isFetching}>
              {t('common:pages.diagnose')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('notStored')}
            </Text>
          </Group>
        </Stack>
      </form>
      <div aria-live="polite">
        {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
        {data && !error && <Answer diagnosis={data} />}
      </div>
    </Stack>
  );
}

function TextToDiagnose({ form, onChange }: { form: DiagnosisForm; onChange: (form: DiagnosisForm) => void }) {
  const { t } = useTranslation(['diagnose', 'common']);
  const drop = async (event: DragEvent) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    onChange({ ...form, file: { name: file.name, text: await file.text() } });
  };
  if (form.file) {
    return (
      <Input.Wrapper label={t('textToDiagnose')}>
        <Group>
          <Text size="sm" ff="monospace">
            {form.file.name}
          </Text>
          <Button variant="default" size="xs" onClick={() => onChange({ ...form, file: null })}>
            {t('removeFile')}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <Textarea
      label={t('textToDiagnose')}
      description={t('textToDiagnoseHint')}
      autosize
      minRows={8}
      maxRows={22}
      value={form.text}
      onChange={(event) => onChange({ ...form, text: event.currentTarget.value })}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
      spellCheck={false}
      styles={{
        input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-sm)' },
      }}
    />
  );
}

interface FactProps {
  name: Exclude<keyof DiagnosisForm, 'text' | 'file'>;
  placeholder: string;
  form: DiagnosisForm;
  onChange: (form: DiagnosisForm) => void;
}

function Fact({ name, placeholder, form, onChange }: FactProps) {
  const { t } = useTranslation(['diagnose', 'common']);
  return (
    <TextInput
      label={t(`runFact.${name}`)}
      placeholder={placeholder}
      value={form[name]}
      onChange={(event) => onChange({ ...form, [name]: event.currentTarget.value })}
    />
  );
}

function Answer({ diagnosis }: { diagnosis: DiagnosisAnswer }) {
  return (
    <Stack gap="lg">
      <Paper withBorder p="lg" shadow="xs">
        <Stack gap="md">
          <Group>
            <SeverityBadge severity={diagnosis.severity} />
          </Group>
          <ClassLine subject={diagnosis} />
          <Text maw="75ch">{diagnosis.summary}</Text>
          {diagnosis.class !== 'unknown' && (
            <LikeliestCause cause={diagnosis.causes[0] ?? null} remediations={diagnosis.remediations} />
          )}
        </Stack>
      </Paper>
      <Causes causes={diagnosis.causes} />
      <Traceback exception={diagnosis.exception} matched={diagnosis.matched} />
      <Reasoning rules={diagnosis.rules} alternatives={diagnosis.alternatives} />
      <Remediations remediations={diagnosis.remediations} causes={diagnosis.causes} />
    </Stack>
  );
}

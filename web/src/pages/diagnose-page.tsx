// Diagnoses what belongs to no run: a text that is pasted, typed or dropped as a file, or the tensors of a dropped capture. Nothing of it is
// stored unless that is asked for.
import {
  Alert,
  Button,
  FileButton,
  Group,
  Input,
  List,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type DragEvent, type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiagnosisAnswer } from '../../../src/contracts/diagnosis.ts';
import { type Asked, useDiagnosis, type Verdict } from '../api/diagnosis-queries.ts';
import { useRole } from '../api/use-api.ts';
import { SeverityBadge } from '../components/badges.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Section } from '../components/section.tsx';
import {
  captureQuery,
  type DiagnosisForm,
  emptyForm,
  readFile,
  textOf,
  toRequest,
} from '../diagnose/diagnosis-form.ts';
import { KeepInRun } from '../diagnose/keep-in-run.tsx';
import { CaptureAnalysisView } from '../incident/capture-evidence.tsx';
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
  const isCapture = form.file?.kind === 'capture';
  const mayKeep = useRole() === 'admin';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const question =
      form.file?.kind === 'capture'
        ? { kind: form.file.kind, bytes: form.file.bytes, query: captureQuery(form) }
        : { kind: 'text' as const, request: toRequest(form) };
    setAsked({ number: (asked?.number ?? 0) + 1, question });
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
            {isCapture ? (
              <Fact name="worldSize" placeholder="8" form={form} onChange={setForm} />
            ) : (
              <>
                <Fact name="regRange" placeholder="0,17" form={form} onChange={setForm} />
                <Fact name="numClasses" placeholder="80" form={form} onChange={setForm} />
              </>
            )}
          </SimpleGrid>
          <Group>
            <Button type="submit" disabled={!isCapture && textOf(form).trim() === ''} loading={isFetching}>
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
        {data && !error && <Answer verdict={data} />}
      </div>
      {data && asked && mayKeep && <KeepInRun key={asked.number} question={asked.question} />}
    </Stack>
  );
}

function TextToDiagnose({ form, onChange }: { form: DiagnosisForm; onChange: (form: DiagnosisForm) => void }) {
  const { t } = useTranslation(['diagnose', 'common']);
  const take = async (file: File | null | undefined) => {
    if (file) onChange({ ...form, file: await readFile(file) });
  };
  const drop = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
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
    <Stack gap={6}>
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
      <FileButton onChange={(file) => void take(file)}>
        {(props) => (
          <Button variant="default" size="xs" w="max-content" {...props}>
            {t('chooseFile')}
          </Button>
        )}
      </FileButton>
    </Stack>
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

function Answer({ verdict: { diagnosis, capture } }: { verdict: Verdict }) {
  return (
    <Stack gap="lg">
      {diagnosis === null ? <NothingWrong /> : <VerdictOf diagnosis={diagnosis} />}
      {capture && <CaptureFound capture={capture} />}
      {diagnosis && (
        <>
          <Causes causes={diagnosis.causes} />
          <Traceback exception={diagnosis.exception} matched={diagnosis.matched} />
          <Reasoning rules={diagnosis.rules} alternatives={diagnosis.alternatives} />
          <Remediations remediations={diagnosis.remediations} causes={diagnosis.causes} />
        </>
      )}
    </Stack>
  );
}

function NothingWrong() {
  const { t } = useTranslation('diagnose');
  return (
    <Alert color="green" variant="light" title={t('nothingWrong')}>
      {t('nothingWrongText')}
    </Alert>
  );
}

function VerdictOf({ diagnosis }: { diagnosis: DiagnosisAnswer }) {
  return (
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
  );
}

/** What re-computation established: in words, then as pictures. */
function CaptureFound({ capture: { facts, analysis } }: { capture: NonNullable<Verdict['capture']> }) {
  const { t } = useTranslation('diagnose');
  return (
    <Section title={t('evidence')}>
      <Paper withBorder p="lg">
        <Stack gap="md">
          {facts.length > 0 && (
            <List size="sm">
              {facts.map(({ id, text }) => (
                <List.Item key={id}>{text}</List.Item>
              ))}
            </List>
          )}
          <CaptureAnalysisView analysis={analysis} />
        </Stack>
      </Paper>
    </Section>
  );
}

// A new endpoint: its channel decides which fields there are; what it will send is shown in both languages before it is made.
import { Button, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale, Severity } from '../../../src/contracts/common.ts';
import { type Channel, useCreateEndpoint, usePreview } from '../api/alert-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Section } from '../components/section.tsx';
import { useLocale } from '../i18n/i18n.ts';
import { severityChoices } from '../search/incidents.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { readable } from './readable.ts';
import { SaveButtons } from './save-buttons.tsx';
import { type SettingField, settingFields, toSettings } from './settings-values.ts';

const bothLocales: readonly Locale[] = ['en', 'zh'];

export function EndpointForm({ channels, onDone }: { channels: readonly Channel[]; onDone: () => void }) {
  const { t } = useTranslation(['alerts', 'common']);
  const { locale } = useLocale();
  const [format, setFormat] = useState(channels[0]?.format ?? 'standard');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [speaks, setSpeaks] = useState<Locale>(locale);
  const [least, setLeast] = useState<Severity | ''>('');
  const create = useCreateEndpoint();
  const channel = channels.find((one) => one.format === format);
  if (channel === undefined) return null;
  const fields = settingFields(channel.fields);
  const settings = toSettings(fields, typed);
  const errors = placeErrors(create.error, ['/url', '/secret', ...fields.map(({ name }) => `/settings/${name}`)]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    create.mutate({
      format,
      settings,
      locale: speaks,
      ...(url.trim() !== '' && { url: url.trim() }),
      ...(secret.trim() !== '' && { secret: secret.trim() }),
      ...(least !== '' && { filter: { min_severity: least } }),
    });
  };
  if (create.data) return <Made secret={create.data.secret} onDone={onDone} />;
  return (
    <Section title={t('newEndpoint')}>
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <NativeSelect
              label={t('channel')}
              value={format}
              data={channels.map((one) => ({ value: one.format, label: one.title }))}
              onChange={(event) => {
                setFormat(channels.find((one) => one.format === event.currentTarget.value)?.format ?? format);
                setTyped({});
              }}
            />
            <TextInput
              label={t('address')}
              placeholder={channel.url.example}
              required={channel.url.default === null}
              value={url}
              error={errors.at('/url')}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            {channel.secret !== 'none' && (
              <TextInput
                label={t('secret')}
                description={channel.secret_rule}
                type="password"
                autoComplete="off"
                required={channel.secret_required}
                value={secret}
                error={errors.at('/secret')}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
            )}
            <NativeSelect
              label={t('language')}
              value={speaks}
              data={bothLocales.map((value) => ({ value, label: t(`languageName.${value}`) }))}
              onChange={(event) => setSpeaks(readChoice(bothLocales, event.currentTarget.value) ?? 'en')}
            />
            <NativeSelect
              label={t('leastSeverity')}
              value={least}
              data={[
                { value: '', label: t('anySeverity') },
                ...severityChoices.map((value) => ({ value, label: t(`common:severity.${value}`) })),
              ]}
              onChange={(event) => setLeast(readChoice(severityChoices, event.currentTarget.value) ?? '')}
            />
            {fields.map((field) => (
              <SettingInput
                key={field.name}
                field={field}
                value={typed[field.name] ?? ''}
                error={errors.at(`/settings/${field.name}`)}
                onChange={(value) => setTyped({ ...typed, [field.name]: value })}
              />
            ))}
          </SimpleGrid>
          <SaveButtons label={t('makeEndpoint')} isPending={create.isPending} error={errors.rest} onCancel={onDone} />
          <div>
            <h3 className={classes.small}>{t('preview')}</h3>
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
              {bothLocales.map((one) => (
                <Preview key={one} format={format} settings={settings} locale={one} />
              ))}
            </SimpleGrid>
          </div>
        </Stack>
      </Paper>
    </Section>
  );
}

interface SettingInputProps {
  field: SettingField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function SettingInput({ field, value, error, onChange }: SettingInputProps) {
  const { t } = useTranslation('alerts');
  const { title: label, description, kind, choices } = field;
  if (kind === 'choice' || kind === 'yes-no') {
    const options =
      kind === 'choice'
        ? choices.map((one) => ({ value: one, label: one }))
        : ['true', 'false'].map((one) => ({ value: one, label: t(one === 'true' ? 'yes' : 'no') }));
    return (
      <NativeSelect
        label={label}
        description={description}
        value={value}
        error={error}
        data={[{ value: '', label: t('usual') }, ...options]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={description}
      type={kind === 'number' ? 'number' : 'text'}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Preview({
  format,
  settings,
  locale,
}: {
  format: Channel['format'];
  settings: Record<string, unknown>;
  locale: Locale;
}) {
  const { t } = useTranslation('alerts');
  const { data, error } = usePreview(format, settings, locale, true);
  const label = t(`languageName.${locale}`);
  return (
    <div lang={locale === 'zh' ? 'zh-CN' : 'en'} className={classes.preview}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {error ? (
        <ErrorNotice error={error} />
      ) : (
        data && <CopyBlock text={readable(data.body)} label={`${t('preview')} ${label}`} />
      )}
    </div>
  );
}

/** The secret is told this once. */
function Made({ secret, onDone }: { secret: string | null; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  return (
    <Section title={t('made')}>
      {secret !== null && (
        <>
          <Text size="sm">{t('secretOnce')}</Text>
          <CopyBlock text={secret} label={t('secret')} />
        </>
      )}
      <Button w="max-content" onClick={onDone}>
        {t('done')}
      </Button>
    </Section>
  );
}

// An endpoint, new or changed: its channel decides which fields there are; what it will send is shown in both languages before it is saved.
import { Button, MultiSelect, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale, Severity } from '../../../src/contracts/common.ts';
import {
  type Channel,
  useChangeEndpoint,
  useCreateEndpoint,
  usePreview,
  type Webhook,
  type WebhookEvent,
} from '../api/alert-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Section } from '../components/section.tsx';
import { useLocale } from '../i18n/i18n.ts';
import { severityChoices } from '../search/incidents.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { endpointName } from './endpoint-names.ts';
import { FormFrame } from './form-frame.tsx';
import { readable } from './readable.ts';
import { SettingInput } from './setting-input.tsx';
import { fromSettings, settingFields, type Typed, toSettings } from './settings-values.ts';

const bothLocales: readonly Locale[] = ['en', 'zh'];
/** A new endpoint hears of all of these unless it is told otherwise. */
const eventChoices = [
  'incident.opened',
  'incident.updated',
  'incident.acknowledged',
  'incident.resolved',
  'incident.regressed',
  'run.stalled',
  'alerting.failed',
] as const satisfies readonly WebhookEvent[];

interface EndpointFormProps {
  channels: readonly Channel[];
  /** Null: a new one. The channel of one that is there stays, and its secret is replaced elsewhere. */
  endpoint: Webhook | null;
  onDone: () => void;
}

export function EndpointForm({ channels, endpoint, onDone }: EndpointFormProps) {
  const { t } = useTranslation(['alerts', 'common']);
  const { locale } = useLocale();
  const [format, setFormat] = useState(endpoint?.format ?? channels[0]?.format ?? 'standard');
  const channel = channels.find((one) => one.format === format);
  const fields = settingFields(channel?.fields ?? {});
  const [typed, setTyped] = useState<Record<string, Typed>>(() => fromSettings(fields, endpoint?.settings ?? {}));
  const [url, setUrl] = useState(endpoint?.url ?? '');
  const [secret, setSecret] = useState('');
  const [speaks, setSpeaks] = useState<Locale>(endpoint?.locale ?? locale);
  const [least, setLeast] = useState<Severity | ''>(endpoint?.filter.min_severity ?? '');
  const [events, setEvents] = useState<readonly string[]>(endpoint?.events ?? eventChoices);
  const create = useCreateEndpoint();
  const change = useChangeEndpoint(endpoint?.id ?? '');
  if (channel === undefined) return null;
  const settings = toSettings(fields, typed);
  const errors = placeErrors(create.error ?? change.error, [
    '/url',
    '/secret',
    '/events',
    ...fields.map(({ name }) => `/settings/${name}`),
  ]);
  const submit = () => {
    // What the form has no field for, such as a project, stays.
    const { min_severity: _before, ...filter } = endpoint?.filter ?? {};
    const said = {
      settings,
      locale: speaks,
      events: [...eventChoices, 'webhook.test' as const].filter((event) => events.includes(event)),
      filter: { ...filter, ...(least !== '' && { min_severity: least }) },
      ...(url.trim() !== '' && { url: url.trim() }),
    };
    if (endpoint !== null) change.mutate(said, { onSuccess: onDone });
    else create.mutate({ format, ...said, ...(secret.trim() !== '' && { secret: secret.trim() }) });
  };
  if (create.data) return <Made secret={create.data.secret} onDone={onDone} />;
  return (
    <FormFrame
      title={endpoint === null ? t('newEndpoint') : t('changeEndpoint', { name: endpointName(endpoint) })}
      label={t(endpoint === null ? 'makeEndpoint' : 'save')}
      isPending={create.isPending || change.isPending}
      error={errors.rest}
      onSubmit={submit}
      onCancel={onDone}
      footer={
        <div>
          <h3 className={classes.small}>{t('preview')}</h3>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            {bothLocales.map((one) => (
              <Preview key={one} format={format} settings={settings} locale={one} />
            ))}
          </SimpleGrid>
        </div>
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <NativeSelect
          label={t('channel')}
          value={format}
          disabled={endpoint !== null}
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
        {endpoint === null && channel.secret !== 'none' && (
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
      <MultiSelect
        label={t('events')}
        description={t('eventsHint')}
        data={[...eventChoices]}
        value={eventChoices.filter((event) => events.includes(event))}
        error={errors.at('/events')}
        onChange={(chosen) => setEvents([...chosen, ...events.filter((event) => event === 'webhook.test')])}
      />
    </FormFrame>
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

// The filters that fold out: class, cause, project, run, tag, whose, regressed, muted, when.
import { NativeSelect, Paper, SimpleGrid, TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFailureClasses, useProjects } from '../api/settings-queries.ts';
import { type IncidentSearch, yesOrNo } from '../search/incidents.ts';
import { readChoice, readText } from '../search/params.ts';
import { fromLocalTime, toLocalTime } from './filters.ts';

interface MoreFiltersProps {
  search: IncidentSearch;
  onChange: (change: IncidentSearch) => void;
}

/** Stands in the select for incidents of nobody; no name can be it. */
const nobody = '=';

export function MoreFilters({ search, onChange }: MoreFiltersProps) {
  const { t } = useTranslation('incidents');
  const classes = useFailureClasses().data?.items ?? [];
  const projects = useProjects().data?.items ?? [];
  const causes = classes
    .filter(({ id }) => search.class === undefined || id === search.class)
    .flatMap((one) => one.causes);
  const titles = new Map(causes.map(({ id, title }) => [id, title]));
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3, lg: 4 }} spacing="sm">
        <Choice
          label={t('filter.class')}
          value={search.class}
          choices={classes.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(value) => onChange({ class: value, cause: undefined })}
        />
        <Choice
          label={t('filter.cause')}
          value={search.cause}
          choices={[...titles].map(([value, label]) => ({ value, label }))}
          onChange={(cause) => onChange({ cause })}
        />
        <Choice
          label={t('filter.project')}
          value={search.project}
          choices={projects.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(project) => onChange({ project })}
        />
        <Typed label={t('filter.run')} value={search.run} onChange={(run) => onChange({ run })} />
        <Typed
          label={t('filter.tag')}
          placeholder="team=vision"
          value={search.tag}
          check={(tag) => (/^[^=]{1,100}=/.test(tag) ? null : t('wrongTag'))}
          onChange={(tag) => onChange({ tag })}
        />
        <Typed
          label={t('filter.assignee')}
          value={search.assignee}
          onChange={(assignee) => onChange({ assignee, unassigned: undefined })}
        />
        <Choice
          label={t('filter.unassigned')}
          value={search.unassigned && nobody}
          choices={[{ value: nobody, label: t('nobody') }]}
          onChange={(value) => onChange({ unassigned: value === nobody || undefined, assignee: undefined })}
        />
        {(['regressed', 'muted'] as const).map((name) => (
          <Choice
            key={name}
            label={t(`filter.${name}`)}
            value={search[name]}
            choices={yesOrNo.map((value) => ({ value, label: t(`yesOrNo.${value}`) }))}
            onChange={(value) => onChange({ [name]: readChoice(yesOrNo, value) })}
          />
        ))}
        {(['since', 'until'] as const).map((name) => (
          <When
            key={name}
            label={t(`filter.${name}`)}
            value={search[name]}
            onChange={(time) => onChange({ [name]: time })}
          />
        ))}
      </SimpleGrid>
    </Paper>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  choices: { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  const { t } = useTranslation('incidents');
  // What an address names and nobody knows is shown as it is: it narrows the list all the same.
  const unknown = value !== undefined && !choices.some((choice) => choice.value === value);
  return (
    <NativeSelect
      label={label}
      value={value ?? ''}
      data={[{ value: '', label: t('filterAny') }, ...(unknown ? [{ value, label: value }] : []), ...choices]}
      onChange={(event) => onChange(readText(event.currentTarget.value))}
    />
  );
}

interface TypedProps {
  label: string;
  placeholder?: string;
  value: string | undefined;
  /** What is wrong with a text, in words; null when it can be searched for. */
  check?: (text: string) => string | null;
  onChange: (value: string | undefined) => void;
}

/** The text of a field; when the address changes by other means, it wins over what was typed. */
function useText(value: string | undefined, write: (value: string | undefined) => string) {
  const [text, setText] = useState(() => write(value));
  const [known, setKnown] = useState(value);
  if (value !== known) {
    setKnown(value);
    setText(write(value));
  }
  return [text, setText] as const;
}

/** Searches when the field is left or Enter is pressed. */
function Typed({ label, placeholder, value, check, onChange }: TypedProps) {
  const [text, setText] = useText(value, (known) => known ?? '');
  const given = readText(text);
  const fault = given === undefined ? null : (check?.(given) ?? null);
  const commit = () => {
    if (fault === null && given !== value) onChange(given);
  };
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      maxLength={200}
      value={text}
      error={fault}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event: KeyboardEvent) => event.key === 'Enter' && commit()}
    />
  );
}

function When({ label, value, onChange }: Omit<TypedProps, 'check' | 'placeholder'>) {
  const [text, setText] = useText(value, toLocalTime);
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(fromLocalTime(event.currentTarget.value));
      }}
    />
  );
}

// A route, new or changed.
import {
  Checkbox,
  Chip,
  Fieldset,
  Group,
  MultiSelect,
  NativeSelect,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Weekday } from '../../../src/contracts/alerts.ts';
import { type AlertRoute, useSaveRoute } from '../api/alert-rule-queries.ts';
import { type PlacedErrors, placeErrors } from '../api/field-errors.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { useEndpointChoices } from './endpoint-names.ts';
import { FormFrame } from './form-frame.tsx';
import { browserZone } from './local-input.ts';
import { labelChoices, MatchersField } from './matchers.tsx';
import { fromDraft, type LengthField, newDraft, type RouteDraft, toDraft, wrongLengths } from './route-draft.ts';
import { ZoneField } from './zone-field.tsx';

const digests = ['none', 'daily', 'every'] as const satisfies readonly RouteDraft['digest'][];
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];
const fieldPaths = [
  '/name',
  '/matchers',
  '/endpoints',
  '/group_by',
  '/group_wait_s',
  '/group_interval_s',
  '/repeat_interval_s',
  '/digest',
  '/quiet_hours',
  '/escalate',
];

interface PartProps {
  draft: RouteDraft;
  change: (next: Partial<RouteDraft>) => void;
  errors: PlacedErrors;
  /** Says so where a length of time cannot be read. */
  lengthError: (field: LengthField) => string | undefined;
}

/** `route` null: a new one. */
export function RouteForm({ route, onDone }: { route: AlertRoute | null; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  const save = useSaveRoute(route?.id ?? null);
  const [draft, setDraft] = useState(() => (route === null ? newDraft(browserZone) : toDraft(route, browserZone)));
  const [wrong, setWrong] = useState<readonly LengthField[]>([]);
  const choices = useEndpointChoices();
  const errors = placeErrors(save.error, fieldPaths);
  const change = (next: Partial<RouteDraft>) => setDraft({ ...draft, ...next });
  const lengthError = (field: LengthField) => (wrong.includes(field) ? t('wrongLength') : undefined);
  const submit = () => {
    const unreadable = wrongLengths(draft);
    setWrong(unreadable);
    if (unreadable.length === 0) save.mutate(fromDraft(draft), { onSuccess: onDone });
  };
  const parts = { draft, change, errors, lengthError };
  return (
    <FormFrame
      title={route === null ? t('newRoute') : t('changeRoute', { name: route.name })}
      label={t(route === null ? 'makeRoute' : 'save')}
      isPending={save.isPending}
      error={errors.rest}
      onSubmit={submit}
      onCancel={onDone}
    >
      <TextInput
        label={t('name')}
        required
        maxLength={200}
        value={draft.name}
        error={errors.at('/name')}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <MatchersField
        rows={draft.matchers}
        description={t('routeMatchersHint')}
        errors={errors}
        onChange={(matchers) => change({ matchers })}
      />
      <MultiSelect
        label={t('tells')}
        description={t('tellsHint')}
        data={choices}
        value={draft.endpoints}
        error={errors.at('/endpoints')}
        onChange={(endpoints) => change({ endpoints })}
      />
      <Grouping {...parts} />
      <Warnings {...parts} />
      <Escalation {...parts} choices={choices} />
      <Checkbox
        label={t('continue')}
        checked={draft.continues}
        onChange={(event) => change({ continues: event.currentTarget.checked })}
      />
    </FormFrame>
  );
}

function Grouping({ draft, change, errors, lengthError }: PartProps) {
  const { t } = useTranslation('alerts');
  const lengths = [
    ['groupWait', 'group_wait_s'],
    ['groupInterval', 'group_interval_s'],
    ['repeatInterval', 'repeat_interval_s'],
  ] as const;
  return (
    <Fieldset legend={t('grouping')} className={classes.fieldset}>
      <Stack gap="sm">
        <TagsInput
          label={t('groupBy')}
          description={t('groupByHint')}
          data={[...labelChoices, 'incident']}
          value={draft.groupBy}
          error={errors.at('/group_by')}
          onChange={(groupBy) => change({ groupBy })}
        />
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {lengths.map(([field, name]) => (
            <TextInput
              key={field}
              label={t(`length.${field}`)}
              description={t(`lengthHint.${field}`)}
              value={draft[field]}
              error={lengthError(field) ?? errors.at(`/${name}`)}
              onChange={(event) => change({ [field]: event.currentTarget.value })}
            />
          ))}
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}

/** What is not critical may wait: for the digest, for the end of quiet hours. */
function Warnings({ draft, change, errors, lengthError }: PartProps) {
  const { t } = useTranslation('alerts');
  return (
    <Fieldset legend={t('warnings')} className={classes.fieldset}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NativeSelect
            label={t('digest')}
            value={draft.digest}
            data={digests.map((value) => ({ value, label: t(`digestKind.${value}`) }))}
            onChange={(event) => change({ digest: readChoice(digests, event.currentTarget.value) ?? 'none' })}
          />
          {draft.digest === 'every' && (
            <TextInput
              label={t('length.digestEvery')}
              value={draft.digestEvery}
              error={lengthError('digestEvery') ?? errors.at('/digest')}
              onChange={(event) => change({ digestEvery: event.currentTarget.value })}
            />
          )}
          {draft.digest === 'daily' && (
            <>
              <TextInput
                type="time"
                label={t('digestAt')}
                required
                value={draft.digestAt}
                error={errors.at('/digest/at')}
                onChange={(event) => change({ digestAt: event.currentTarget.value })}
              />
              <ZoneField
                value={draft.digestZone}
                error={errors.at('/digest/time_zone')}
                onChange={(digestZone) => change({ digestZone })}
              />
            </>
          )}
        </SimpleGrid>
        <Checkbox
          label={t('quietHours')}
          checked={draft.isQuiet}
          onChange={(event) => change({ isQuiet: event.currentTarget.checked })}
        />
        {draft.isQuiet && (
          <>
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              <TextInput
                type="time"
                label={t('quietFrom')}
                required
                value={draft.quietFrom}
                error={errors.at('/quiet_hours/from')}
                onChange={(event) => change({ quietFrom: event.currentTarget.value })}
              />
              <TextInput
                type="time"
                label={t('quietTo')}
                required
                value={draft.quietTo}
                error={errors.at('/quiet_hours/to')}
                onChange={(event) => change({ quietTo: event.currentTarget.value })}
              />
              <ZoneField
                value={draft.quietZone}
                error={errors.at('/quiet_hours/time_zone')}
                onChange={(quietZone) => change({ quietZone })}
              />
            </SimpleGrid>
            <Chip.Group
              multiple
              value={draft.quietDays}
              onChange={(days) => change({ quietDays: weekdays.filter((day) => days.includes(day)) })}
            >
              <Group gap="xs" role="group" aria-label={t('quietDays')}>
                <Text size="sm">{t('quietDays')}</Text>
                {weekdays.map((day) => (
                  <Chip key={day} value={day} size="xs">
                    {t(`day.${day}`)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </>
        )}
      </Stack>
    </Fieldset>
  );
}

function Escalation({
  draft,
  change,
  errors,
  lengthError,
  choices,
}: PartProps & { choices: { value: string; label: string }[] }) {
  const { t } = useTranslation('alerts');
  return (
    <Fieldset legend={t('escalation')} className={classes.fieldset}>
      <Stack gap="sm">
        <Checkbox
          label={t('escalates')}
          checked={draft.escalates}
          onChange={(event) => change({ escalates: event.currentTarget.checked })}
        />
        {draft.escalates && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t('length.escalateAfter')}
              value={draft.escalateAfter}
              error={lengthError('escalateAfter') ?? errors.at('/escalate/after_s')}
              onChange={(event) => change({ escalateAfter: event.currentTarget.value })}
            />
            <MultiSelect
              label={t('escalateTo')}
              data={choices}
              value={draft.escalateTo}
              error={errors.at('/escalate/endpoints')}
              onChange={(escalateTo) => change({ escalateTo })}
            />
          </SimpleGrid>
        )}
      </Stack>
    </Fieldset>
  );
}
